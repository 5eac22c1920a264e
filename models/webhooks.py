"""Webhooks: who is told of what, and every single delivery."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.outbox import IS_UNDONE, Leasable, Outgoing


class Webhook(Leasable, Base):
    """One receiver. Its deliveries go out one after another, so the lease and the pauses are its own, not theirs."""

    __tablename__ = "webhooks"

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(String(500))
    note: Mapped[str] = mapped_column(String(200), default="")
    secret: Mapped[str] = mapped_column(String(80))
    """Signs every delivery, so it is kept as it is; it is shown once and never leaves by any other way."""
    former_secret: Mapped[str] = mapped_column(String(80), default="")
    former_until: Mapped[datetime | None]
    """After a change both sign for a while, so that a receiver can be changed without losing anything."""
    events: Mapped[list[str]]
    is_active: Mapped[bool] = mapped_column(default=True)
    failures: Mapped[int] = mapped_column(default=0)
    """In a row."""
    failing_since: Mapped[datetime | None]
    switched_off_at: Mapped[datetime | None]
    """By us, because it failed for too long."""
    last_tried_at: Mapped[datetime | None]
    last_code: Mapped[int | None]
    last_error: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]
    """Its row stays: another process may be writing a delivery for it at this very moment."""
    version: Mapped[int] = mapped_column(default=1)

    def __str__(self) -> str:
        return self.note or self.address


class WebhookDelivery(Outgoing, Base):
    """One event on its way to one receiver."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        Index(
            "ix_webhook_deliveries_undone",
            "webhook_id",
            "id",
            sqlite_where=IS_UNDONE,
            postgresql_where=IS_UNDONE,
        ),
        Index("ix_webhook_deliveries_webhook_id", "webhook_id", "id"),
        Index("ix_webhook_deliveries_created_at", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhooks.id", ondelete="CASCADE"))
    event_id: Mapped[str] = mapped_column(String(40))
    """The same at every try and for every receiver: by it a repetition is known."""
    event: Mapped[str] = mapped_column(String(40))
    body: Mapped[str]
    """As it is sent, letter by letter, since it is signed."""
    tried_at: Mapped[datetime | None]
    duration_ms: Mapped[int | None]
    code: Mapped[int | None]
    answer: Mapped[str] = mapped_column(String(1000), default="")
