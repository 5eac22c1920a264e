"""The company's settings: one row, one typed column per setting."""

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base
from models.placements import Placement
from policy.languages import Language


class Settings(Base):
    __tablename__ = "settings"
    __table_args__ = (
        CheckConstraint("id = 1", name="single"),
        CheckConstraint("max_chats_per_operator BETWEEN 1 AND 100", name="max_chats_per_operator"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    company_name: Mapped[str] = mapped_column(String(200), default="")
    time_zone: Mapped[str] = mapped_column(String(64), default="Europe/Moscow")
    language: Mapped[Language] = mapped_column(default=Language.RU)
    reply_templates: Mapped[str] = mapped_column(default="")
    auto_assignment: Mapped[bool] = mapped_column(default=False)
    max_chats_per_operator: Mapped[int] = mapped_column(default=5)
    shows_typing_preview: Mapped[bool] = mapped_column(default=True)
    operator_gone_after_seconds: Mapped[int] = mapped_column(default=60)
    visitor_remembered_days: Mapped[int] = mapped_column(default=30)
    operator_idle_hours: Mapped[int] = mapped_column(default=12)
    second_factor_demanded: Mapped[bool] = mapped_column(default=False)
    allowed_sites: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)


def load_settings(session: Session) -> Settings:
    """The one row; it is made by the first migration and never deleted."""
    return session.get_one(Settings, 1)


def language_of(session: Session, placement: Placement) -> Language:
    """What a placement speaks to visitors whose own language nobody knows."""
    return placement.language or load_settings(session).language
