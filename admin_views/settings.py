"""General settings: one screen with tabs, made from the one row of settings."""

from collections.abc import Mapping
from typing import Any, ClassVar

from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from wtforms import TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from actions.settings import save_settings
from admin_views.base import OtvetModelView
from admin_views.letters import outgoing_mail
from admin_views.rules import Tab, Tabs
from admin_views.site_lists import check_sites
from admin_views.texts import line, lines
from admin_views.time_zones import TimeZoneField
from models.base import db
from models.settings import load_settings
from policy.errors import DomainError
from policy.rights import Action


def _number(label: LazyString, hint: LazyString, least: int, most: int) -> dict[str, Any]:
    """A whole number with arrows, between two limits."""
    return {
        "label": label,
        "description": hint,
        "validators": [InputRequired(), NumberRange(least, most)],
        "render_kw": {"min": least, "max": most, "step": 1, "inputmode": "numeric"},
    }


class SettingsView(OtvetModelView):
    """The company's settings: they act at once, everywhere."""

    action = Action.MANAGE_SETTINGS
    can_edit = True
    edit_template = "admin/settings/form.html"
    column_list = ("company_name",)

    form_columns = (
        "company_name",
        "time_zone",
        "language",
        "reply_templates",
        "auto_assignment",
        "max_chats_per_operator",
        "shows_typing_preview",
        "operator_gone_after_seconds",
        "operator_idle_hours",
        "second_factor_demanded",
        "visitor_remembered_days",
        "allowed_sites",
    )
    form_overrides: ClassVar[dict[str, Any]] = {
        "time_zone": TimeZoneField,
        "reply_templates": TextAreaField,
        "allowed_sites": TextAreaField,
    }
    form_args: ClassVar[dict[str, Any]] = {
        "company_name": {
            "label": _l("Company name"),
            "description": _l("Messages to operators and to visitors of your site are sent in this name."),
            "validators": [DataRequired(), Length(max=200)],
            "filters": [line(200)],
        },
        "time_zone": {
            "label": _l("Time zone"),
            "description": _l("All times in histories and statistics are shown in this time zone."),
        },
        "language": {
            "label": _l("Main language of the interface"),
            "description": _l(
                "The language of visitors' and operators' interface wherever no other one is chosen explicitly."
            ),
        },
        "reply_templates": {
            "label": _l("Reply templates"),
            "description": _l("Each message must begin on a new line."),
            "filters": [lines],
            "render_kw": {"rows": 14},
        },
        "auto_assignment": {
            "label": _l("Auto-assignment"),
            "description": _l("New chats will be assigned to operators automatically."),
        },
        "max_chats_per_operator": _number(
            _l("Maximum number of chats per operator"),
            _l("The largest number of chats of one operator under auto-assignment."),
            1,
            100,
        ),
        "shows_typing_preview": {
            "label": _l("Show what the visitor is typing"),
            "description": _l("Operators see the visitor's words before they are sent."),
        },
        "operator_gone_after_seconds": _number(
            _l("An operator counts as gone after, seconds"),
            _l("Whose connection has been gone for longer becomes offline. A reload is shorter than that."),
            15,
            3600,
        ),
        "operator_idle_hours": _number(
            _l("An operator is signed out after, hours"),
            _l("How long a session lasts that nobody uses."),
            1,
            168,
        ),
        "second_factor_demanded": {
            "label": _l("Demand the second factor of everybody"),
            "description": _l(
                "Who has none sets it up at once, before anything else opens. "
                "Codes come from an application on the phone."
            ),
        },
        "visitor_remembered_days": _number(
            _l("A visitor is remembered for, days"),
            _l("For so long a browser finds its chats again."),
            1,
            365,
        ),
        "allowed_sites": {
            "label": _l("Sites that may carry the button"),
            "description": _l("One per line, for example www.company.com. Empty: any site may."),
            "validators": [Optional(), check_sites],
            "filters": [lines],
            "render_kw": {"rows": 4, "class": "ltr", "spellcheck": "false"},
        },
    }
    form_rules = (
        Tabs(
            [
                Tab("company", _l("Company"), ["company_name", "time_zone", "language"]),
                Tab("templates", _l("Templates and auto-messages"), ["reply_templates"]),
                Tab(
                    "functions",
                    _l("Additional functions"),
                    ["auto_assignment", "max_chats_per_operator", "shows_typing_preview"],
                ),
                Tab(
                    "sessions",
                    _l("Sessions"),
                    [
                        "operator_gone_after_seconds",
                        "operator_idle_hours",
                        "second_factor_demanded",
                        "visitor_remembered_days",
                    ],
                ),
                Tab("integration", _l("Integration"), ["allowed_sites"]),
            ]
        ),
    )

    refusals: ClassVar[Mapping[str, LazyString]] = {
        "company_name_missing": _l("Enter the company's name."),
        "time_zone_unknown": _l("Choose a time zone of the list."),
    }
    _refused_fields: ClassVar[dict[str, str]] = {
        "company_name_missing": "company_name",
        "time_zone_unknown": "time_zone",
    }

    @expose("/", methods=("GET", "POST"))
    def index_view(self) -> Any:
        """There is one row, so its form is the section's page."""
        return self.edit_view()

    def render(self, template: str, **context: Any) -> str:
        """Beside the form stands how letters leave."""
        return str(super().render(template, mail=outgoing_mail(), **context))

    def get_one(self, id: Any) -> Any:  # noqa: A002  (Flask-Admin's name)
        """The one row, whatever is asked for."""
        return load_settings(db.session())

    def get_save_return_url(self, model: Any, is_created: bool = False) -> str:
        """The section again."""
        return str(self.get_url(".index_view"))

    def saved_message(self, model: Any) -> str:
        """Nothing has to be restarted."""
        return str(_("Settings are saved and act at once."))

    def on_model_change(self, form: Any, model: Any, is_created: bool) -> None:
        """The rules of settings."""
        save_settings(db.session(), model)

    def fields_of(self, refusal: DomainError) -> Mapping[str | None, str]:
        """Beside which field a refused setting is told."""
        return {self._refused_fields.get(refusal.code): refusal.code}
