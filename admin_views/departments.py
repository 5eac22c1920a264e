"""Departments: the list with how many are online, the form, and what becomes of people when one is removed."""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, ClassVar

from flask import flash, redirect, request
from flask_admin import expose
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import inspect
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, Regexp

import geo
from actions import departments
from admin_views.base import OtvetModelView
from admin_views.filters import ListFilter
from admin_views.hours_field import OwnHoursField
from admin_views.hours_words import closed_words
from admin_views.rules import Section
from admin_views.texts import NamesField, check_templates, line, lines
from clock import now
from geo import countries
from models.base import db
from models.database import unit_of_work
from models.departments import Department
from models.placements import Placement
from models.queries import people
from models.queries.hours import opening_hours
from policy.errors import DomainError
from policy.geography import PAIRS_MAXIMUM, GeographyRefused
from policy.keys import DEPARTMENT_KEY, MAXIMUM_LENGTH
from policy.rights import Action
from policy.statuses import rules_of


def operators_online(views: Iterable[people.OperatorView]) -> Counter[int]:
    """How many of these operators are online in each department."""
    return Counter(
        department_id
        for view in views
        if rules_of(view.status).counts_as_online
        for department_id in view.department_ids
    )


class VisibilityFilter(ListFilter):
    """Departments that visitors can choose, or those they cannot."""

    def get_options(self, view: Any) -> list[tuple[str, str]]:
        """Visible and hidden."""
        return [("visible", _("Visible to visitors")), ("hidden", _("Hidden from visitors"))]

    def apply(self, query: Any, value: Any, alias: Any = None) -> Any:
        """Departments of this kind."""
        return query.filter(Department.is_hidden.is_(value == "hidden"))


class KeyField(StringField):
    """An identifier that may stay empty although its column may not: it is made of the name then."""

    def __init__(self, label: Any = None, validators: Any = (), **options: Any) -> None:
        super().__init__(label, [one for one in validators if not isinstance(one, InputRequired)], **options)


