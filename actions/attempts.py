"""Attempts to get in: each is counted before the secret is looked at, and taken back when it was right."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.orm import Session

from actions import audit
from models.audit import AuditKind
from models.operators import Guess, Operator, SignInAttempt
from models.settings import Settings
from policy.emails import EMAIL_MAXIMUM
from policy.throttle import (
    CURRENT_PASSWORD,
    FIRST_RUN_ALTOGETHER,
    FIRST_RUN_BY_ADDRESS,
    SECOND_FACTOR,
    SIGN_IN_ALTOGETHER,
    SIGN_IN_BY_ACCOUNT,
    SIGN_IN_BY_ACCOUNT_AND_ADDRESS,
    SIGN_IN_BY_ADDRESS,
    SIGN_IN_BY_DEVICE,
    Limit,
    wait_seconds,
)

Limits = tuple[Limit, ...]
KEPT = {
    Guess.PASSWORD: timedelta(hours=1),
    Guess.CODE: timedelta(days=1),
    Guess.CURRENT_PASSWORD: timedelta(hours=1),
    Guess.FIRST_RUN: timedelta(hours=1),
}
"""No limit looks at older ones."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """Somebody tries to get into an account, from an address."""

    guess: Guess
    account: str
    address: str
    at: datetime
    device: str = ""
    """A browser in which the account's owner has signed in before; such a one is counted by itself."""


def begin(session: Session, attempt: Attempt) -> int:
    """Count the attempt, or give the seconds until one may be made: parallel guesses cannot slip under a limit."""
    # All who try stand in line here, for the moment that it takes to count.
    session.execute(select(Settings.id).with_for_update(key_share=True))
    wait = seconds_to_wait(session, attempt)
    if not wait:
        row = SignInAttempt
        session.execute(
            delete(row).where(row.guess == attempt.guess, row.at < attempt.at - KEPT[attempt.guess])
        )
        session.add(_row(attempt))
    return wait


def seconds_to_wait(session: Session, attempt: Attempt) -> int:
    """How long until such an attempt may be made; 0 = now."""
    return max(_wait(session, attempt, limits, which) for limits, which in _limits_of(attempt))


def tell_failure(session: Session, attempt: Attempt) -> None:
    """Log that it was wrong, and that the limit was reached with it."""
    named = or_(Operator.email == attempt.account, Operator.public_id == attempt.account)
    operator_id, email = session.execute(select(Operator.id, Operator.email).where(named)).one_or_none() or (
        None,
        attempt.account[:EMAIL_MAXIMUM],
    )
    about = audit.About(Operator.__tablename__, operator_id, email or "")
    is_code = attempt.guess is Guess.CODE
    audit.write(session, AuditKind.SECOND_FACTOR_FAILED if is_code else AuditKind.SIGN_IN_FAILED, about)
    wait = seconds_to_wait(session, attempt)
    if wait:
        audit.write(session, AuditKind.SIGN_IN_BLOCKED, about, {"seconds": (None, wait)})


def take_back(session: Session, attempt: Attempt) -> None:
    """It was right after all, so it was no guess."""
    counted, row = _row(attempt), SignInAttempt
    session.execute(
        delete(row).where(
            row.guess == counted.guess,
            row.email == counted.email,
            row.address == counted.address,
            row.device == counted.device,
            row.at == counted.at,
        )
    )


def _row(attempt: Attempt) -> SignInAttempt:
    return SignInAttempt(
        guess=attempt.guess,
        email=attempt.account[:EMAIL_MAXIMUM],
        address=attempt.address[:45],
        device=attempt.device,
        at=attempt.at,
    )


def _limits_of(attempt: Attempt) -> Iterator[tuple[Limits, tuple[ColumnElement[bool], ...]]]:
    """Each limit with the attempts that count against it."""
    account = SignInAttempt.email == attempt.account[:EMAIL_MAXIMUM]
    origin = SignInAttempt.address == attempt.address[:45]
    unknown = SignInAttempt.device == ""
    if attempt.guess is Guess.CODE:
        yield SECOND_FACTOR, (account,)
    elif attempt.guess is Guess.CURRENT_PASSWORD:
        yield CURRENT_PASSWORD, (account,)
    elif attempt.guess is Guess.FIRST_RUN:
        yield FIRST_RUN_BY_ADDRESS, (origin,)
        yield FIRST_RUN_ALTOGETHER, ()
    elif attempt.device:
        yield SIGN_IN_BY_DEVICE, (SignInAttempt.device == attempt.device,)
    else:
        yield SIGN_IN_BY_ACCOUNT_AND_ADDRESS, (unknown, account, origin)
        yield SIGN_IN_BY_ACCOUNT, (unknown, account)
        yield SIGN_IN_BY_ADDRESS, (unknown, origin)
        yield SIGN_IN_ALTOGETHER, (unknown,)


def _wait(session: Session, attempt: Attempt, limits: Limits, which: tuple[ColumnElement[bool], ...]) -> int:
    window = timedelta(seconds=max(limit.window_seconds for limit in limits))
    times = session.scalars(
        select(SignInAttempt.at)
        .where(SignInAttempt.guess == attempt.guess, SignInAttempt.at > attempt.at - window, *which)
        .order_by(SignInAttempt.at.desc())
        .limit(max(limit.count for limit in limits))
    ).all()
    return wait_seconds(times, limits, attempt.at)
