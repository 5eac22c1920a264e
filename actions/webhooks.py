"""What an administrator does with webhooks: save, renew the secret, delete, and try by hand."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, inspect, select
from sqlalchemy.orm import Session

from actions import audit
from actions.deliveries import Delivery, Receiver, new_delivery, note_try, receiver_of
from actions.events import DeliveriesWritten, WebhooksChanged, record
from actions.webhook_calls import Outcome
from models.audit import AuditKind
from models.webhooks import Webhook, WebhookDelivery
from policy.addresses import PrivateHosts, target_of
from policy.errors import DomainError
from policy.signatures import SECRET_BYTES, secret_text
from policy.webhooks import TEST_EVENT, HookEvent

FORMER_SECRET_VALID = timedelta(hours=24)
MOST_WEBHOOKS = 50


class WebhookRefused(DomainError):
    """`events_missing` or `too_many`; a wrong address is an `AddressRefused`."""


def save_webhook(session: Session, hook: Webhook, private: PrivateHosts, now: datetime) -> str | None:
    """Accept a new or edited webhook; of a new one it gives the secret, which is shown once.

    Switched on again it begins anew: what has been waiting is sent at once.
    """
    with session.no_autoflush:
        # What is loaded meanwhile must not store, and so forget, what was changed.
        is_new, begins_anew = hook.created_at is None, _begins_anew(hook)
    hook.address = str(target_of(hook.address, private))
    known = {event.value for event in HookEvent}
    hook.events = [name for name in hook.events if name in known]
    if not hook.events:
        raise WebhookRefused("events_missing")
    if is_new:
        _refuse_too_many(session)
    with session.no_autoflush:
        # Before what we keep for ourselves is changed too.
        audit.saved(session, hook)
    if is_new:
        hook.secret = new_secret()
        hook.created_at = now
    if is_new or begins_anew:
        hook.next_at, hook.failures = now, 0
        hook.failing_since = hook.switched_off_at = None
        hook.last_error = ""
    session.add(hook)
    session.flush()
    record(session, WebhooksChanged())
    record(session, DeliveriesWritten())
    return hook.secret if is_new else None


def _refuse_too_many(session: Session) -> None:
    with session.no_autoflush:
        living = session.scalars(select(Webhook.id).where(Webhook.deleted_at.is_(None))).all()
    if len(living) >= MOST_WEBHOOKS:
        raise WebhookRefused("too_many")


def _begins_anew(hook: Webhook) -> bool:
    """Whether it is another receiver now, or is called again after a while."""
    changed = inspect(hook).attrs
    return changed.address.history.has_changes() or (
        hook.is_active and changed.is_active.history.has_changes()
    )


def new_secret() -> str:
    """A key nobody else has."""
    return secret_text(secrets.token_bytes(SECRET_BYTES))


def renew_secret(session: Session, hook: Webhook, now: datetime) -> str:
    """Another secret; for a day the old one signs too, so that the receiver can be changed meanwhile."""
    hook.former_secret, hook.former_until = hook.secret, now + FORMER_SECRET_VALID
    hook.secret = new_secret()
    session.flush()
    audit.write(session, AuditKind.CHANGED, hook, {"secret": (None, None)})
    return hook.secret


def delete_webhook(session: Session, hook: Webhook, now: datetime) -> None:
    """It is told nothing more, and nothing of what it was told is kept."""
    audit.write(
        session, AuditKind.DELETED, hook, {"address": (hook.address, None), "events": (hook.events, None)}
    )
    hook.deleted_at = now
    hook.is_active = False
    hook.secret = hook.former_secret = ""
    session.execute(delete(WebhookDelivery).where(WebhookDelivery.webhook_id == hook.id))
    session.flush()
    record(session, WebhooksChanged())


def test_of(hook: Webhook, now: datetime) -> tuple[Receiver, WebhookDelivery]:
    """A delivery that says nothing, to be sent by hand; it is stored together with its outcome."""
    data = {"text": "This is a test of the webhook."}
    return receiver_of(hook, now), new_delivery(hook, TEST_EVENT, data, now)


def note_by_hand(
    session: Session, hook: Webhook, row: WebhookDelivery, outcome: Outcome, now: datetime
) -> None:
    """What became of a try that an administrator made. One that was taken lets everything else follow at once."""
    session.add(row)
    if not note_try(hook, row, outcome, now) and row.sent_at is None and row.event == TEST_EVENT:
        row.dead_at = now
    session.flush()
    is_test = row.event == TEST_EVENT
    told = {"answer": (None, outcome.code or (outcome.failure and outcome.failure.value))}
    audit.write(session, AuditKind.WEBHOOK_TESTED if is_test else AuditKind.DELIVERY_REPEATED, hook, told)
    record(session, DeliveriesWritten())


def delivery_of(row: WebhookDelivery) -> Delivery:
    """The same delivery once more, under the same id."""
    return Delivery(row.id, row.event_id, row.body)
