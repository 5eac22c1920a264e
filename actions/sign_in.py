"""Signing in: throttled attempts, and sessions that live on the server."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from actions import audit
from actions.events import SessionEnded, record
from actions.ids import new_token, token_hash
from actions.operators import normal_email
from actions.presence import change_status
from models.audit import AuditKind
from models.operators import Operator, OperatorSession, SignInAttempt
from models.queries import people
from models.settings import load_settings
from policy.statuses import OperatorStatus
from policy.throttle import (
    SIGN_IN_ALTOGETHER,
    SIGN_IN_BY_ACCOUNT,
    SIGN_IN_BY_ACCOUNT_AND_ADDRESS,
    SIGN_IN_BY_ADDRESS,
    Limit,
    wait_seconds,
)

LONGEST_SESSION = timedelta(days=7)
LONGEST_WINDOW = timedelta(hours=1)
TOUCH_EVERY = timedelta(minutes=1)
REASON_SIGNED_OUT = "signed_out"


@dataclass(frozen=True, slots=True)
class SignedIn:
    session_id: int
    operator: Operator


def seconds_to_wait(session: Session, email: str, address: str, now: datetime) -> int:
    """How long this address must wait before it may try this e-mail again; 0 = now."""
    attempts = SignInAttempt
    account = attempts.email == email
    origin = attempts.address == address
    return max(
        _wait(session, SIGN_IN_BY_ACCOUNT_AND_ADDRESS, now, account, origin),
        _wait(session, SIGN_IN_BY_ACCOUNT, now, account),
        _wait(session, SIGN_IN_BY_ADDRESS, now, origin),
        _wait(session, SIGN_IN_ALTOGETHER, now),
    )


def note_failure(session: Session, email: str, address: str, now: datetime) -> None:
    """Count a failed attempt; those that no limit looks at any more go."""
    session.execute(delete(SignInAttempt).where(SignInAttempt.at < now - LONGEST_WINDOW))
    session.add(SignInAttempt(email=email[:254], address=address[:45], at=now))


def tell_failure(session: Session, email: str, address: str, now: datetime) -> None:
    """Log that somebody had a wrong password, and that the limit was reached with it."""
    typed = normal_email(email)[:254]
    operator_id = session.scalar(select(Operator.id).where(Operator.email == typed))
    about = audit.About(Operator.__tablename__, operator_id, typed)
    audit.write(session, AuditKind.SIGN_IN_FAILED, about)
    wait = seconds_to_wait(session, typed, address, now)
    if wait:
        audit.write(session, AuditKind.SIGN_IN_BLOCKED, about, {"seconds": (None, wait)})


def forget_attempt(session: Session, email: str, address: str, at: datetime) -> None:
    """The attempt noted at that time was a right one after all."""
    session.execute(
        delete(SignInAttempt).where(
            SignInAttempt.email == email[:254], SignInAttempt.address == address[:45], SignInAttempt.at == at
        )
    )


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
    """A fresh session for the person, who begins in the chosen status.

    Gives the cookie's token, of which only a hash is stored.
    """
    token = new_token()
    lifetime = (
        LONGEST_SESSION if is_remembered else timedelta(hours=load_settings(session).operator_idle_hours)
    )
    session.add(
        OperatorSession(
            token_hash=token_hash(token),
            operator_id=operator.id,
            created_at=now,
            last_seen_at=now,
            expires_at=now + lifetime,
            address=address[:45],
            user_agent=user_agent[:300],
        )
    )
    audit.write(session, AuditKind.SIGNED_IN, operator, by=audit.cause_of(operator))
    operator.presence.last_seen_at = now
    change_status(session, operator, status, now, by_operator_id=operator.id)
    return token


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
    return SignedIn(row.id, operator) if row and operator else None


def touch(session: Session, session_id: int, now: datetime) -> None:
    """Somebody used this session: its idle time begins anew, but no session outlives its longest time."""
    idle = timedelta(hours=load_settings(session).operator_idle_hours)
    row = session.get(OperatorSession, session_id)
    if row is None or row.ended_at is not None:
        return
    row.last_seen_at = now
    row.expires_at = min(max(row.expires_at, now + idle), row.created_at + LONGEST_SESSION)


def end_session(session: Session, signed_in: SignedIn, now: datetime) -> None:
    """Signing out ends the session, its sockets, and the person's shift when it was their last one."""
    session.execute(
        update(OperatorSession)
        .where(OperatorSession.id == signed_in.session_id, OperatorSession.ended_at.is_(None))
        .values(ended_at=now)
    )
    audit.write(session, AuditKind.SIGNED_OUT, signed_in.operator)
    record(session, SessionEnded(signed_in.operator.id, signed_in.session_id, REASON_SIGNED_OUT))
    others = session.scalar(
        select(func.count())
        .select_from(OperatorSession)
        .where(
            OperatorSession.operator_id == signed_in.operator.id,
            OperatorSession.ended_at.is_(None),
            OperatorSession.expires_at > now,
        )
    )
    if not others:
        change_status(
            session, signed_in.operator, OperatorStatus.OFFLINE, now, by_operator_id=signed_in.operator.id
        )


def _wait(session: Session, limits: tuple[Limit, ...], now: datetime, *conditions: object) -> int:
    window = timedelta(seconds=max(limit.window_seconds for limit in limits))
    needed = max(limit.count for limit in limits)
    attempts = session.scalars(
        select(SignInAttempt.at)
        .where(SignInAttempt.at > now - window, *conditions)  # type: ignore[arg-type]  # column conditions
        .order_by(SignInAttempt.at.desc())
        .limit(needed)
    ).all()
    return wait_seconds(attempts, limits, now)
