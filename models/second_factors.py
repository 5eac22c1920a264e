"""What a person shows besides the password: codes of a phone, and codes on paper for when it is lost."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class SecondFactor(Base):
    """A switched-on second factor.

    The secret that the phone knows is not stored: it is made of this seed and the installation's own key, so that a
    stolen database gives no codes.
    """

    __tablename__ = "second_factors"

    operator_id: Mapped[int] = mapped_column(ForeignKey("operators.id", ondelete="CASCADE"), primary_key=True)
    seed: Mapped[bytes] = mapped_column(LargeBinary(20))
    last_step: Mapped[int]
    """The half-minute of the last code that was accepted: neither it nor an older one is accepted again."""
    since: Mapped[datetime]


class RecoveryCode(Base):
    """One of the codes that are shown once and each work once; only a hash is kept here."""

    __tablename__ = "recovery_codes"

    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    operator_id: Mapped[int] = mapped_column(ForeignKey("operators.id", ondelete="CASCADE"), index=True)
    used_at: Mapped[datetime | None]
