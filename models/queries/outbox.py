"""How the outbox stands, for the administrator."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from models.outbox import OUTDATED, OutboxItem


@dataclass(frozen=True, slots=True)
class OutboxNumbers:
    waiting: int
    """Neither sent nor given up."""
    failed: int
    """Given up."""
    last_error: str
    """Of the latest letter that has one; empty = none has."""
    last_error_at: datetime | None


def outbox_numbers(session: Session) -> OutboxNumbers:
    """How many letters wait or were given up, and why."""
    is_dead = and_(OutboxItem.dead_at.is_not(None), OutboxItem.last_error != OUTDATED)
    waiting, failed = session.execute(
        select(
            select(func.count())
            .select_from(OutboxItem)
            .where(OutboxItem.sent_at.is_(None), OutboxItem.dead_at.is_(None))
            .scalar_subquery(),
            select(func.count()).select_from(OutboxItem).where(is_dead).scalar_subquery(),
        )
    ).one()
    latest = session.execute(
        select(OutboxItem.last_error, OutboxItem.created_at)
        .where(OutboxItem.last_error.not_in(["", OUTDATED]))
        .order_by(OutboxItem.id.desc())
        .limit(1)
    ).one_or_none()
    return OutboxNumbers(waiting, failed, latest.last_error if latest else "", latest and latest.created_at)
