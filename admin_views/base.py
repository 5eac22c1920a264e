"""The one base of every view of the panel: who may come in, what a record shows, and how a form is saved."""

import re
from typing import Any, ClassVar

from flask import Response, abort, current_app, flash, redirect, request
from flask_admin import BaseView, expose
from flask_admin.contrib.sqla import tools
from flask_admin.form import FormOpts
from flask_admin.helpers import get_redirect_target
from flask_babel import gettext as _
from flask_babel.speaklater import LazyString
from flask_login import current_user
from sqlalchemy import BigInteger, Integer, inspect, or_
from typing_extensions import override

from actions import audit
from admin_views.filters import DropDown, ListFilter
from admin_views.formatters import EXPORT_FORMATTERS, LIST_FORMATTERS, csv_file
from admin_views.forms import (
    HOUSE_FIELDS,
    OtvetModelConverter,
    RecordVersion,
    WtfAdminForm,
    record_version,
)
from admin_views.saving import SavingModelView
from models.audit import AuditKind
from models.base import db
from models.database import unit_of_work
from policy.rights import Action, Answer

SECRET_NAME = re.compile(r"password|hash|secret|token", re.IGNORECASE)
LAST_PAGE = 1_000_000
SEARCH_MAXIMUM = 200
_LIST_ARGUMENTS = frozenset({"sort", "desc", "search"})
_FILTER_ARGUMENT = re.compile(r"flt\d+_\w+")
_COLUMN_LISTS = ("column_list", "form_columns", "column_details_list", "column_export_list")


class Guarded:
    """A view asks for one action of the table of rights before anything else; one that names none can't be made."""

    action: ClassVar[Action]

    def __init__(self, *args: Any, **options: Any) -> None:
        if not isinstance(getattr(self, "action", None), Action):
            raise TypeError(f"{type(self).__name__} must name its action of the table of rights")
        super().__init__(*args, **options)

    def is_accessible(self) -> bool:
        """Whether the signed-in person may open this section."""
        return bool(current_user.may(self.action) is Answer.ALLOWED)

    def inaccessible_callback(self, name: str, **_arguments: Any) -> Any:
        """A stranger is sent to the sign-in page and comes back afterwards; a person without the right is told so."""
        if current_user.is_authenticated:
            abort(403)
        return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]

    def _run_view(self, view: Any, *args: Any, **arguments: Any) -> Any:
        # Flask-Admin's own calls a view a second time, as an old-style one, when a TypeError comes from inside it.
        return view(self, *args, **arguments)


class OtvetView(Guarded, BaseView):
    """A page of the panel that is not a list of records."""


