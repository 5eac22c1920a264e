"""What an administrator does with the accounts of operators: save, switch off and on, delete."""

import unicodedata
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, func, inspect, select, update
from sqlalchemy.orm import Session

from actions import audit
from actions.events import OperatorChanged, SessionEnded, record
from actions.ids import new_public_id
from actions.letters import put_password_changed
from actions.link_letters import end_links
from actions.presence import change_status
from actions.returns import return_chats
from models.audit import AuditKind
from models.chats import OPEN_STATES
from models.operators import Operator, OperatorPresence, OperatorSession, operator_subordinates
from models.password_links import PasswordLink
from models.queries.people import view_of
from policy.errors import DomainError
from policy.statuses import OperatorStatus


class AccountRefused(DomainError):
    """`last_administrator`, `leads_oneself`, `circle_of_leads` or `email_taken`."""


class EmailTaken(AccountRefused):
    """The address signs somebody else in; `owner` is their name."""

    def __init__(self, owner: str) -> None:
        super().__init__("email_taken")
        self.owner = owner


RIGHTS = (
    "is_admin",
    "is_active",
    "departments",
    "supervised_departments",
    "subordinates",
    "languages",
    "max_chats",
)
"""What decides whose chats a person may see, take and get."""


def normal_email(text: str) -> str:
    """The one spelling of an address: it signs in and is unique whatever its letter case and width."""
    shown = "".join(letter for letter in unicodedata.normalize("NFKC", text) if letter.isprintable())
    return shown.strip().lower()


def save_operator(
    session: Session,
    operator: Operator,
    now: datetime,
    *,
    keep_session_id: int | None = None,
    by: audit.Cause | None = None,
) -> None:
    """Accept a new or edited account: one e-mail per person, no circles of subordinates, and an administrator remains.

    A new password ends every session of the person but `keep_session_id`, the one in which it was changed, and every
    link to set one; the person is told by letter. `by` names who saves it where the edge does not know.
    """
    lock_accounts(session)
    with session.no_autoflush:
        _complete(operator, now)
        _refuse_taken_email(session, operator)
        _refuse_circle(session, operator)
        has_new_password = inspect(operator).persistent and _is_changed(operator, "password_hash")
        had_password = any(inspect(operator).attrs.password_hash.history.deleted)
        rights_changed = any(_is_changed(operator, name) for name in RIGHTS)
    audit.saved(session, operator, by=by)
    session.add(operator)
    session.flush()
    refuse_without_administrator(session)
    if has_new_password:
        audit.write(session, AuditKind.PASSWORD_CHANGED, operator, by=by)
        end_sessions(session, operator, now, reason="password", but_session_id=keep_session_id)
        end_links(session, now, PasswordLink.operator_id == operator.id)
    if had_password and has_new_password:
        put_password_changed(session, operator, now)
    record(session, OperatorChanged(operator.id, view_of(operator), rights_changed=rights_changed))


def set_new_password(
    session: Session,
    operator: Operator,
    password_hash: str,
    now: datetime,
    *,
    keep_session_id: int | None = None,
    by: audit.Cause | None = None,
) -> None:
    """The owner of the account has chosen this password, so nobody asks for another one."""
    operator.password_hash = password_hash
    operator.must_change_password = False
    operator.version += 1
    save_operator(session, operator, now, keep_session_id=keep_session_id, by=by)


def deactivate_operator(session: Session, operator: Operator, now: datetime, *, by_operator_id: int) -> None:
    """Switch an account off until it is switched on: signed out everywhere, their open chats back in the queue."""
    lock_accounts(session)
    operator.is_active = False
    session.flush()
    refuse_without_administrator(session)
    audit.write(session, AuditKind.DEACTIVATED, operator)
    _take_off_duty(session, operator, now, by_operator_id)


def activate_operator(session: Session, operator: Operator) -> None:
    """Switch an account on again; it comes back as it was, offline."""
    operator.is_active = True
    session.flush()
    audit.write(session, AuditKind.ACTIVATED, operator)
    record(session, OperatorChanged(operator.id, view_of(operator), rights_changed=True))


