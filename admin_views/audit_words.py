"""The audit log in words: what was done, to what, and each field by the label that its own form gives it."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from flask import current_app
from flask_admin.model import BaseModelView
from flask_babel import format_datetime, get_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import Enum

from admin_views.formatters import NOTHING, label_of, name_members
from models.audit import ActorKind, AuditEntry, AuditKind
from models.base import Base, UtcDateTime
from policy.languages import Language

name_members(
    {
        AuditKind.CREATED: _l("Created"),
        AuditKind.CHANGED: _l("Changed"),
        AuditKind.DELETED: _l("Deleted"),
        AuditKind.DEACTIVATED: _l("Access closed"),
        AuditKind.ACTIVATED: _l("Access opened"),
        AuditKind.DISCONNECTED: _l("Operator disconnected"),
        AuditKind.DISCONNECTED_ALL: _l("All operators disconnected"),
        AuditKind.SIGNED_IN: _l("Signed in"),
        AuditKind.SIGN_IN_FAILED: _l("Sign-in failed"),
        AuditKind.SIGN_IN_BLOCKED: _l("Sign-in blocked for a while"),
        AuditKind.SIGNED_OUT: _l("Signed out"),
        AuditKind.SESSION_ENDED: _l("Session ended"),
        AuditKind.PASSWORD_CHANGED: _l("Password changed"),
        AuditKind.PASSWORD_LINK_ASKED: _l("Asked for a new password"),
        AuditKind.INVITED: _l("Invitation sent"),
        AuditKind.SECOND_FACTOR_ON: _l("Second factor switched on"),
        AuditKind.SECOND_FACTOR_OFF: _l("Second factor switched off"),
        AuditKind.SECOND_FACTOR_FAILED: _l("Wrong code of the second factor"),
        AuditKind.RECOVERY_CODES_MADE: _l("Recovery codes made"),
        AuditKind.RECOVERY_CODE_USED: _l("Recovery code used"),
        AuditKind.TOKEN_ISSUED: _l("Token issued"),
        AuditKind.TOKEN_REVOKED: _l("Token revoked"),
        AuditKind.WEBHOOK_TESTED: _l("Webhook tested"),
        AuditKind.DELIVERY_REPEATED: _l("Delivery repeated"),
        AuditKind.TEST_LETTER_SENT: _l("Test letter sent"),
        AuditKind.EXPORTED: _l("Exported"),
        AuditKind.IMPORTED: _l("Imported"),
        AuditKind.BANNED: _l("Address banned"),
        AuditKind.UNBANNED: _l("Ban lifted"),
        AuditKind.ERASED: _l("Data erased"),
        ActorKind.OPERATOR: _l("Operator"),
        ActorKind.STRANGER: _l("Not signed in"),
        ActorKind.VISITOR: _l("Visitor"),
        ActorKind.COMMAND: _l("Command line"),
        ActorKind.SYSTEM: _l("System"),
    }
)
OBJECTS: Mapping[str, LazyString] = {
    "operators": _l("Operator"),
    "departments": _l("Department"),
    "placements": _l("Placement"),
    "settings": _l("General settings"),
    "api_tokens": _l("API token"),
    "webhooks": _l("Webhook"),
    "holidays": _l("Working hours"),
    "outbox": _l("Letter"),
    "audit_log": _l("Audit log"),
    "visitors": _l("Visitor"),
}
"""What things are called, by their table."""
FIELDS: Mapping[str, LazyString] = {
    "operators": _l("Operators"),
    "key": _l("Identifier"),
    "rows": _l("Rows"),
    "created": _l("New"),
    "changed": _l("Changed"),
    "seconds": _l("Wait, seconds"),
    "is_active": _l("Account is active"),
    "must_change_password": _l("Must choose a new password"),
    "file": _l("File"),
    "answer": _l("Answer"),
    "secret": _l("Secret"),
}
"""Fields that stand in no form."""
SHORTEST = 60


def object_label(kind: str) -> str:
    """What the thing is."""
    return str(OBJECTS[kind]) if kind in OBJECTS else kind


def field_label(kind: str, field: str) -> str:
    """The field's label in the form of its table."""
    for view in _views_of(kind):
        options = (getattr(view, "form_args", None) or {}).get(field, {})
        label = (
            options.get("label")
            or (getattr(view, "column_labels", None) or {}).get(field)
            or _label_in(view, field)
        )
        if label:
            return str(label)
    return str(FIELDS[field]) if field in FIELDS else field


