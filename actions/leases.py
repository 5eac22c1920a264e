"""Leases: what waits is taken by one process at a time; one that dies leaves its lease behind, and it runs out."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_

from models.outbox import Leasable

LEASE = timedelta(minutes=2)
LONGEST_TRY = timedelta(minutes=1)
"""However slow the other side is; well within the lease."""


def is_free(model: type[Leasable], now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Whose time has come and whom nobody works on."""
    return (
        model.next_at <= now,
        or_(model.lease_until.is_(None), model.lease_until <= now),
    )
