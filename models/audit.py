"""The audit log: who did what, one row per deed, each holding the hash of the one before it. Only added to."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, LargeBinary, String, event
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, mapped_column

from models.base import Base, db

NAME_LENGTH = 255
SEARCH_LENGTH = 600


class AuditKind(enum.Enum):
    """What was done."""

    CREATED = "created"
    CHANGED = "changed"
    DELETED = "deleted"
    DEACTIVATED = "deactivated"
    ACTIVATED = "activated"
    DISCONNECTED = "disconnected"
    DISCONNECTED_ALL = "disconnected_all"
    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGN_IN_BLOCKED = "sign_in_blocked"
    SIGNED_OUT = "signed_out"
    SESSION_ENDED = "session_ended"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105  what happened, no password
    PASSWORD_LINK_ASKED = "password_link_asked"  # noqa: S105
    INVITED = "invited"
    SECOND_FACTOR_ON = "second_factor_on"
    SECOND_FACTOR_OFF = "second_factor_off"
    SECOND_FACTOR_FAILED = "second_factor_failed"
    RECOVERY_CODES_MADE = "recovery_codes_made"
    RECOVERY_CODE_USED = "recovery_code_used"
    TOKEN_ISSUED = "token_issued"  # noqa: S105
    TOKEN_REVOKED = "token_revoked"  # noqa: S105
    WEBHOOK_TESTED = "webhook_tested"
    DELIVERY_REPEATED = "delivery_repeated"
    TEST_LETTER_SENT = "test_letter_sent"
    EXPORTED = "exported"
    IMPORTED = "imported"
    BANNED = "banned"
    UNBANNED = "unbanned"
    ERASED = "erased"


class ActorKind(enum.Enum):
    """Whose deed it was."""

    OPERATOR = "operator"
    STRANGER = "stranger"
    VISITOR = "visitor"
    COMMAND = "command"
    SYSTEM = "system"


class AppendOnly(Exception):
    """Somebody tried to change or remove what was logged."""


class AuditEntry(Base):
    """One deed. Names are those of its time: nothing here refers to rows that may be renamed or deleted."""

    __tablename__ = "audit_log"
    __table_args__ = (
        Index("ix_audit_log_at", "at"),
        # With the number behind it, each filter finds the newest first without sorting.
        Index("ix_audit_log_kind_id", "kind", "id"),
        Index("ix_audit_log_actor_id_id", "actor_id", "id"),
        Index("ix_audit_log_actor_kind_id", "actor_kind", "id"),
        Index("ix_audit_log_object_kind_id", "object_kind", "id"),
        Index("ix_audit_log_object_kind_object_id_id", "object_kind", "object_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Counted without a gap, so a missing row shows."""
    at: Mapped[datetime]
    kind: Mapped[AuditKind]
    actor_kind: Mapped[ActorKind]
    actor_id: Mapped[int | None]
    """The operator's; they are never deleted from the table."""
    actor_name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    address: Mapped[str] = mapped_column(String(45))
    object_kind: Mapped[str] = mapped_column(String(64))
    """The table of the thing it was done to; empty = to nothing in particular."""
    object_id: Mapped[int | None]
    object_name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    search_text: Mapped[str] = mapped_column(String(SEARCH_LENGTH))
    """Names and address in small letters of every script, which not every database can make."""
    previous_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    # Last, because it may be long: a scan of the rest need not read it.
    changes: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """`{"field": …, "from": …, "to": …}` for each field; a secret one has nothing but its name."""

    def __str__(self) -> str:
        return f"№ {self.id}"


class AuditHead(Base):
    """The end of the chain: who adds to it stands in line here, and rows cut off at its end are missed."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]
    """Of the last entry; 0 = none yet."""
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))


@event.listens_for(AuditEntry, "before_update")
@event.listens_for(AuditEntry, "before_delete")
def _refuse_row(_mapper: object, _connection: object, entry: AuditEntry) -> None:
    raise AppendOnly(f"audit entry {entry.id} stays as it is")


@event.listens_for(db.session, "do_orm_execute")
def _refuse_statement(execution: ORMExecuteState) -> None:
    if (execution.is_update or execution.is_delete) and AuditEntry in (
        mapper.class_ for mapper in execution.all_mappers
    ):
        raise AppendOnly("audit entries stay as they are")


def audit_head(session: Session, *, for_update: bool = False) -> AuditHead:
    """The end of the chain; the migration made the one row of it."""
    return session.get_one(AuditHead, 1, with_for_update=for_update or None, populate_existing=True)
