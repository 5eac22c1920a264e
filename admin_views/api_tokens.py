"""Tokens of the API: issued with scopes and shown once, recognised by a mark, revoked after a question."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from flask import flash, redirect, url_for
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy import or_
from wtforms import DateField
from wtforms.validators import DataRequired, Length, Optional

from actions import api_tokens
from admin_views.base import OtvetModelView
from admin_views.filters import ListFilter
from admin_views.formatters import chips, label_of, name_members, pill
from admin_views.forms import TogglesField
from admin_views.rules import Section
from admin_views.texts import line
from clock import now
from models.api_tokens import ApiToken, TokenState
from models.base import db
from models.settings import load_settings
from policy.errors import DomainError
from policy.rights import Action
from policy.scopes import TokenScope

NAME_MAXIMUM = 100
name_members(
    {
        TokenScope.CHATS_READ: _l("Chats: read"),
        TokenScope.MESSAGES_READ: _l("Messages: read"),
        TokenScope.MESSAGES_WRITE: _l("Messages: write"),
        TokenScope.OFFLINE_READ: _l("Offline messages: read"),
        TokenScope.VISITORS_READ: _l("Visitors: read"),
        TokenScope.OPERATORS_READ: _l("Operators: read"),
        TokenScope.OPERATORS_WRITE: _l("Operators' statuses: change"),
        TokenScope.DEPARTMENTS_READ: _l("Departments: read"),
        TokenScope.STATISTICS_READ: _l("Statistics: read"),
        TokenScope.LEADS_READ: _l("Leads: read"),
        TokenState.ACTIVE: _l("Works"),
        TokenState.EXPIRED: _l("Expired"),
        TokenState.REVOKED: _l("Revoked"),
    }
)
_LOOKS = {TokenState.ACTIVE: "ok", TokenState.EXPIRED: "warn", TokenState.REVOKED: ""}


class StateFilter(ListFilter):
    """Tokens that work, or that no longer do."""

    def get_options(self, view: Any) -> list[tuple[str, str]]:
        """The states by their names."""
        return [(state.value, str(label_of(state))) for state in TokenState]

    def apply(self, query: Any, value: Any, alias: Any = None) -> Any:
        """Tokens in this state."""
        state, token = TokenState(value), ApiToken
        if state is TokenState.REVOKED:
            return query.filter(token.revoked_at.is_not(None))
        is_over = token.expires_at <= now()
        if state is TokenState.EXPIRED:
            return query.filter(token.revoked_at.is_(None), is_over)
        return query.filter(token.revoked_at.is_(None), or_(token.expires_at.is_(None), ~is_over))


class LastDayField(DateField):
    """The last day on which a token works, by the company's calendar; empty = for ever."""

    def populate_obj(self, obj: Any, name: str) -> None:
        """The moment at which that day is over."""
        if self.data is None:
            obj.expires_at = None
            return
        zone = ZoneInfo(load_settings(db.session()).time_zone)
        obj.expires_at = datetime.combine(self.data + timedelta(days=1), time(), zone)


def _last_day() -> LastDayField:
    return LastDayField(
        _l("Last day"),
        [Optional()],
        description=_l("From the next day on the token opens nothing. Empty: it works until it is revoked."),
    )


def _scopes(_view: Any, _context: Any, token: ApiToken, _name: str) -> Markup | str:
    return chips(label_of(scope) for scope in sorted(api_tokens.scopes_of(token), key=list(TokenScope).index))


def _state(_view: Any, _context: Any, token: ApiToken, _name: str) -> Markup:
    state = token.state_at(now())
    return pill(label_of(state), _LOOKS[state])


class ApiTokensView(OtvetModelView):
    """Every token that was ever issued; the text of none."""

    action = Action.MANAGE_SETTINGS
    can_create = can_delete = True
    list_template = "admin/api_tokens/list.html"
    create_template = "admin/api_tokens/form.html"

    column_list = ("name", "scopes", "created_at", "expires_at", "last_used_at", "state")
    column_labels: ClassVar[dict[str, Any]] = {
        "name": _l("Name"),
        "scopes": _l("What it may do"),
        "created_at": _l("Issued"),
        "expires_at": _l("Works until"),
        "last_used_at": _l("Last used"),
        "state": _l("State"),
    }
    column_formatters: ClassVar[dict[str, Any]] = {"scopes": _scopes, "state": _state}
    column_sortable_list = ("name", "created_at", "expires_at", "last_used_at")
    column_default_sort = ("created_at", True)
    column_searchable_list = ("name", "mark")
    column_filters = (StateFilter(ApiToken.id, _l("State"), _l("Any state")),)

    form_columns = ("name", "scopes")
    form_overrides: ClassVar[dict[str, Any]] = {"scopes": TogglesField}
    form_args: ClassVar[dict[str, Any]] = {
        "name": {
            "label": _l("Name"),
            "description": _l("What will use the token, for example “CRM”. By the name you find it again."),
            "validators": [DataRequired(), Length(max=NAME_MAXIMUM)],
            "filters": [line(NAME_MAXIMUM)],
        },
        "scopes": {
            "label": _l("What it may do"),
            "description": _l("Tick only what the program needs."),
            "validators": [DataRequired(_l("Tick at least one."))],
            "choices": [(scope.value, label_of(scope)) for scope in TokenScope],
        },
    }
    form_rules = (Section(_l("Token"), ["name", "scopes", "last_day"]),)

    refusals: ClassVar[Mapping[str, LazyString]] = {
        "name_missing": _l("Enter a name."),
        "name_taken": _l(
            "There is a token with this name already. Enter a different one, or revoke the old one."
        ),
        "scopes_missing": _l("Tick at least one."),
        "expires_too_early": _l("This day is over."),
    }
    _refused_fields: ClassVar[dict[str, str]] = {
        "name_missing": "name",
        "name_taken": "name",
        "scopes_missing": "scopes",
        "expires_too_early": "last_day",
    }

    def scaffold_form(self) -> Any:
        """The form of the model, and the day that is no column."""
        return type("TokenForm", (super().scaffold_form(),), {"last_day": _last_day()})

    def on_model_change(self, form: Any, model: Any, is_created: bool) -> None:
        """Issue it; its text goes to the answer of this request and nowhere else."""
        form.issued = api_tokens.issue_token(
            db.session(), model, now(), by_operator_id=current_user.operator.id
        )

    def answer_to_creation(self, form: Any, model: Any) -> Any:
        """The one page that ever shows the text."""
        return self.render(
            "admin/api_tokens/issued.html",
            model=model,
            text=form.issued,
            address=url_for("api.show_token", _external=True),
            return_url=self.get_url(".index_view"),
        )

    def delete_question(self, model: Any) -> str:
        """What stops working."""
        return str(
            _(
                "Revoke the token “%(name)s”? Programs that use it are refused from this moment on. "
                "There is no way back.",
                name=model.name,
            )
        )

    @expose("/delete/", methods=("POST",))
    def delete_view(self) -> Any:
        """Revoke one token; the page has asked before."""
        form = self.delete_form()
        if not self.validate_form(form):
            return super().delete_view()
        token = self.get_one(form.id.data)
        if self.delete_model(token):
            flash(_("Revoked: %(name)s", name=token.name), "success")
        return redirect(self.back_address())

    def remove(self, model: Any) -> None:
        """A token is never forgotten: the list tells what it was and that it is revoked."""
        api_tokens.revoke_token(db.session(), model, now())

    def fields_of(self, refusal: DomainError) -> Mapping[str | None, str]:
        """Beside which field a refused token is told."""
        return {self._refused_fields.get(refusal.code): refusal.code}