def delete_operator(session: Session, operator: Operator, now: datetime, *, by_operator_id: int) -> None:
    """Mark an account as deleted: chats and statistics keep the name, the e-mail is free, nobody leads or is led by it.

    Open chats go back to the queue; every session ends. There is no way back.
    """
    lock_accounts(session)
    operator.deleted_at = now
    session.flush()
    refuse_without_administrator(session)
    audit.deleted(session, operator)
    _take_off_duty(session, operator, now, by_operator_id)
    operator.email = operator.password_hash = None
    operator.departments = []
    operator.supervised_departments = []
    operator.subordinates = []
    session.execute(
        delete(operator_subordinates).where(operator_subordinates.c.subordinate_id == operator.id)
    )
    session.flush()


def _take_off_duty(session: Session, operator: Operator, now: datetime, by_operator_id: int) -> None:
    change_status(session, operator, OperatorStatus.OFFLINE, now, by_operator_id=by_operator_id)
    return_chats(session, operator.id, OPEN_STATES, "operator_gone", now)
    end_sessions(session, operator, now, reason="account_closed")
    record(session, OperatorChanged(operator.id, None, rights_changed=True))


def lock_accounts(session: Session) -> None:
    """Put all who edit accounts in line, before any other lock: two administrators who demote each other meet here.

    Keys stay free: what an administrator writes meanwhile refers to the row and must not wait.
    """
    administrators = select(Operator.id).where(Operator.is_admin.is_(True)).order_by(Operator.id)
    with session.no_autoflush:
        session.execute(administrators.with_for_update(key_share=True))


def refuse_without_administrator(session: Session) -> None:
    """Somebody must stay who can set things up: active, not deleted, with a password."""
    remaining = session.scalar(
        select(func.count()).where(
            Operator.is_admin.is_(True),
            Operator.is_active.is_(True),
            Operator.deleted_at.is_(None),
            Operator.password_hash.is_not(None),
        )
    )
    if not remaining:
        raise AccountRefused("last_administrator")


def end_sessions(
    session: Session, operator: Operator, now: datetime, *, reason: str, but_session_id: int | None = None
) -> None:
    """Sign the person out everywhere, or everywhere else."""
    ending = update(OperatorSession).where(
        OperatorSession.operator_id == operator.id, OperatorSession.ended_at.is_(None)
    )
    if but_session_id is not None:
        ending = ending.where(OperatorSession.id != but_session_id)
    session.execute(ending.values(ended_at=now))
    record(session, SessionEnded(operator.id, None, reason, but_session_id=but_session_id))


def _complete(operator: Operator, now: datetime) -> None:
    operator.email = normal_email(operator.email or "")
    if not inspect(operator).persistent:
        operator.public_id = new_public_id()
        operator.created_at = now
        operator.presence = OperatorPresence(status=OperatorStatus.OFFLINE, status_since=now)


def _refuse_taken_email(session: Session, operator: Operator) -> None:
    owner = session.scalar(
        select(Operator.internal_name).where(
            Operator.email == operator.email, Operator.id != (operator.id or 0)
        )
    )
    if owner is not None:
        raise EmailTaken(owner)


def _refuse_circle(session: Session, operator: Operator) -> None:
    led_by = dict[int, set[int]]()
    for leader_id, subordinate_id in session.execute(
        select(operator_subordinates.c.leader_id, operator_subordinates.c.subordinate_id)
    ):
        led_by.setdefault(leader_id, set()).add(subordinate_id)
    if operator in operator.subordinates:
        raise AccountRefused("leads_oneself")
    if operator.id in _reached(led_by, (person.id for person in operator.subordinates)):
        raise AccountRefused("circle_of_leads")


def _reached(led_by: dict[int, set[int]], start: Iterable[int]) -> set[int]:
    reached = set[int]()
    ahead = list(start)
    while ahead:
        person = ahead.pop()
        if person not in reached:
            reached.add(person)
            ahead.extend(led_by.get(person, ()))
    return reached


def _is_changed(operator: Operator, name: str) -> bool:
    return bool(inspect(operator).attrs[name].history.has_changes())
