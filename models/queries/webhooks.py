"""How webhooks stand, for the administrator."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.outbox import IS_UNDONE
from models.webhooks import Webhook, WebhookDelivery

PAGE = 30


@dataclass(frozen=True, slots=True)
class Trouble:
    """Receivers that take nothing at present, and those that we call no more."""

    failing: int
    switched_off: int


def trouble(session: Session) -> Trouble:
    """What somebody should look at."""
    living = Webhook.deleted_at.is_(None)
    is_failing = Webhook.failing_since.is_not(None) & Webhook.is_active.is_(True)
    failing, switched_off = session.execute(
        select(
            func.count(Webhook.id).filter(is_failing),
            func.count(Webhook.id).filter(Webhook.switched_off_at.is_not(None)),
        ).where(living)
    ).one()
    return Trouble(failing, switched_off)


def waiting(session: Session) -> dict[int, int]:
    """How many deliveries wait for each receiver; those for whom none does are absent."""
    counted = select(WebhookDelivery.webhook_id, func.count()).where(IS_UNDONE)
    return {row[0]: row[1] for row in session.execute(counted.group_by(WebhookDelivery.webhook_id))}


def last_deliveries(
    session: Session, hook: Webhook, *, before: int | None = None, only_failed: bool = False
) -> list[WebhookDelivery]:
    """The newest ones, or those before a delivery; one more than a page tells that there are more."""
    query = select(WebhookDelivery).where(WebhookDelivery.webhook_id == hook.id)
    if before is not None:
        query = query.where(WebhookDelivery.id < before)
    if only_failed:
        query = query.where(WebhookDelivery.sent_at.is_(None))
    return list(session.scalars(query.order_by(WebhookDelivery.id.desc()).limit(PAGE + 1)))
