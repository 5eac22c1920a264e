"""Deliveries: written with their cause, sent in order to each receiver, tried until they are out.

One process at a time serves a receiver (the lease is the receiver's own), one delivery after another. What fails makes
the receiver wait, with growing pauses, and everything after it: nothing overtakes. Other receivers notice nothing.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, insert, or_, select, update
from sqlalchemy.orm import Session

from actions.events import DeliveriesWritten, Event, WebhooksChanged, record
from actions.ids import new_public_id
from actions.leases import LEASE, LONGEST_TRY, is_free
from actions.letters import put_webhook_switched_off
from actions.webhook_calls import Outcome
from actions.webhook_payloads import Payload, told
from models.outbox import IS_UNDONE
from models.webhooks import Webhook, WebhookDelivery
from policy.retry import next_try_of_receiver
from policy.times import iso_time
from policy.webhooks import HookEvent, is_given_up, is_refused, is_switched_off

SENT_KEPT = timedelta(days=7)
KEPT = timedelta(days=30)

# Whoever writes a delivery for the receiver meanwhile does not wait.
_ALONE = {"key_share": True}

Targets = Mapping[HookEvent, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Receiver:
    """A webhook that is ours to serve until its lease ends."""

    id: int
    address: str
    secrets: tuple[str, ...] = field(repr=False)
    lease_until: datetime | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """What is sent now."""

    id: int
    event_id: str
    body: str


class DeliveryWriter:
    """A witness of every transaction: where somebody is to be told of its events, it writes that into it.

    Who is told of what is remembered, so that a message costs nothing more where there is no webhook. A change made
    in this process is heard at once, one made in another by `refresh`.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._targets: Targets | None = None

    def __call__(self, session: Session, happened: Sequence[Event]) -> None:
        """Write the deliveries of these events, if anybody wants them."""
        targets = self._targets
        if targets is None:
            targets = self._targets = targets_of(session)
        if targets:
            write_deliveries(session, targets, happened, self._clock())

    def notice(self, happened: Event) -> None:
        """A change in this process."""
        if isinstance(happened, WebhooksChanged):
            self._targets = None

    def refresh(self, session: Session) -> None:
        """Look at what other processes have changed."""
        self._targets = targets_of(session)


def targets_of(session: Session) -> Targets:
    """Who is to be told of what."""
    found: dict[HookEvent, tuple[int, ...]] = {}
    known = {event.value: event for event in HookEvent}
    for hook_id, names in session.execute(
        select(Webhook.id, Webhook.events).where(*_is_on()).order_by(Webhook.id)
    ):
        for name in names:
            if name in known:
                found[known[name]] = (*found.get(known[name], ()), hook_id)
    return found


def write_deliveries(session: Session, targets: Targets, happened: Sequence[Event], now: datetime) -> None:
    """One row for each receiver of each event, in one statement."""
    rows = [
        row
        for one in happened
        for name, data in told(one)
        if name in targets
        for row in _rows(targets[name], name.value, data, now)
    ]
    if rows:
        session.connection().execute(insert(WebhookDelivery), rows)
        record(session, DeliveriesWritten())


def new_delivery(hook: Webhook, event: str, data: Payload, now: datetime) -> WebhookDelivery:
    """A delivery that goes out by hand."""
    (row,) = _rows((hook.id,), event, data, now)
    return WebhookDelivery(**row)