def value_words(kind: str, field: str, value: Any) -> str:
    """A stored value as its reader would say it."""
    if value in (None, "", [], {}):
        return NOTHING
    if isinstance(value, bool):
        return str(_("Yes") if value else _("No"))
    if isinstance(value, list):
        return ", ".join(_language(one) if field == "languages" else str(one) for one in value)
    if isinstance(value, dict):
        return "\n".join(f"{_language(tag)}: {one or NOTHING}" for tag, one in value.items())
    return _column_words(kind, field, value) if isinstance(value, str) else str(value)


def actor_words(entry: AuditEntry) -> str:
    """Who did it: by name where there is one."""
    if entry.actor_kind is ActorKind.OPERATOR:
        return entry.actor_name
    kind = str(label_of(entry.actor_kind))
    return f"{kind}: {entry.actor_name}" if entry.actor_name else kind


def told_changes(entry: AuditEntry) -> list[tuple[str, str | None, str | None]]:
    """Each field's label with what it was and is; a secret has neither."""
    kind = entry.object_kind
    return [
        (
            field_label(kind, line["field"]),
            value_words(kind, line["field"], line["from"]) if "from" in line else None,
            value_words(kind, line["field"], line["to"]) if "to" in line else None,
        )
        for line in entry.changes
    ]


def summary(entry: AuditEntry) -> list[str]:
    """The changes in few words, for a line of the list."""
    told = told_changes(entry)
    if entry.kind in (AuditKind.CREATED, AuditKind.DELETED):
        return [ngettext("%(num)d field", "%(num)d fields", len(told))] if told else []
    lines = [_in_short(*line) for line in told[:2]]
    rest = len(told) - len(lines)
    return [*lines, ngettext("and %(num)d more", "and %(num)d more", rest)] if rest else lines


def _in_short(label: str, old: str | None, new: str | None) -> str:
    if old is None and new is None:
        return f"{label}: {_('changed')}"
    if old in (None, NOTHING):
        return f"{label}: {_cut(new)}"
    return f"{label}: {_cut(old)} {arrow()} {_cut(new)}"


def arrow() -> str:
    """From what was to what is, in the direction of reading."""
    reader = Language.parse(str(get_locale()))
    return "←" if reader and reader.direction == "rtl" else "→"


def _cut(text: str | None) -> str:
    line = " ".join((text or NOTHING).split())
    return line if len(line) <= SHORTEST else f"{line[:SHORTEST]}…"


def _views_of(kind: str) -> Iterator[BaseModelView]:
    for view in current_app.extensions["admin"][0]._views:
        if isinstance(view, BaseModelView) and view.model.__tablename__ == kind:
            yield view


def _label_in(view: BaseModelView, field: str) -> object:
    """The label of a field that the view adds to the form of the model."""
    unbound = getattr(getattr(view, "_edit_form_class", None), field, None)
    if unbound is None or field in view.form_columns:
        # A column without a label of ours would be named by its own English name.
        return None
    return unbound.kwargs.get("label") or next(iter(unbound.args), None)


def _language(tag: str) -> str:
    known = Language.parse(str(tag))
    return known.label if known else str(tag)


def _column_words(kind: str, field: str, value: str) -> str:
    column = _tables().get(kind, {}).get(field)
    if isinstance(column, Enum) and column.enum_class and value in column.enum_class.__members__:
        return str(label_of(column.enum_class[value]))
    if isinstance(column, UtcDateTime):
        return str(format_datetime(datetime.fromisoformat(value), "short"))
    return value


@cache
def _tables() -> dict[str, dict[str, Any]]:
    return {
        mapper.class_.__tablename__: {column.key: column.columns[0].type for column in mapper.column_attrs}
        for mapper in Base.registry.mappers
    }