class DepartmentsView(OtvetModelView):
    """Groups of operators, by goods or by kind of question."""

    action = Action.MANAGE_DEPARTMENTS
    can_create = can_edit = True
    list_template = "admin/departments/list.html"
    create_template = edit_template = "admin/departments/form.html"

    column_list = ("name", "key", "sort_order", "is_hidden", "online")
    column_labels: ClassVar[dict[str, Any]] = {
        "name": _l("Department name"),
        "key": _l("Identifier"),
        "sort_order": _l("Sort order"),
        "is_hidden": _l("Visible to visitors"),
        "online": _l("Operators online"),
    }
    column_sortable_list = ("name", "key", "sort_order", "is_hidden")
    column_default_sort: ClassVar[list[tuple[str, bool]]] = [("sort_order", False), ("name", False)]
    column_searchable_list = ("name", "key")
    column_filters = (VisibilityFilter(Department.is_hidden, _l("Visibility"), _l("All departments")),)

    form_columns = (
        "name",
        "names",
        "key",
        "sort_order",
        "is_hidden",
        "geo_targets",
        "working_hours",
        "reply_templates",
    )
    form_overrides: ClassVar[dict[str, Any]] = {
        "key": KeyField,
        "names": NamesField,
        "geo_targets": TextAreaField,
        "working_hours": OwnHoursField,
        "reply_templates": TextAreaField,
    }
    form_args: ClassVar[dict[str, Any]] = {
        "name": {
            "label": _l("Department name"),
            "description": _l("The department's name is shown to visitors who choose a department."),
            "validators": [DataRequired(), Length(max=100)],
            "filters": [line(100)],
        },
        "names": {
            "label": _l("Name in other languages"),
            "description": _l("Empty: the name above."),
        },
        "key": {
            "label": _l("Department's letter identifier"),
            "description": _l(
                "The identifier is used in the button's code. "
                "It may contain only small Latin letters and digits, for example otde1."
            ),
            "validators": [
                Optional(),
                Length(max=MAXIMUM_LENGTH),
                Regexp(rf"{DEPARTMENT_KEY.pattern}\Z", message=_l("Only small Latin letters and digits.")),
            ],
            "filters": [line(MAXIMUM_LENGTH)],
            "render_kw": {"class": "ltr", "autocapitalize": "none", "spellcheck": "false"},
        },
        "sort_order": {
            "label": _l("Sort order"),
            "description": _l("Sort order of the department. It is used where visitors choose a department."),
            "validators": [InputRequired(), NumberRange(0, 1_000_000)],
        },
        "is_hidden": {
            "label": _l("Department is invisible to visitors"),
            "description": _l("Visitors cannot choose this department by hand."),
        },
        "geo_targets": {
            "label": _l("Geography of the department"),
            "description": _l(
                "Give pairs of country and city, separated by semicolons, to assign chats to the department "
                "by where the visitor is."
            ),
            "validators": [Length(max=20_000)],
            "filters": [lines],
            "render_kw": {"rows": 2, "placeholder": _l("Russia-Nizhny Novgorod; Kazakhstan")},
        },
        "working_hours": {"label": _l("Working hours")},
        "reply_templates": {
            "label": _l("Reply templates"),
            "description": _l("Each message must begin on a new line."),
            "validators": [check_templates],
            "filters": [lines],
            "render_kw": {"rows": 8, "class": "indented"},
        },
    }
    form_rules = (
        Section(_l("Department"), ["name", "names", "key", "sort_order", "is_hidden", "geo_targets"]),
        Section(_l("Working hours"), ["working_hours"]),
        Section(_l("Templates"), ["reply_templates"]),
    )

    refusals: ClassVar[dict[str, Any]] = {
        "name_missing": _l("Enter a name."),
        "name_taken": _l(
            "There is already a department with this name. Type an identifier if you want a second one."
        ),
        "key_wrong": _l("Only small Latin letters and digits."),
        "key_taken": _l("Another department has this identifier. Enter a different one."),
        "too_many_places": _l("At most %(number)s places.", number=PAIRS_MAXIMUM),
        "chats_wait": _l("Chats wait in this department. Answer or redirect them first."),
    }
    _refused_fields: ClassVar[dict[str, str]] = {
        "name_missing": "name",
        "name_taken": "name",
        "key_wrong": "key",
        "key_taken": "key",
        "place_unknown": "geo_targets",
        "too_many_places": "geo_targets",
    }

    @expose("/")
    def index_view(self) -> Any:
        """The list, with who is online where."""
        views = people.operator_views(db.session())
        self._template_args["online"] = operators_online(views)
        self._template_args["closed"] = partial(closed_words, opening_hours(db.session()), now=now())
        self._template_args["people"] = [
            {"id": view.card.id, "status": view.status.value, "department_ids": view.department_ids}
            for view in views
        ]
        return super().index_view()

    def _form_page(self, template: str, form: Any, rules: Any, *, model: Any) -> Any:
        if model is not None:
            self._template_args["online"] = operators_online(people.operator_views(db.session()))[model.id]
            self._template_args["closed"] = closed_words(opening_hours(db.session()), model.id, now())
        return super()._form_page(template, form, rules, model=model)

    def on_model_change(self, form: Any, model: Any, is_created: bool) -> None:
        """The rules of departments."""
        old = inspect(model).attrs["key"].history.deleted
        model.key = model.key or ""
        departments.save_department(db.session(), model)
        if not is_created and old and old[0] != model.key:
            form.replaced_key = old[0]

    def after_model_change(self, form: Any, model: Any, is_created: bool) -> None:
        """An identifier may stand in code on somebody's site."""
        replaced = getattr(form, "replaced_key", None)
        if replaced:
            flash(
                _(
                    "Code with the old identifier “%(key)s” on your site no longer finds the department.",
                    key=replaced,
                ),
                "warning",
            )
        self._warn_of_unseen_cities(model)

    def _warn_of_unseen_cities(self, department: Department) -> None:
        """A city is no use where addresses are known by their country only."""
        named = {target.country for target in department.targets if target.city is not None}
        unseen = sorted(
            countries.name_in(country, str(get_locale()))
            for country in named
            if not geo.source().tells_cities_of(country)
        )
        if unseen:
            flash(
                _(
                    "Of visitors from these countries only the country is known, not the city: %(countries)s.",
                    countries=", ".join(unseen),
                ),
                "warning",
            )

    @expose("/remove/", methods=("GET", "POST"))
    def remove_view(self) -> Any:
        """Ask what becomes of the people and the placements of a department, then remove it."""
        department = self.get_one(request.args.get("id"))
        name = department.name
        if request.method == "POST" and self._removed(department, request.form.get("heir")):
            flash(_("Deleted: %(name)s", name=name), "success")
            return redirect(self.get_url(".index_view"))
        return self.render(
            "admin/departments/remove.html",
            department=department,
            members=[
                view.card.internal_name
                for view in people.operator_views(db.session())
                if department.id in view.department_ids
            ],
            placements=db.session.query(Placement).filter_by(department_id=department.id).all(),
            waiting=departments.waiting_in(db.session(), department),
            heirs=[one for one in self.get_query().order_by(Department.name) if one.id != department.id],
            return_url=self.back_address(),
        )

    def _removed(self, department: Department, heir_id: str | None) -> bool:
        heir = self.get_one(heir_id) if heir_id else None
        try:
            with unit_of_work() as session:
                self._lock(session, department)
                departments.delete_department(session, department, heir=heir)
        except departments.DepartmentRefused as refusal:
            flash(self.words_of(refusal, refusal.code), "error")
            return False
        return True

    def fields_of(self, refusal: DomainError) -> Mapping[str | None, str]:
        """Beside which field a refused department is told."""
        return {self._refused_fields.get(refusal.code): refusal.code}

    def words_of(self, refusal: DomainError, code: str) -> str:
        """The words for a refused field; of a list of places, which of them nobody knows."""
        if isinstance(refusal, GeographyRefused) and refusal.unknown:
            return str(_("Not a known country or city: %(places)s.", places="; ".join(refusal.unknown)))
        return super().words_of(refusal, code)
