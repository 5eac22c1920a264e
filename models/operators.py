"""Operators, their presence and their sessions."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, String, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.departments import Department
from policy.facts import OperatorFacts
from policy.languages import Language
from policy.statuses import OperatorStatus

operator_departments = Table(
    "operator_departments",
    Base.metadata,
    Column("operator_id", ForeignKey("operators.id", ondelete="CASCADE"), primary_key=True),
    Column("department_id", ForeignKey("departments.id", ondelete="CASCADE"), primary_key=True, index=True),
)
operator_supervised_departments = Table(
    "operator_supervised_departments",
    Base.metadata,
    Column("operator_id", ForeignKey("operators.id", ondelete="CASCADE"), primary_key=True),
    Column("department_id", ForeignKey("departments.id", ondelete="CASCADE"), primary_key=True, index=True),
)
operator_subordinates = Table(
    "operator_subordinates",
    Base.metadata,
    Column("leader_id", ForeignKey("operators.id", ondelete="CASCADE"), primary_key=True),
    Column("subordinate_id", ForeignKey("operators.id", ondelete="CASCADE"), primary_key=True, index=True),
)


class Operator(Base):
    """A person of the company: a supervisor has supervised departments, a group lead has subordinates."""

    __tablename__ = "operators"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    """The name under which visitors' pages know the operator."""
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    """In lower case; the sign-in name. A deleted operator's is free again."""
    password_hash: Mapped[str | None] = mapped_column(String(255), active_history=True)
    """Whoever changes it knows what it was: only the owner of an old one is told of the new one."""
    internal_name: Mapped[str] = mapped_column(String(64))
    public_name: Mapped[str] = mapped_column(String(30))
    interface_language: Mapped[Language | None]
    photo: Mapped[str | None] = mapped_column(String(64))
    languages: Mapped[list[str]] = mapped_column(default=list)
    """Tags of the languages spoken; none = all."""
    sort_order: Mapped[int] = mapped_column(default=100)
    is_admin: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)
    must_change_password: Mapped[bool] = mapped_column(default=False)
    max_chats: Mapped[int | None]
    """Own limit of chats; empty = the common one."""
    reply_templates: Mapped[str] = mapped_column(default="")
    theme: Mapped[str] = mapped_column(String(8), default="system")
    hides_offline: Mapped[bool] = mapped_column(default=False)
    """Whether this person's list of operators leaves out those who are offline."""
    created_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    departments: Mapped[list[Department]] = relationship(
        secondary=operator_departments, order_by=Department.sort_order
    )
    supervised_departments: Mapped[list[Department]] = relationship(
        secondary=operator_supervised_departments, order_by=Department.sort_order
    )
    subordinates: Mapped[list[Operator]] = relationship(
        secondary=operator_subordinates,
        primaryjoin=lambda: Operator.id == operator_subordinates.c.leader_id,
        secondaryjoin=lambda: Operator.id == operator_subordinates.c.subordinate_id,
    )
    presence: Mapped[OperatorPresence] = relationship(
        back_populates="operator", uselist=False, cascade="all, delete-orphan"
    )

    def __str__(self) -> str:
        return self.internal_name

    def facts(self, *, common_max_chats: int, load: int = 0) -> OperatorFacts:
        """What the policy needs to know of this person; `load` = open chats they are responsible for."""
        presence = self.presence
        return OperatorFacts(
            id=self.id,
            status=presence.status,
            is_active=self.is_active and self.deleted_at is None,
            is_admin=self.is_admin,
            department_ids=frozenset(department.id for department in self.departments),
            languages=frozenset(Language(tag) for tag in self.languages),
            supervised_department_ids=frozenset(department.id for department in self.supervised_departments),
            subordinate_ids=frozenset(person.id for person in self.subordinates),
            subordinate_department_ids=frozenset(
                department.id for person in self.subordinates for department in person.departments
            ),
            max_chats=self.max_chats or common_max_chats,
            load=load,
            last_assigned_at=presence.last_assigned_at,
            sort_order=self.sort_order,
        )


class OperatorPresence(Base):
    """What changes all day long of an operator, apart from what an administrator edits in a form."""

    __tablename__ = "operator_presence"

    operator_id: Mapped[int] = mapped_column(ForeignKey("operators.id", ondelete="CASCADE"), primary_key=True)
    status: Mapped[OperatorStatus] = mapped_column(default=OperatorStatus.OFFLINE, index=True)
    status_since: Mapped[datetime]
    last_seen_at: Mapped[datetime | None]
    """When a connection of theirs was last known to live."""
    last_assigned_at: Mapped[datetime | None]
    """Written by a successful claim only."""
    status_reason: Mapped[str | None] = mapped_column(String(32))
    """Why the system chose the status, where a person should be told."""
    misses: Mapped[int] = mapped_column(default=0)
    """How many chats in a row they let pass, and when the last one was."""
    missed_at: Mapped[datetime | None]

    operator: Mapped[Operator] = relationship(back_populates="presence")


class StatusChange(Base):
    """One change of status, for the statistics: when, to what, and who made it (empty = the system)."""

    __tablename__ = "status_changes"
    __table_args__ = (Index("ix_status_changes_operator_id_at", "operator_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    operator_id: Mapped[int] = mapped_column(ForeignKey("operators.id", ondelete="CASCADE"))
    status: Mapped[OperatorStatus]
    at: Mapped[datetime]
    by_operator_id: Mapped[int | None] = mapped_column(ForeignKey("operators.id", ondelete="SET NULL"))
    reason: Mapped[str | None] = mapped_column(String(32))


class OperatorSession(Base):
    """A signed-in browser; the cookie holds a random token whose hash is kept here."""

    __tablename__ = "operator_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    operator_id: Mapped[int] = mapped_column(ForeignKey("operators.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    address: Mapped[str] = mapped_column(String(45), default="")
    user_agent: Mapped[str] = mapped_column(String(300), default="")
    waiting_status: Mapped[OperatorStatus | None]
    """Chosen at the door by who has duties before work; empty as soon as the shift has begun."""

    operator: Mapped[Operator] = relationship()


class Guess(enum.Enum):
    """What somebody tried to guess; each is counted by itself."""

    PASSWORD = enum.auto()
    CODE = enum.auto()
    CURRENT_PASSWORD = enum.auto()
    FIRST_RUN = enum.auto()


class SignInAttempt(Base):
    """A failed attempt to get in; old ones are swept away."""

    __tablename__ = "sign_in_attempts"
    __table_args__ = (
        Index("ix_sign_in_attempts_email_at", "email", "at"),
        Index("ix_sign_in_attempts_address_at", "address", "at"),
        Index("ix_sign_in_attempts_device_at", "device", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    guess: Mapped[Guess] = mapped_column(default=Guess.PASSWORD)
    email: Mapped[str] = mapped_column(String(254))
    """Whose account it was, by e-mail or by another name that says enough."""
    device: Mapped[str] = mapped_column(String(22), default="")
    """The browser, where the account's owner has signed in by it before; such a one is counted by itself."""
    address: Mapped[str] = mapped_column(String(45))
    at: Mapped[datetime]
