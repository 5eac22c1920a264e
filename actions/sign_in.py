"""Signing in, and sessions that live on the server."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from actions import audit
from actions.errors import NotFound
from actions.events import SessionEnded, record
from actions.ids import new_token, token_hash
from actions.operators import end_sessions, normal_email
from actions.presence import change_status
from models.audit import AuditKind
from models.operators import Operator, OperatorSession
from models.queries import people
from models.second_factors import SecondFactor
from models.settings import load_settings
from policy.duties import Duty, duty_of
from policy.statuses import OperatorStatus

LONGEST_SESSION = timedelta(days=7)
TOUCH_EVERY = timedelta(minutes=1)
REASON_SIGNED_OUT = "signed_out"


@dataclass(frozen=True, slots=True)
class SignedIn:
    session_id: int
    operator: Operator
    duty: Duty | None = None
    """What must be done before this session opens anything else."""


def find_by_email(session: Session, email: str) -> Operator | None:
    """The active operator with this sign-in name, whatever its letter case."""
    operator_id = session.scalar(
        select(Operator.id).where(
            Operator.email == normal_email(email), Operator.is_active.is_(True), Operator.deleted_at.is_(None)
        )
    )
    return people.person(session, operator_id) if operator_id is not None else None


def start_session(
    session: Session,
    operator: Operator,
    status: OperatorStatus,
    now: datetime,
    *,
    address: str,
    user_agent: str,
    is_remembered: bool,
) -> str:
    """A fresh session for the person, who begins in the chosen status, or will once their duties are done.

    Gives the cookie's token, of which only a hash is stored.
    """
    token = new_token()
    lifetime = (
        LONGEST_SESSION if is_remembered else timedelta(hours=load_settings(session).operator_idle_hours)
    )
    row = OperatorSession(
        token_hash=token_hash(token),
        operator_id=operator.id,
        created_at=now,
        last_seen_at=now,
        expires_at=now + lifetime,
        address=address[:45],
        user_agent=user_agent[:300],
        waiting_status=status,
    )
    session.add(row)
    session.flush()
    audit.write(session, AuditKind.SIGNED_IN, operator, by=audit.cause_of(operator))
    begin_shift(session, operator, row.id, now)
    return token


def begin_shift(session: Session, operator: Operator, session_id: int, now: datetime) -> None:
    """Who is free to work begins in the status chosen at the door; who has duties first, when these are done."""
    row = session.get_one(OperatorSession, session_id)
    if row.waiting_status is None or duty_of_operator(session, operator) is not None:
        return
    status, row.waiting_status = row.waiting_status, None
    operator.presence.last_seen_at = now
    change_status(session, operator, status, now, by_operator_id=operator.id)


def duty_of_operator(session: Session, operator: Operator) -> Duty | None:
    """What the person must do before anything opens; `models.queries.sessions` asks the same of many at once."""
    return duty_of(
        must_change_password=operator.must_change_password,
        has_second_factor=session.get(SecondFactor, operator.id) is not None,
        second_factor_demanded=load_settings(session).second_factor_demanded,
    )


def session_of(session: Session, token: str, now: datetime) -> SignedIn | None:
    """Whose session this token opens, while it lasts."""
    row = session.execute(
        select(OperatorSession.id, OperatorSession.operator_id).where(
            OperatorSession.token_hash == token_hash(token),
            OperatorSession.ended_at.is_(None),
            OperatorSession.expires_at > now,
        )
    ).one_or_none()
    operator = people.person(session, row.operator_id) if row else None
    return SignedIn(row.id, operator, duty_of_operator(session, operator)) if row and operator else None


def touch(session: Session, session_id: int, now: datetime) -> None:
    """Somebody used this session: its idle time begins anew, but no session outlives its longest time."""
    idle = timedelta(hours=load_settings(session).operator_idle_hours)
    row = session.get(OperatorSession, session_id)
    if row is None or row.ended_at is not None:
        return
    row.last_seen_at = now
    row.expires_at = min(max(row.expires_at, now + idle), row.created_at + LONGEST_SESSION)


def touch_used(session: Session, session_ids: Collection[int], now: datetime) -> None:
    """The same of several that were used over their sockets; written down once a minute at most."""
    due = select(OperatorSession.id).where(
        OperatorSession.id.in_(session_ids), OperatorSession.last_seen_at <= now - TOUCH_EVERY
    )
    for session_id in session.scalars(due).all():
        touch(session, session_id, now)


def end_session(session: Session, signed_in: SignedIn, now: datetime) -> None:
    """Signing out ends the session, its sockets, and the person's shift when it was their last one."""
    if _end(session, signed_in.operator, signed_in.session_id, now):
        audit.write(session, AuditKind.SIGNED_OUT, signed_in.operator)


def end_session_of(session: Session, operator: Operator, session_id: int, now: datetime) -> None:
    """End one session of this person from another one; anybody else's is not found."""
    if not _end(session, operator, session_id, now):
        raise NotFound
    audit.write(session, AuditKind.SESSION_ENDED, operator)


def end_other_sessions(session: Session, operator: Operator, now: datetime, *, keep_session_id: int) -> None:
    """Sign out everywhere else."""
    audit.write(session, AuditKind.SESSION_ENDED, operator)
    end_sessions(session, operator, now, reason=REASON_SIGNED_OUT, but_session_id=keep_session_id)


def sign_out_everywhere(session: Session, operator: Operator, now: datetime) -> None:
    """End every session of somebody, and with them the shift."""
    audit.write(session, AuditKind.SESSION_ENDED, operator)
    end_sessions(session, operator, now, reason=REASON_SIGNED_OUT)
    _end_shift_after_the_last(session, operator, now)


def _end(session: Session, operator: Operator, session_id: int, now: datetime) -> bool:
    ended = session.execute(
        update(OperatorSession)
        .where(
            OperatorSession.id == session_id,
            OperatorSession.operator_id == operator.id,
            OperatorSession.ended_at.is_(None),
        )
        .values(ended_at=now)
    )
    if ended.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE always gives a CursorResult
        return False
    record(session, SessionEnded(operator.id, session_id, REASON_SIGNED_OUT))
    _end_shift_after_the_last(session, operator, now)
    return True


def _end_shift_after_the_last(session: Session, operator: Operator, now: datetime) -> None:
    others = session.scalar(
        select(func.count())
        .select_from(OperatorSession)
        .where(
            OperatorSession.operator_id == operator.id,
            OperatorSession.ended_at.is_(None),
            OperatorSession.expires_at > now,
        )
    )
    if not others:
        change_status(session, operator, OperatorStatus.OFFLINE, now, by_operator_id=operator.id)
