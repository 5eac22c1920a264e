"""The company's settings: one row, one typed column per setting."""

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base
from models.hours import WorkingHours
from models.placements import Placement
from policy.hours import Hours
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

    # Who is written to: addresses separated by commas; none where the field is empty.
    offline_emails: Mapped[str] = mapped_column(default="")
    missed_emails: Mapped[str] = mapped_column(default="")
    transcript_emails: Mapped[str] = mapped_column(default="")
    finance_emails: Mapped[str] = mapped_column(default="")
    system_emails: Mapped[str] = mapped_column(default="")

    categories: Mapped[str] = mapped_column(default="")
    """The outline as typed; its lines are the rows of `categories`."""

    # What is said by itself: the company's own words by language tag; a language without any has ours.
    first_reply_timeout_seconds: Mapped[int] = mapped_column(default=60)
    first_reply_texts: Mapped[dict[str, str]] = mapped_column(default=dict)
    reply_timeout_seconds: Mapped[int] = mapped_column(default=120)
    reply_texts: Mapped[dict[str, str]] = mapped_column(default=dict)
    greeting_texts: Mapped[dict[str, str]] = mapped_column(default=dict)
    queue_position_texts: Mapped[dict[str, str]] = mapped_column(default=dict)
    offline_prompt_texts: Mapped[dict[str, str]] = mapped_column(default=dict)
    chat_closed_texts: Mapped[dict[str, str]] = mapped_column(default=dict)
    reply_templates: Mapped[str] = mapped_column(default="")

    auto_assignment: Mapped[bool] = mapped_column(default=False)
    max_chats_per_operator: Mapped[int] = mapped_column(default=5)
    answer_seconds: Mapped[int] = mapped_column(default=60)
    """Under auto-assignment: who has not answered by then loses the chat to somebody else."""
    misses_before_break: Mapped[int] = mapped_column(default=3)
    kept_after_disconnect_minutes: Mapped[int] = mapped_column(default=3)
    prefers_last_operator: Mapped[bool] = mapped_column(default=False)
    silent_chats_leave_limit: Mapped[bool] = mapped_column(default=False)
    shows_typing_preview: Mapped[bool] = mapped_column(default=True)
    asks_category: Mapped[bool] = mapped_column(default=False)
    file_maximum_megabytes: Mapped[int] = mapped_column(default=10)

    operator_gone_after_seconds: Mapped[int] = mapped_column(default=60)
    silence_closes_after_minutes: Mapped[int] = mapped_column(default=30)
    reopens_within_hours: Mapped[int] = mapped_column(default=24)
    visitor_left_after_minutes: Mapped[int] = mapped_column(default=2)
    visitor_remembered_days: Mapped[int] = mapped_column(default=30)
    operator_idle_hours: Mapped[int] = mapped_column(default=12)
    second_factor_demanded: Mapped[bool] = mapped_column(default=False)
    message_editable_minutes: Mapped[int] = mapped_column(default=5)
    tracks_visitors: Mapped[bool] = mapped_column(default=True)

    allowed_sites: Mapped[str] = mapped_column(default="")
    crm_link: Mapped[str] = mapped_column(String(500), default="")
    """A template; empty = no link."""
    working_hours: Mapped[Hours] = mapped_column(WorkingHours, default=Hours())
    version: Mapped[int] = mapped_column(default=1)


def load_settings(session: Session) -> Settings:
    """The one row; it is made by the first migration and never deleted. A transaction reads it once."""
    settings = session.get_one(Settings, 1)
    # A session remembers a row only while somebody holds it.
    session.info["settings"] = settings
    return settings


def language_of(session: Session, placement: Placement) -> Language:
    """What a placement speaks to visitors whose own language nobody knows."""
    return placement.language or load_settings(session).language
