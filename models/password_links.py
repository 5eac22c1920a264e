"""Links by which a person sets a password without knowing the old one."""

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class LinkKind(enum.Enum):
    """Why the link was sent."""

    RESET = "reset"
    INVITE = "invite"


class PasswordLink(Base):
    """One sent link; the letter holds a random token whose hash is kept here.

    A request for an address that nobody has leaves a row too, without an operator: it counts against the limits and
    opens nothing.
    """

    __tablename__ = "password_links"
    __table_args__ = (
        Index("ix_password_links_email_created_at", "email", "created_at"),
        Index("ix_password_links_address_created_at", "address", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[LinkKind]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    operator_id: Mapped[int | None] = mapped_column(
        ForeignKey("operators.id", ondelete="CASCADE"), index=True
    )
    email: Mapped[str] = mapped_column(String(254))
    """Where it was sent; when the account has another address by then, the link is void."""
    address: Mapped[str] = mapped_column(String(45), default="")
    """Who asked for it; empty = an administrator invited."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    """Used, or void because the password was changed meanwhile."""
