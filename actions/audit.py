"""Writing the audit log: who did what to which thing, field by field, in the transaction of its cause.

Entries are collected while a transaction runs and chained just before it commits: the end of the chain is the last
lock that anybody takes, so nobody waits for it with something in hand that others need.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import Flask, current_app, g
from sqlalchemy import event, inspect
from sqlalchemy.orm import Session

from actions.audit_chain import add_to_chain
from actions.audit_diff import Change, change, changed_fields, given_fields
from models.audit import NAME_LENGTH, SEARCH_LENGTH, ActorKind, AuditEntry, AuditKind
from models.base import Base, db
from models.operators import Operator
from policy.texts import clean_line

_PENDING = "audit"


@dataclass(frozen=True, slots=True)
class Cause:
    """On whose behalf something is done, when, and from which address."""

    kind: ActorKind
    at: datetime
    operator_id: int | None = None
    name: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class About:
    """The thing that it is done to, where it has no record of its own."""

    kind: str
    id: int | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class _Deed:
    cause: Cause
    kind: AuditKind
    about: Base | About
    name: str
    changes: list[Change]


def init_app(app: Flask, now: Callable[[], datetime]) -> None:
    """What nobody else answers for is the system's own doing."""
    app.extensions["audit_cause"] = lambda: Cause(ActorKind.SYSTEM, now())


def on_behalf(tell: Callable[[], Cause]) -> None:
    """Said once at the edge: whatever this request or command writes, it writes for whom `tell` names."""
    g.audit_cause = tell


def on_nobodys_behalf() -> None:
    """The request is over."""
    g.pop("audit_cause", None)


def cause() -> Cause:
    """On whose behalf we are at work, and when."""
    tell: Callable[[], Cause] = g.get("audit_cause") or current_app.extensions["audit_cause"]
    return tell()


def cause_of(operator: Operator) -> Cause:
    """The same, by a person whom the edge does not know yet: they are just signing in."""
    return replace(cause(), kind=ActorKind.OPERATOR, operator_id=operator.id, name=operator.internal_name)


def write(
    session: Session,
    kind: AuditKind,
    about: Base | About | None = None,
    changes: Mapping[str, tuple[Any, Any]] | None = None,
    *,
    by: Cause | None = None,
) -> None:
    """Log a deed: stored with the commit of this transaction, forgotten with its rollback. Secrets are never stored."""
    lines = [change(field, old, new) for field, (old, new) in (changes or {}).items()]
    _note(session, kind, about or About(""), lines, by)


def saved(session: Session, record: Base, *, by: Cause | None = None) -> None:
    """Log a new or edited record, field by field; No change, no entry.

    Called before the flush that stores it, so the edit is made within `session.no_autoflush`.
    """
    if not inspect(record).persistent:
        _note(session, AuditKind.CREATED, record, given_fields(record), by)
        return
    lines = changed_fields(session, record)
    if lines:
        _note(session, AuditKind.CHANGED, record, lines, by)


def deleted(session: Session, record: Base) -> None:
    """Log a record that is about to be removed, with what it was."""
    lines = [
        {"field": line["field"], "from": line["to"], "to": None} if "to" in line else line
        for line in given_fields(record)
    ]
    # Its number is asked for now: after the flush it is nobody's.
    about = About(record.__tablename__, _number_of(record), _name_of(record))
    _note(session, AuditKind.DELETED, about, lines)


def _note(
    session: Session, kind: AuditKind, about: Base | About, lines: list[Change], by: Cause | None = None
) -> None:
    if not session.in_transaction():
        # Without one there would be nothing to roll back, and the entry would wait for somebody else's commit.
        session.begin()
    with session.no_autoflush:
        deed = _Deed(by or cause(), kind, about, _name_of(about), lines)
    session.info.setdefault(_PENDING, []).append(deed)


@event.listens_for(db.session, "before_commit")
def _seal(session: Session) -> None:
    if session.in_nested_transaction():
        return
    deeds: list[_Deed] = session.info.pop(_PENDING, [])
    if deeds:
        session.flush()
        add_to_chain(session, [_entry(deed) for deed in deeds])


@event.listens_for(db.session, "after_rollback")
def _forget(session: Session) -> None:
    if not session.in_nested_transaction():
        session.info.pop(_PENDING, None)


def _entry(deed: _Deed) -> AuditEntry:
    by, about = deed.cause, deed.about
    actor, name, address = _line(by.name), _line(deed.name), _line(by.address, 45)
    return AuditEntry(
        at=by.at,
        kind=deed.kind,
        actor_kind=by.kind,
        actor_id=by.operator_id,
        actor_name=actor,
        address=address,
        object_kind=about.kind if isinstance(about, About) else about.__tablename__,
        object_id=about.id if isinstance(about, About) else _number_of(about),
        object_name=name,
        search_text=f"{actor} {name} {address}".casefold()[:SEARCH_LENGTH],
        changes=deed.changes,
    )


def _line(text: str, maximum: int = NAME_LENGTH) -> str:
    return clean_line(text[:maximum], maximum)


def _name_of(about: Base | About) -> str:
    if isinstance(about, About):
        return about.name
    # A record without a name of its own (the settings are one row) is named by its kind alone.
    return str(about) if type(about).__str__ is not object.__str__ else ""


def _number_of(record: Base) -> int | None:
    identity = inspect(record).identity
    number = identity[0] if identity else None
    return number if isinstance(number, int) else None
