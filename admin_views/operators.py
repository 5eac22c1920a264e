"""Operators: the list with live statuses, and what can be done to an account."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, ClassVar

from flask import abort, flash, redirect, request
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user
from sqlalchemy.orm import Session, joinedload, selectinload
from werkzeug import Response

from actions import operators as accounts
from actions import presence
from actions.errors import Invalid
from admin_views.account_fields import SettlesPhoto
from admin_views.base import OtvetModelView
from admin_views.formatters import label_of
from admin_views.invitations import (
    invitation_field,
    invitation_message,
    needed_unless_invited,
    nothing_when_invited,
    send_invitation,
)
from admin_views.operator_access import OperatorAccess
from admin_views.operator_filters import DepartmentFilter, LanguageFilter, RoleFilter, StatusFilter
from admin_views.operator_form import (
    FORM_ARGS,
    FORM_COLUMNS,
    FORM_OVERRIDES,
    colleagues,
    extra_fields,
    form_rules,
)
from admin_views.operator_import import TITLES, ImportsOperators
from admin_views.security import security_of
from clock import now
from models.base import db
from models.database import unit_of_work
from models.operators import Operator, OperatorPresence
from models.queries import people
from policy.errors import DomainError
from policy.languages import Language
from policy.rights import Action, Role, roles_of
from policy.statuses import OperatorStatus

_RANKS = (Role.ADMIN, Role.SUPERVISOR, Role.LEAD, Role.OPERATOR)


def rank_of(operator: Operator) -> Role | None:
    """The highest role of a person; None when the account is switched off."""
    roles = roles_of(operator.facts(common_max_chats=1))
    return next((role for role in _RANKS if role in roles), None)


def role_words(operator: Operator) -> str:
    """The name of the highest role."""
    rank = rank_of(operator)
    return str(label_of(rank) if rank else _("Deactivated"))


def spoken(operator: Operator) -> list[Language]:
    """The languages a person speaks, in the order of the form; none = all."""
    return [language for language in Language if language.tag in operator.languages]


def load_of(operator: Operator) -> str:
    """How many chats a person has and may have."""
    facts = people.facts_of(db.session(), operator)
    return str(_("%(load)d of %(limit)d", load=facts.load, limit=facts.max_chats))


class OperatorsView(ImportsOperators, OperatorAccess, SettlesPhoto):
    """Operators, group leads, supervisors and administrators: one table, one form."""

    action = Action.MANAGE_OPERATORS
    can_create = can_edit = can_delete = can_export = True
    list_template = "admin/operators/list.html"
    create_template = edit_template = "admin/operators/form.html"

    column_list = ("internal_name", "email", "departments", "languages", "sort_order", "presence")
    column_labels: ClassVar[dict[str, Any]] = {
        **TITLES,
        "role": _l("Role"),
        "presence": _l("Status"),
    }
    # What may be imported again, and what an import leaves alone.
    column_export_list = (*TITLES, "role", "presence")
    column_formatters_export: ClassVar[dict[str, Any]] = {
        "departments": lambda _view, _context, row, _name: " | ".join(map(str, row.departments)),
        "languages": lambda _view, _context, row, _name: ", ".join(row.languages),
        "max_chats": lambda _view, _context, row, _name: row.max_chats or "",
        "role": lambda _view, _context, row, _name: role_words(row),
        "presence": lambda _view, _context, row, _name: label_of(row.presence.status),
    }
    column_sortable_list = ("internal_name", "email", "sort_order", ("presence", "presence.status"))
    column_default_sort = "internal_name"
    # The query says itself what it loads with the rows.
    column_auto_select_related = False
    column_searchable_list = ("internal_name", "public_name", "email")
    column_filters = (
        DepartmentFilter(Operator.id, _l("Department"), _l("All departments")),
        RoleFilter(Operator.id, _l("Role"), _l("All roles")),
        LanguageFilter(Operator.languages, _l("Language"), _l("All languages")),
        StatusFilter(Operator.id, _l("Status"), _l("Any status")),
    )

    form_columns = FORM_COLUMNS
    form_overrides = FORM_OVERRIDES
    form_args = FORM_ARGS
    form_create_rules = form_rules("sends_invitation")
    form_edit_rules = form_rules()

    refusals: ClassVar[dict[str, Any]] = {
        "last_administrator": _l("This is the last administrator. Make somebody else one first."),
        "leads_oneself": _l("Nobody can be their own subordinate."),
        "circle_of_leads": _l("One of these people already leads this operator, directly or through others."),
        "email_taken": _l("This address already belongs to another operator."),
        "not_online": _l("Only an operator who is online can be disconnected."),
    }
    _refused_fields: ClassVar[dict[str, str]] = {
        "last_administrator": "is_admin",
        "leads_oneself": "subordinates",
        "circle_of_leads": "subordinates",
        "email_taken": "email",
    }

    # The list

    def get_query(self) -> Any:
        """Everybody but the deleted; in the list without the offline, for a person who hides them."""
        return self._listed(super().get_query()).options(
            joinedload(Operator.presence),
            selectinload(Operator.departments),
            selectinload(Operator.supervised_departments),
            selectinload(Operator.subordinates).selectinload(Operator.departments),
        )

    def get_count_query(self) -> Any:
        """How many the list has."""
        return self._listed(super().get_count_query())

    def _listed(self, query: Any) -> Any:
        query = query.filter(Operator.deleted_at.is_(None))
        # Hidden is the row, not the record: its page opens all the same.
        if request.endpoint != f"{self.endpoint}.index_view" or not current_user.operator.hides_offline:
            return query
        return query.filter(Operator.presence.has(OperatorPresence.status != OperatorStatus.OFFLINE))

    def render(self, template: str, **context: Any) -> str:
        """Every page of the section knows how to name ranks, languages and loads, and how an account is secured."""
        words = {"rank_of": rank_of, "spoken": spoken, "load_of": load_of, "security_of": security_of}
        return str(super().render(template, **words, **context))

    @expose("/")
    def index_view(self) -> Any:
        """The list, with how many are in each status and how many one press would disconnect."""
        statuses = Counter(view.status for view in people.operator_views(db.session()))
        self._template_args["status_counts"] = [
            (one, statuses[one]) for one in OperatorStatus if statuses[one]
        ]
        self._template_args["present"] = presence.count_present(db.session(), current_user.facts)
        return super().index_view()

    @expose("/hide-offline/", methods=("POST",))
    def hide_offline(self) -> Response:
        """Hide the offline from one's own list, or show them again."""
        with unit_of_work():
            current_user.operator.hides_offline = request.form.get("hide") == "1"
        return redirect(self.back_address())

    @expose("/disconnect-all/", methods=("POST",))
    def disconnect_all(self) -> Response:
        """Set everybody offline who is not, the one who presses excepted."""
        facts = current_user.facts
        with unit_of_work() as session:
            count = presence.switch_all_offline(session, facts, now())
        flash(
            ngettext("%(num)d operator was disconnected.", "%(num)d operators were disconnected.", count),
            "success",
        )
        return redirect(self.back_address())

    @expose("/disconnect/", methods=("POST",))
    def disconnect(self) -> Response:
        """Set one operator offline who is online."""
        facts, operator = current_user.facts, self._named()
        try:
            with unit_of_work() as session:
                presence.switch_offline(session, facts, operator.id, now())
        except Invalid:
            flash(_("%(name)s is not online any more.", name=operator.internal_name), "error")
        else:
            flash(_("Disconnected: %(name)s", name=operator.internal_name), "success")
        return redirect(self.back_address())

    @expose("/deactivate/", methods=("POST",))
    def deactivate(self) -> Response:
        """Switch an account off."""
        operator, by = self._another(), current_user.operator.id
        try:
            with unit_of_work() as session:
                self._lock(session, operator)
                accounts.deactivate_operator(session, operator, now(), by_operator_id=by)
        except accounts.AccountRefused as refusal:
            flash(self.words_of(refusal, refusal.code), "error")
        else:
            flash(_("Deactivated: %(name)s", name=operator.internal_name), "success")
        return redirect(self.back_address())

    @expose("/activate/", methods=("POST",))
    def activate(self) -> Response:
        """Switch an account on again."""
        operator = self._another()
        with unit_of_work() as session:
            self._lock(session, operator)
            accounts.activate_operator(session, operator)
        flash(_("Activated: %(name)s", name=operator.internal_name), "success")
        return redirect(self.back_address())

    @expose("/invite/", methods=("POST",))
    def invite(self) -> Response:
        """Send somebody a link by which they choose a password."""
        operator = self._another()
        if not operator.is_active:
            flash(_("A deactivated account cannot be invited. Activate it first."), "error")
            return redirect(self.back_address())
        with unit_of_work() as session:
            self._lock(session, operator)
            send_invitation(session, operator)
        flash(invitation_message(operator), "success")
        return redirect(self.back_address())

    # The form

    def scaffold_form(self) -> Any:
        """The form of the model, and the fields that are no columns."""
        return type("OperatorForm", (super().scaffold_form(),), extra_fields())

    def get_create_form(self) -> Any:
        """A new account may be sent to its owner, who chooses the password."""
        return type("NewOperatorForm", (super().get_create_form(),), {"sends_invitation": invitation_field()})

    def create_form(self, obj: Any = None) -> Any:
        """A new account is nothing without a password, unless its owner chooses one."""
        form = super().create_form(obj)
        form.new_password.validators = [needed_unless_invited, *form.new_password.validators]
        form.new_password_again.validators = [nothing_when_invited, *form.new_password_again.validators]
        form.new_password.flags.required = form.new_password_again.flags.required = True
        return form

    def edit_form(self, obj: Any = None) -> Any:
        """Nobody is offered as their own subordinate."""
        form = super().edit_form(obj)
        form.subordinates.query_factory = lambda: [person for person in colleagues() if person.id != obj.id]
        return form

    def prepare_save(self, form: Any) -> None:
        """Hash the new password before the transaction begins."""
        form.new_password.prepare()

    def on_model_change(self, form: Any, model: Any, is_created: bool) -> None:
        """The rules of accounts."""
        is_own = not is_created and model.id == current_user.operator.id
        session_id = current_user.session_id if is_own else None
        accounts.save_operator(db.session(), model, now(), keep_session_id=session_id)
        if is_created and form.sends_invitation.data:
            send_invitation(db.session(), model)

    def after_model_change(self, form: Any, model: Any, is_created: bool) -> None:
        """The list says what becomes of an invitation."""
        if is_created and form.sends_invitation.data:
            flash(invitation_message(model), "success")

    def delete_question(self, model: Any) -> str:
        """What becomes of a deleted person's chats and name."""
        return str(
            _(
                "Delete %(name)s? They are signed out everywhere and their open chats go back to the queue. "
                "Past chats keep the name. There is no way back.",
                name=model.internal_name,
            )
        )

    def remove(self, model: Any) -> None:
        """Deleted people keep their name in every chat they had; nobody deletes themselves."""
        if model.id == current_user.operator.id:
            abort(403)
        accounts.delete_operator(db.session(), model, now(), by_operator_id=current_user.operator.id)

    def fields_of(self, refusal: DomainError) -> Mapping[str | None, str]:
        """Beside which field a refused account is told."""
        return {self._refused_fields.get(refusal.code): refusal.code}

    def words_of(self, refusal: DomainError, code: str) -> str:
        """A taken address names its owner."""
        if isinstance(refusal, accounts.EmailTaken):
            return str(_("This address already belongs to %(name)s. Enter another one.", name=refusal.owner))
        return super().words_of(refusal, code)

    @staticmethod
    def _lock(session: Session, model: Any) -> None:
        # Before the record's own row: see who else edits accounts.
        accounts.lock_accounts(session)
        OtvetModelView._lock(session, model)
