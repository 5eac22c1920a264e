"""Chats, their messages and the steps of their life."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, and_, literal_column, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.departments import Department
from models.operators import Operator
from models.placements import Placement
from models.visitors import Visitor
from policy.facts import ChatFacts
from policy.languages import Language
from policy.transitions import ChatState, Step

OPEN_STATES = (ChatState.QUEUE, ChatState.CHATTING)
_IS_OPEN = text("state IN ('QUEUE', 'CHATTING')")
_IS_CLASSIFIED = text("category_id IS NOT NULL")
_IS_BY_OPERATOR = text("by_operator_id IS NOT NULL")


class AuthorKind(enum.Enum):
    VISITOR = "visitor"
    OPERATOR = "operator"
    SYSTEM = "system"


class Chat(Base):
    __tablename__ = "chats"
    __table_args__ = (
        UniqueConstraint("visitor_id", "client_id"),
        Index("ix_chats_started_at", "started_at"),
        Index("ix_chats_closed_at", "closed_at"),
        # Open chats are few however long the history grows: every live list and count reads only these.
        Index(
            "ix_chats_open_operator",
            "operator_id",
            "queued_at",
            "id",
            sqlite_where=_IS_OPEN,
            postgresql_where=_IS_OPEN,
        ),
        Index("ix_chats_open_queued_at", "queued_at", "id", sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN),
        Index(
            "ix_chats_category_id",
            "category_id",
            sqlite_where=_IS_CLASSIFIED,
            postgresql_where=_IS_CLASSIFIED,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    client_id: Mapped[str] = mapped_column(String(36))
    """Made by the visitor's page, so that a start sent twice starts one chat."""
    visitor_id: Mapped[int] = mapped_column(ForeignKey("visitors.id", ondelete="CASCADE"))
    placement_id: Mapped[int | None] = mapped_column(
        ForeignKey("placements.id", ondelete="SET NULL"), index=True
    )
    department_id: Mapped[int | None] = mapped_column(
        ForeignKey("departments.id", ondelete="SET NULL"), index=True
    )
    language: Mapped[Language]
    state: Mapped[ChatState]
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("operators.id", ondelete="SET NULL"))
    requested_operator_id: Mapped[int | None] = mapped_column(ForeignKey("operators.id", ondelete="SET NULL"))
    started_at: Mapped[datetime]
    queued_at: Mapped[datetime]
    """The place in the queue; kept when a chat comes back to it."""
    assigned_at: Mapped[datetime | None]
    first_reply_at: Mapped[datetime | None] = mapped_column(index=True)
    first_reply_operator_id: Mapped[int | None] = mapped_column(
        ForeignKey("operators.id", ondelete="SET NULL")
    )
    closed_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=0)
    last_seq: Mapped[int] = mapped_column(default=0)
    visitor_read_seq: Mapped[int] = mapped_column(default=0)
    operator_read_seq: Mapped[int] = mapped_column(default=0)
    unread: Mapped[int] = mapped_column(default=0)
    """The visitor's messages that no operator has seen."""
    waiting_since: Mapped[datetime | None]
    """Since when the visitor waits for an answer."""
    told_busy_at: Mapped[datetime | None]
    """When the system last said that everybody is busy; once for each wait."""
    last_author: Mapped[AuthorKind | None]
    last_body: Mapped[str | None] = mapped_column(String(140))
    last_message_at: Mapped[datetime | None]
    category_id: Mapped[int | None] = mapped_column(ForeignKey("categories.id", ondelete="SET NULL"))
    tried_operator_ids: Mapped[list[int] | None]
    """Who has been given the chat in this round of the queue."""
    answer_paused_until: Mapped[datetime | None]
    answer_paused_ms: Mapped[int] = mapped_column(default=0)
    """For how long, since the chat was assigned, its operator has been writing the first answer."""
    silent_since: Mapped[datetime | None]
    """Since when the chat does not count towards the limit, where the settings say so."""
    visitor_left_at: Mapped[datetime | None]
    """When the last page of the visitor was closed; empty while they are there."""

    visitor: Mapped[Visitor] = relationship()
    placement: Mapped[Placement | None] = relationship()
    department: Mapped[Department | None] = relationship()
    operator: Mapped[Operator | None] = relationship(foreign_keys=[operator_id])
    requested_operator: Mapped[Operator | None] = relationship(foreign_keys=[requested_operator_id])

    def facts(self) -> ChatFacts:
        """What the policy needs to know of this chat."""
        return ChatFacts(
            id=self.id,
            state=self.state,
            language=self.language,
            queued_at=self.queued_at,
            department_id=self.department_id,
            operator_id=self.operator_id,
            requested_operator_id=self.requested_operator_id,
            operator_is_admin=self.operator is not None and self.operator.is_admin,
            visitor_id=self.visitor_id,
        )


IS_OPEN = Chat.__table__.c.state.in_([literal_column(f"'{state.name}'") for state in OPEN_STATES])
"""Written out, not bound: only so does a database see that the indexes of open chats serve."""
IS_WAITING = and_(IS_OPEN, Chat.__table__.c.state == ChatState.QUEUE, Chat.__table__.c.operator_id.is_(None))


class Message(Base):
    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("chat_id", "seq"),
        UniqueConstraint("chat_id", "client_id"),
        Index("ix_messages_chat_id_revision", "chat_id", "revision"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    chat_id: Mapped[int] = mapped_column(ForeignKey("chats.id", ondelete="CASCADE"))
    seq: Mapped[int]
    revision: Mapped[int]
    author: Mapped[AuthorKind]
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("operators.id", ondelete="SET NULL"))
    client_id: Mapped[str | None] = mapped_column(String(36))
    body: Mapped[str]
    at: Mapped[datetime]


class ChatStep(Base):
    """One step of a chat's life: what happened, who did it, and why."""

    __tablename__ = "chat_steps"
    __table_args__ = (
        # "What has this operator done since?" is asked of people's steps only; most steps are nobody's.
        Index(
            "ix_chat_steps_by_operator_id_at",
            "by_operator_id",
            "at",
            sqlite_where=_IS_BY_OPERATOR,
            postgresql_where=_IS_BY_OPERATOR,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    chat_id: Mapped[int] = mapped_column(ForeignKey("chats.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    step: Mapped[Step]
    state: Mapped[ChatState]
    by: Mapped[AuthorKind]
    by_operator_id: Mapped[int | None] = mapped_column(ForeignKey("operators.id", ondelete="SET NULL"))
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("operators.id", ondelete="SET NULL"))
    """Whose the chat is after the step."""
    department_id: Mapped[int | None] = mapped_column(ForeignKey("departments.id", ondelete="SET NULL"))
    note: Mapped[str] = mapped_column(default="")
    why: Mapped[dict[str, Any] | None]