class OtvetModelView(Guarded, SavingModelView):
    """A list of records with its forms, made from the model. Nothing shows that is not listed by name."""

    form_base_class = WtfAdminForm
    model_form_converter = OtvetModelConverter
    column_type_formatters = LIST_FORMATTERS
    column_type_formatters_detail = LIST_FORMATTERS
    column_type_formatters_export = EXPORT_FORMATTERS
    can_create = False
    can_edit = False
    can_delete = False
    can_export = False
    export_types: ClassVar[list[str]] = ["csv"]
    action_disallowed_list: ClassVar[list[str]] = ["delete"]
    page_size = 50
    list_template = "admin/model/list.html"

    def __init__(self, model: Any, *, endpoint: str, name: str | LazyString, **options: Any) -> None:
        self._refuse_unlisted()
        super().__init__(model, db, name=name, endpoint=endpoint, **options)
        self._refuse_unplaced()

    def _refuse_unlisted(self) -> None:
        needed = {
            "column_list": True,
            "form_columns": self.can_create or self.can_edit,
            "column_details_list": self.can_view_details,
            "column_export_list": self.can_export,
        }
        for attribute in _COLUMN_LISTS:
            names = getattr(self, attribute, None)
            if needed[attribute] and not names:
                raise TypeError(f"{type(self).__name__}.{attribute} must list its columns")
            secret = [name for name in names or () if SECRET_NAME.search(str(name))]
            if secret:
                raise TypeError(f"{type(self).__name__}.{attribute} must not name {', '.join(secret)}")
        if self.column_editable_list:
            raise TypeError(f"{type(self).__name__}: cells are not edited in lists, forms are")
        if not all(isinstance(item, ListFilter) for item in self.column_filters or ()):
            raise TypeError(f"{type(self).__name__}.column_filters must be ListFilters")

    def _refuse_unplaced(self) -> None:
        rules = [
            self._form_create_rules if self.can_create else (),
            self._form_edit_rules if self.can_edit else (),
        ]
        if None in rules or not any(rules):
            return
        unplaced = set(self.form_columns) - {name for own in rules if own for name in own.visible_fields}
        if unplaced:
            raise TypeError(f"{type(self).__name__}.form_rules must place {', '.join(sorted(unplaced))}")

    def _show_missing_fields_warning(self, text: str) -> None:
        """A new record may be asked less than a stored one, and some things only once."""

    # Records

    def get_one(self, id: Any) -> Any:  # noqa: A002  (Flask-Admin's name)
        """The record, if the list would show it to this person; anything else is "not found"."""
        found = self.get_query().filter(*self._named_by(id)).one_or_none()
        return found if found is not None else abort(404)

    def _named_by(self, id_: Any) -> list[Any]:
        columns = inspect(self.model).primary_key
        keys = tools.iterdecode(id_) if isinstance(id_, str) else ()
        if len(keys) != len(columns):
            abort(404)
        numbers = [isinstance(column.type, (Integer, BigInteger)) for column in columns]
        if not all(not number or _is_row_number(key) for key, number in zip(keys, numbers, strict=True)):
            abort(404)
        return [
            column == (int(key) if number else key)
            for column, key, number in zip(columns, keys, numbers, strict=True)
        ]

    # Forms

    def get_edit_form(self) -> Any:
        """The form of the model with the memory of what its editor began with."""
        return type("EditForm", (self.get_form(),), {"record_version": RecordVersion()})

    def _validate_form_class(self, ruleset: Any, form_class: Any, remove_missing: bool = True) -> None:
        """Every page checks its own form against the rules; checked here, the class would lose its hidden field."""

    def _get_ruleset_missing_fields(self, ruleset: Any, form: Any) -> list[str]:
        missing = super()._get_ruleset_missing_fields(ruleset, form)
        return [name for name in missing if name not in HOUSE_FIELDS]

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> Any:
        """The page of a new record."""
        if not self.can_create:
            abort(404)
        form = self.create_form()
        self._validate_form_instance(ruleset=self._form_create_rules, form=form)
        if self.validate_form(form):
            model = self.create_model(form)
            if model:
                return self.answer_to_creation(form, model)
        return self._form_page(self.create_template, form, self._form_create_rules, model=None)

    def answer_to_creation(self, form: Any, model: Any) -> Any:
        """Where a saved new record leads."""
        flash(self.saved_message(model), "success")
        return redirect(self.get_save_return_url(model, is_created=True))

    @expose("/edit/", methods=("GET", "POST"))
    def edit_view(self) -> Any:
        """The page of one record."""
        if not self.can_edit:
            abort(404)
        model = self.get_one(request.args.get("id"))
        form = self.edit_form(obj=model)
        self._validate_form_instance(ruleset=self._form_edit_rules, form=form)
        if request.method == "GET":
            form.record_version.data = record_version(model.version, form)
        elif self.validate_form(form) and self.update_model(form, model):
            flash(self.saved_message(model), "success")
            return redirect(self.get_save_return_url(model, is_created=False))
        return self._form_page(self.edit_template, form, self._form_edit_rules, model=model)

    def _form_page(self, template: str, form: Any, rules: Any, *, model: Any) -> Any:
        page = self.render(
            template,
            model=model,
            form=form,
            form_opts=FormOpts(widget_args=self.form_widget_args, form_rules=rules),
            return_url=self.back_address(),
        )
        return page, (422 if request.method == "POST" else 200)

    def back_address(self) -> str:
        """The list as the person left it, with its filters and page."""
        return str(get_redirect_target() or self.get_url(".index_view"))

    @override
    def get_save_return_url(self, model: Any, is_created: bool = False) -> str:
        """After a save the list comes back as it was left."""
        return self.back_address()

    def saved_message(self, model: Any) -> str:
        """The word that a record was saved."""
        return str(_("Saved: %(name)s", name=str(model)))

    # Deleting

    @expose("/delete/", methods=("POST",))
    def delete_view(self) -> Any:
        """Delete one record; the page has asked before."""
        if not self.can_delete:
            abort(404)
        form = self.delete_form()
        if not self.validate_form(form):
            abort(400)
        model = self.get_one(form.id.data)
        name = str(model)
        if self.delete_model(model):
            flash(_("Deleted: %(name)s", name=name), "success")
        return redirect(self.back_address())

    # Lists and exports

    def _refresh_filters_cache(self) -> None:
        # Flask-Admin's own asks for the options at once, before there is a request with a language and rows.
        self._filters = self.get_filters()
        self._filter_groups = None
        self._filter_args = {
            self.get_filter_arg(index, item): (index, item) for index, item in enumerate(self._filters or ())
        }

    def _apply_search(
        self, query: Any, count_query: Any, joins: Any, count_joins: Any, search: str
    ) -> tuple[Any, Any, Any, Any]:
        # Flask-Admin's own takes % and _ for wildcards.
        for term in search.split():
            fits = or_(*(field.icontains(term, autoescape=True) for field, _path in self._search_fields))
            query, count_query = query.filter(fits), count_query.filter(fits)
        return query, count_query, joins, count_joins

    def drop_downs(self, active: Any) -> list[DropDown]:
        """The filters above the list as the template draws them."""
        chosen = {index: value for index, _name, value in active or ()}
        return [
            DropDown(
                name=str(item.name),
                argument=f"flt{index}_{self.get_filter_arg(index, item)}",
                any_text=str(item.any_text),
                options=[(str(value), str(name)) for value, name in item.get_options(self)],
                chosen=chosen.get(index, ""),
                is_day=item.is_day,
            )
            for index, item in enumerate(self._filters or ())
        ]

    def delete_question(self, model: Any) -> str:
        """What is asked before a record is deleted: it names what goes."""
        return str(_("Delete “%(name)s”? This cannot be undone.", name=str(model)))

    def _get_list_extra_args(self) -> Any:
        # A number that no database can count to is as far behind the last page as any other.
        asked = super()._get_list_extra_args()
        asked.page = min(asked.page, LAST_PAGE)
        # Each word is a condition of its own, and no database takes thousands of them.
        asked.search = asked.search and asked.search[:SEARCH_MAXIMUM]
        # Whatever else stands in an address would reach the making of addresses as its options (`_scheme`).
        asked.extra_args = {}
        return asked

    def list_arguments(self) -> dict[str, str]:
        """What this address says of the list, for the addresses that the page makes."""
        return {
            name: value
            for name, value in request.args.items()
            if name in _LIST_ARGUMENTS or _FILTER_ARGUMENT.fullmatch(name)
        }

    def _get_list_filter_args(self) -> Any:
        # An empty choice means "any", not "nothing".
        chosen = super()._get_list_filter_args()
        return [item for item in chosen if item[2]] if chosen else chosen

    @expose("/export/<export_type>/")
    def export(self, export_type: str) -> Any:
        """The list as a file, for those who may take data away."""
        if not self.can_export or export_type not in self.export_types:
            abort(404)
        if current_user.may(Action.EXPORT) is not Answer.ALLOWED:
            abort(403)
        _count, rows = self._export_data()
        titles = [title for _name, title in self._export_columns]
        values = [[self.get_export_value(row, name) for name, _title in self._export_columns] for row in rows]
        with unit_of_work() as session:
            about = audit.About(self.model.__tablename__, None, f"{self.endpoint}.csv")
            audit.write(session, AuditKind.EXPORTED, about, {"rows": (None, len(values))})
        response = Response(csv_file([titles, *values]), mimetype="text/csv")
        response.headers.set("Content-Disposition", "attachment", filename=f"{self.endpoint}.csv")
        return response


def row_number(text: str) -> int:
    """The number of a row that a request names; `ValueError` for what no database can count to."""
    if not _is_row_number(text):
        raise ValueError("no number of a row")
    return int(text)


def _is_row_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18
