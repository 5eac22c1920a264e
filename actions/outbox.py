"""The outbox: what must leave is written with its cause, leased by one process at a time, and tried until it is out.

A process that dies between sending and marking leaves its lease behind; when that runs out, the same item goes out
again with the same id. So everything is sent at least once, and a receiver can tell a repetition.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.orm import Session

from actions.events import OutboxFilled, record
from actions.leases import LEASE, is_free
from models.outbox import OUTDATED, OutboxItem, OutboxKind
from policy.retry import next_try

KEPT = timedelta(days=30)
SECRET_PARTS = ("text", "html")
_LONGEST_ERROR = 300


@dataclass(frozen=True, slots=True)
class Leased:
    """An item that is ours to send until its lease ends."""

    id: int
    kind: OutboxKind
    dedupe_key: str
    recipient: str
    payload: Mapping[str, Any]
    subject: str
    attempts: int
    created_at: datetime


def put(
    session: Session,
    kind: OutboxKind,
    dedupe_key: str,
    now: datetime,
    *,
    recipient: str,
    subject: str,
    payload: dict[str, Any],
    useful_until: datetime | None = None,
) -> OutboxItem:
    """Write down what must leave, in the transaction of its cause; the same cause twice leaves once."""
    known = session.scalar(select(OutboxItem).where(OutboxItem.dedupe_key == dedupe_key))
    if known is not None:
        return known
    item = OutboxItem(
        kind=kind,
        dedupe_key=dedupe_key,
        recipient=recipient,
        subject=subject,
        payload=payload,
        attempts=0,
        next_at=now,
        created_at=now,
        useful_until=useful_until,
    )
    session.add(item)
    session.flush()
    record(session, OutboxFilled())
    return item


def has_due(session: Session, now: datetime) -> bool:
    """Whether there is anything to lease: a look that keeps nobody from writing."""
    return session.scalar(select(OutboxItem.id).where(*_is_due(now)).limit(1)) is not None


def lease_due(session: Session, now: datetime, most: int) -> list[Leased]:
    """Take what is due, oldest first, so that no other process does; a try counts as soon as it begins."""
    items = session.scalars(
        select(OutboxItem)
        .where(*_is_due(now))
        .order_by(OutboxItem.next_at, OutboxItem.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    ).all()
    return [lease(session, item, now) for item in items]


def lease(session: Session, item: OutboxItem, now: datetime) -> Leased:
    """Take this very item."""
    item.attempts += 1
    item.lease_until = now + LEASE
    session.flush()
    return Leased(
        id=item.id,
        kind=item.kind,
        dedupe_key=item.dedupe_key,
        recipient=item.recipient,
        subject=item.subject,
        payload=item.payload,
        attempts=item.attempts,
        created_at=item.created_at,
    )


def mark_sent(session: Session, leased: Leased, now: datetime) -> None:
    """It is out. A secret (a link that opens an account) does not stay behind."""
    session.execute(
        update(OutboxItem)
        .where(OutboxItem.id == leased.id)
        .values(sent_at=now, dead_at=None, lease_until=None, last_error="", payload=_without_secret(leased))
    )


def mark_failed(
    session: Session, leased: Leased, reason: str, now: datetime, *, is_final: bool = False
) -> None:
    """This try failed: the next one comes after a longer pause, and after the longest pause none."""
    again = None if is_final else next_try(leased.attempts, now)
    values: dict[str, Any] = {"lease_until": None, "last_error": reason[:_LONGEST_ERROR]}
    if again is None:
        values |= {"dead_at": now, "payload": _without_secret(leased)}
    else:
        values["next_at"] = again
    session.execute(
        update(OutboxItem)
        # Whoever leased it after us knows better.
        .where(
            OutboxItem.id == leased.id,
            OutboxItem.attempts == leased.attempts,
            OutboxItem.sent_at.is_(None),
        )
        .values(**values)
    )


def withdraw(session: Session, dedupe_keys: Collection[str], now: datetime) -> None:
    """What these letters say holds no more: those that have not left stay here."""
    _give_up(session, now, OutboxItem.dedupe_key.in_(dedupe_keys))


def give_up_outdated(session: Session, now: datetime) -> None:
    """What has waited until it was of no use does not leave: a link that works no more would only annoy."""
    _give_up(session, now, OutboxItem.useful_until <= now)


def _give_up(session: Session, now: datetime, which: ColumnElement[bool]) -> None:
    waiting = select(OutboxItem).where(OutboxItem.sent_at.is_(None), OutboxItem.dead_at.is_(None), which)
    for item in session.scalars(waiting):
        item.dead_at, item.lease_until, item.last_error = now, None, OUTDATED
        item.payload = _without_secret(item)
    session.flush()


def forget_old(session: Session, now: datetime) -> None:
    """What is done with is kept for a month."""
    done = or_(OutboxItem.sent_at < now - KEPT, OutboxItem.dead_at < now - KEPT)
    session.execute(delete(OutboxItem).where(done))


def _is_due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        OutboxItem.sent_at.is_(None),
        OutboxItem.dead_at.is_(None),
        or_(OutboxItem.useful_until.is_(None), OutboxItem.useful_until > now),
        *is_free(OutboxItem, now),
    )


def _without_secret(leased: Leased | OutboxItem) -> dict[str, Any]:
    if not leased.payload.get("is_secret"):
        return dict(leased.payload)
    return {name: value for name, value in leased.payload.items() if name not in SECRET_PARTS}
