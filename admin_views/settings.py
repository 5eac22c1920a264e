"""General settings: one screen with tabs, made from the one row of settings."""

from collections.abc import Mapping
from typing import Any, ClassVar

from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from actions.settings import SettingsRefused, save_settings
from admin_views.base import OtvetModelView
from admin_views.letters import outgoing_mail
from admin_views.rules import Tabs
from admin_views.settings_tabs import TABS
from models.base import db
from models.settings import load_settings
from policy.categories import CategoriesRefused
from policy.errors import DomainError
from policy.rights import Action


class SettingsView(OtvetModelView):
    """The company's settings: they act at once, everywhere."""

    action = Action.MANAGE_SETTINGS
    can_edit = True
    edit_template = "admin/settings/form.html"
    column_list = ("company_name",)

    form_columns = tuple(name for tab in TABS for name in tab.arguments)
    form_overrides: ClassVar[dict[str, Any]] = {
        name: field for tab in TABS for name, field in tab.overrides.items()
    }
    form_args: ClassVar[dict[str, Any]] = {
        name: arguments for tab in TABS for name, arguments in tab.arguments.items()
    }
    form_rules = (Tabs([tab.rule() for tab in TABS]),)

    refusals: ClassVar[Mapping[str, LazyString]] = {
        "company_name_missing": _l("Enter the company's name."),
        "time_zone_unknown": _l("Choose a time zone of the list."),
        "category_twice": _l("This category stands there twice: %(name)s"),
        "category_too_long": _l("A category has at most 100 characters: %(name)s"),
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
        if isinstance(refusal, CategoriesRefused):
            return {"categories": refusal.code}
        return {refusal.field if isinstance(refusal, SettingsRefused) else None: refusal.code}

    def words_of(self, refusal: DomainError, code: str) -> str:
        """A category is named."""
        words = super().words_of(refusal, code)
        return words % {"name": refusal.name} if isinstance(refusal, CategoriesRefused) else words
