"""HTML code and button settings: one page per placement, with a preview that follows every edit."""

from collections.abc import Mapping
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from flask import abort, current_app, request, url_for
from flask_admin import expose
from flask_babel import force_locale, format_datetime
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from actions.automatic_texts import text_for
from actions.embed_code import embed_code
from actions.placements import delete_placement, save_placement
from admin_views.base import OtvetModelView
from admin_views.hours_words import closed_words
from admin_views.placement_form import (
    CREATE_RULES,
    EDIT_RULES,
    FORM_ARGS,
    FORM_COLUMNS,
    FORM_OVERRIDES,
    key_field,
)
from clock import now
from models.base import db
from models.placements import DEFAULT_PLACEMENT_KEY, Placement
from models.queries.availability import possible_departments
from models.queries.hours import opening_hours
from models.settings import load_settings
from policy.automatic_texts import AutomaticText
from policy.errors import DomainError
from policy.languages import Language
from policy.rights import Action


def usual_texts() -> dict[str, dict[str, str]]:
    """What the button and the window say by themselves, by language, for the preview."""
    texts, settings = {}, load_settings(db.session())
    for language in Language:
        with force_locale(language.tag):
            texts[language.tag] = {
                "button": _("Ask a consultant"),
                "greeting": text_for(settings, AutomaticText.GREETING, language),
                "online": _("We are online"),
                "department": _("Department"),
                "operator": _("Operator"),
                "name": _("Name"),
                "email": _("E-mail"),
                "phone": _("Phone"),
                "question": _("First question"),
                "end": _("End the chat"),
                "message": _("Message"),
            }
    return texts


def _closed(placement: Placement | None) -> str | None:
    """Why the placement's button is offline, where it is the working hours."""
    if placement is None:
        return None
    hours, moment = opening_hours(db.session()), now()
    possible = possible_departments(db.session(), placement)
    words = [closed_words(hours, department_id, moment) for department_id in possible]
    return words[0] if all(words) else None


class PlacementsView(OtvetModelView):
    """Buttons on sites: whom they call, and how they and their windows look."""

    action = Action.MANAGE_PLACEMENTS
    can_create = can_edit = can_delete = True
    create_template = "admin/placements/new.html"
    edit_template = "admin/placements/form.html"
    column_list = ("key",)

    form_columns = FORM_COLUMNS
    form_overrides = FORM_OVERRIDES
    form_args = FORM_ARGS
    form_create_rules = CREATE_RULES
    form_edit_rules = EDIT_RULES

    refusals: ClassVar[dict[str, Any]] = {
        "key_wrong": _l("Only small Latin letters, digits, “-” and “_”."),
        "key_taken": _l("There is a placement with this name already."),
        "color_wrong": _l("A colour looks like #0f766e."),
        "default_stays": _l(
            "The placement “default” cannot be deleted: code without a name of a placement means it."
        ),
    }

    @expose("/", methods=("GET", "POST"))
    def index_view(self) -> Any:
        """The page of the chosen placement; at first the default one."""
        return self.edit_view()

    def get_one(self, id: Any) -> Any:  # noqa: A002  (Flask-Admin's name)
        """The named placement, or the default one."""
        if id is None and request.method == "GET":
            return db.session.scalar(
                select(Placement).where(Placement.key == DEFAULT_PLACEMENT_KEY)
            ) or abort(404)
        return super().get_one(id)

    def get_create_form(self) -> Any:
        """A new placement is named."""
        return type("NewPlacementForm", (self.get_form(),), {"key": key_field()})

    def edit_form(self, obj: Any = None) -> Any:
        """The form, with what its first tab shows."""
        form = super().edit_form(obj)
        form.embedding = self._embedding(obj)
        return form

    def _embedding(self, placement: Placement) -> dict[str, Any]:
        base_url = current_app.config["OTVET"].base_url
        day = now().astimezone(ZoneInfo(load_settings(db.session()).time_zone)).date()
        version = current_app.jinja_env.globals["version"]
        return {
            "placement": placement,
            "code": embed_code(placement, base_url, day=day, version=str(version)),
            "seen_at": placement.last_seen_at and format_datetime(placement.last_seen_at, "medium"),
            "placements": db.session.scalars(select(Placement).order_by(Placement.id)).all(),
            "test_url": url_for("test_page.show", key=placement.key),
        }

    def render(self, template: str, **context: Any) -> str:
        """Every page can choose another placement and knows the usual words."""
        return str(
            super().render(
                template,
                usual_texts=usual_texts(),
                closed=_closed(context.get("model")),
                main_language=load_settings(db.session()).language,
                **context,
            )
        )

    def back_address(self) -> str:
        """The section begins with the default placement."""
        return str(self.get_url(".index_view"))

    def get_save_return_url(self, model: Any, is_created: bool = False) -> str:
        """The same placement again."""
        return str(self.get_url(".index_view", id=model.id))

    def on_model_change(self, form: Any, model: Any, is_created: bool) -> None:
        """The rules of placements."""
        save_placement(db.session(), model)

    def remove(self, model: Any) -> None:
        """Every placement but the default one can go."""
        delete_placement(db.session(), model)

    def fields_of(self, refusal: DomainError) -> Mapping[str | None, str]:
        """Beside which field a refused placement is told."""
        return {"key" if refusal.code.startswith("key_") else None: refusal.code}
