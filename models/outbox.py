"""What must leave the house: written in the transaction of its cause, sent afterwards, at least once."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base

IS_UNDONE = text("sent_at IS NULL AND dead_at IS NULL")

OUTDATED = "outdated"
"""Stands in place of an error where a letter was given up because it had become useless."""


class OutboxKind(enum.Enum):
    LETTER = "letter"


class OutboxState(enum.Enum):
    """How far an item has come."""

    WAITING = "waiting"
    RETRYING = "retrying"
    SENT = "sent"
    FAILED = "failed"


class Outgoing:
    """What leaves the house: until it is out (`sent_at`) or was tried long enough (`dead_at`)."""

    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    dead_at: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime]

    @property
    def state(self) -> OutboxState:
        """How far it has come."""
        if self.sent_at is not None:
            return OutboxState.SENT
        if self.dead_at is not None:
            return OutboxState.FAILED
        return OutboxState.RETRYING if self.last_error else OutboxState.WAITING


class Leasable:
    """What one process at a time works on: a letter, or the receiver of many deliveries."""

    next_at: Mapped[datetime]
    """Not before."""
    lease_until: Mapped[datetime | None]
    """Till then one process is at it; afterwards it is taken for dead."""


class OutboxItem(Outgoing, Leasable, Base):
    """One letter."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_undone_next_at", "next_at", sqlite_where=IS_UNDONE, postgresql_where=IS_UNDONE),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[OutboxKind]
    dedupe_key: Mapped[str] = mapped_column(String(128), unique=True)
    """One cause, one item; what is sent carries an id made of it, the same at every try."""
    recipient: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(255))
    payload: Mapped[dict[str, Any]]
    useful_until: Mapped[datetime | None]
    """Afterwards it does not leave any more; empty = it is never too late."""

    def __str__(self) -> str:
        return self.subject
