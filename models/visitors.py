"""Visitors (a browser) and their page views (a page open right now, or once)."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Visitor(Base):
    __tablename__ = "visitors"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    """The browser's 256-bit token is never stored itself."""
    revision: Mapped[int] = mapped_column(default=0)
    """The number of the last change of anything that this visitor's clients may see."""
    name: Mapped[str] = mapped_column(String(100), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    address: Mapped[str] = mapped_column(String(45), default="")
    user_agent: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]


class VisitorPresence(Base):
    """When a chat window of a visitor with an open chat was last known to live; beside the visitor, whom chats lock."""

    __tablename__ = "visitor_presence"

    visitor_id: Mapped[int] = mapped_column(ForeignKey("visitors.id", ondelete="CASCADE"), primary_key=True)
    seen_at: Mapped[datetime]


class PageView(Base):
    """One page opened by somebody with our button on it; alive while its heartbeat comes."""

    __tablename__ = "page_views"
    __table_args__ = (Index("ix_page_views_last_beat_at", "last_beat_at"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    """Made by the page."""
    placement_id: Mapped[int] = mapped_column(ForeignKey("placements.id", ondelete="CASCADE"), index=True)
    url: Mapped[str] = mapped_column(String(2000), default="")
    title: Mapped[str] = mapped_column(String(300), default="")
    referrer: Mapped[str] = mapped_column(String(2000), default="")
    address: Mapped[str] = mapped_column(String(45), default="")
    started_at: Mapped[datetime]
    last_beat_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