def _rows(hook_ids: tuple[int, ...], event: str, data: Payload, now: datetime) -> list[dict[str, Any]]:
    event_id = f"evt_{new_public_id()}"
    body = json.dumps(
        {"id": event_id, "event": event, "at": iso_time(now), "data": data},
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return [
        {
            "webhook_id": hook_id,
            "event_id": event_id,
            "event": event,
            "body": body,
            "attempts": 0,
            "last_error": "",
            "answer": "",
            "created_at": now,
        }
        for hook_id in hook_ids
    ]


def has_due(session: Session, now: datetime) -> bool:
    """Whether there is a receiver to lease: a look that keeps nobody from writing."""
    return session.scalar(select(Webhook.id).where(*_is_due(now)).limit(1)) is not None


def lease_due(session: Session, now: datetime, most: int) -> list[Receiver]:
    """Take receivers that somebody has news for, so that no other process does."""
    hooks = session.scalars(
        select(Webhook)
        .where(*_is_due(now))
        .order_by(Webhook.next_at, Webhook.id)
        .limit(most)
        .with_for_update(skip_locked=True, key_share=True)
    ).all()
    for hook in hooks:
        hook.lease_until = now + LEASE
    session.flush()
    return [receiver_of(hook, now) for hook in hooks]


def receiver_of(hook: Webhook, now: datetime) -> Receiver:
    """What is needed to call this receiver; a former secret signs too while it is still valid."""
    is_former_valid = hook.former_until is not None and hook.former_until > now
    secrets = (hook.secret, hook.former_secret) if is_former_valid and hook.former_secret else (hook.secret,)
    return Receiver(hook.id, hook.address, secrets, hook.lease_until)


def next_delivery(session: Session, receiver: Receiver) -> Delivery | None:
    """The oldest that is not out yet."""
    row = session.execute(
        select(WebhookDelivery.id, WebhookDelivery.event_id, WebhookDelivery.body)
        .where(WebhookDelivery.webhook_id == receiver.id, IS_UNDONE)
        .order_by(WebhookDelivery.id)
        .limit(1)
    ).one_or_none()
    return Delivery(row.id, row.event_id, row.body) if row else None


def release(session: Session, receiver: Receiver) -> None:
    """Let the receiver go, unless somebody else has it by now."""
    session.execute(
        update(Webhook)
        .where(Webhook.id == receiver.id, Webhook.lease_until == receiver.lease_until)
        .values(lease_until=None)
    )


def note_outcome(
    session: Session, receiver: Receiver, delivery: Delivery, outcome: Outcome, now: datetime
) -> bool:
    """What became of a try; whether the next delivery may follow at once."""
    hook = session.get(Webhook, receiver.id, with_for_update=_ALONE, populate_existing=True)
    row = session.get(WebhookDelivery, delivery.id, with_for_update=_ALONE, populate_existing=True)
    if hook is None or row is None:
        return False
    is_taken = note_try(hook, row, outcome, now)
    if not is_taken:
        _pause(session, hook, row, outcome, now)
    session.flush()
    is_ours = hook.lease_until is not None and hook.lease_until == receiver.lease_until
    has_time = hook.lease_until is not None and now + LONGEST_TRY < hook.lease_until
    is_on = hook.is_active and hook.deleted_at is None
    return is_ours and has_time and is_on and hook.next_at <= now


def note_try(hook: Webhook, row: WebhookDelivery, outcome: Outcome, now: datetime) -> bool:
    """Write down one try on its delivery and its receiver; whether it was taken. A success ends all pauses."""
    row.attempts += 1
    row.tried_at = hook.last_tried_at = now
    row.code = hook.last_code = outcome.code
    row.duration_ms, row.answer = outcome.duration_ms, outcome.answer
    error = outcome.failure.value if outcome.failure else ""
    hook.last_error = error
    if outcome.failure is None:
        row.sent_at, row.dead_at, row.last_error = now, None, ""
        hook.failures, hook.failing_since, hook.next_at = 0, None, now
    elif row.sent_at is None:
        row.last_error = error
    return outcome.failure is None


def _pause(session: Session, hook: Webhook, row: WebhookDelivery, outcome: Outcome, now: datetime) -> None:
    hook.failures += 1
    hook.failing_since = hook.failing_since or now
    hook.next_at = next_try_of_receiver(hook.failures, now)
    if row.sent_at is None and is_refused(outcome.code, row.attempts):
        row.dead_at = now
        hook.failures, hook.next_at = 0, now
    elif row.sent_at is None and is_given_up(row.created_at, now):
        row.dead_at = now
    if hook.is_active and is_switched_off(hook.failing_since, now):
        hook.is_active, hook.switched_off_at = False, now
        key = f"webhook-off:{hook.id}:{now.isoformat()}"
        put_webhook_switched_off(session, hook.address, hook.failing_since, key, now)
        record(session, WebhooksChanged())


def forget_old(session: Session, now: datetime) -> None:
    """What was taken is kept for a week, everything else for a month."""
    session.execute(
        delete(WebhookDelivery).where(
            or_(
                WebhookDelivery.created_at < now - KEPT,
                (WebhookDelivery.created_at < now - SENT_KEPT) & WebhookDelivery.sent_at.is_not(None),
            )
        )
    )


def _is_on() -> tuple[ColumnElement[bool], ...]:
    return (Webhook.is_active.is_(True), Webhook.deleted_at.is_(None))


def _is_due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    undone = select(WebhookDelivery.id).where(WebhookDelivery.webhook_id == Webhook.id, IS_UNDONE)
    return (*_is_on(), *is_free(Webhook, now), undone.exists())
