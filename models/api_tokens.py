"""Tokens by which other programs use the API."""

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.operators import Operator


class TokenState(enum.Enum):
    """Whether a token opens anything."""

    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"


class ApiToken(Base):
    """One token: its owner has the text, here are its hash and as much of it as one recognises it by."""

    __tablename__ = "api_tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    mark: Mapped[str] = mapped_column(String(32))
    """Its beginning and its last characters."""
    scopes: Mapped[list[str]]
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("operators.id", ondelete="SET NULL"), index=True
    )
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    """Coarse: a use is written down some minutes after the one before at the earliest."""
    last_used_from: Mapped[str] = mapped_column(String(45), default="")

    created_by: Mapped[Operator | None] = relationship()

    def __str__(self) -> str:
        return self.name

    def state_at(self, now: datetime) -> TokenState:
        """Whether it opens anything at this moment."""
        if self.revoked_at is not None:
            return TokenState.REVOKED
        is_over = self.expires_at is not None and self.expires_at <= now
        return TokenState.EXPIRED if is_over else TokenState.ACTIVE
