"""Chats that are about to get messages: locked, worked upon in plain copies, and written back together.

Everything is read in three queries and written in four, however many messages came together, because this is the path
that all day's traffic takes.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import Table, bindparam, func, insert, select, tuple_, update
from sqlalchemy.orm import Session

from models.chats import AuthorKind, Chat, ChatStep, Message
from models.operators import Operator, OperatorPresence, OperatorSession
from models.queries.people import OperatorCard
from models.visitors import Visitor
from policy.facts import ChatFacts
from policy.statuses import OperatorStatus

_CHATS, _MESSAGES, _STEPS, _VISITORS, _OPERATORS = (
    cast(Table, model.__table__) for model in (Chat, Message, ChatStep, Visitor, Operator)
)
_WRITTEN = (
    "state",
    "revision",
    "last_seq",
    "visitor_read_seq",
    "operator_read_seq",
    "unread",
    "waiting_since",
    "first_reply_at",
    "first_reply_operator_id",
    "last_author",
    "last_body",
    "last_message_at",
)
_WRITE_CHAT = (
    update(_CHATS).where(_CHATS.c.id == bindparam("key")).values({name: bindparam(name) for name in _WRITTEN})
)
_WRITE_VISITOR = (
    update(_VISITORS).where(_VISITORS.c.id == bindparam("key")).values(revision=bindparam("revision"))
)


class Writer(NamedTuple):
    """An operator behind a live session."""

    card: OperatorCard
    status: OperatorStatus


class Stored(NamedTuple):
    """A message that has its place already."""

    seq: int
    revision: int
    at: datetime
    author: AuthorKind
    body: str


@dataclass(slots=True)
class Row:
    """The working copy of a locked chat."""

    id: int
    public_id: str
    facts: ChatFacts
    visitor_id: int
    revision: int
    last_seq: int
    visitor_read_seq: int
    operator_read_seq: int
    unread: int
    waiting_since: datetime | None
    first_reply_at: datetime | None
    first_reply_operator_id: int | None
    last_author: AuthorKind | None
    last_body: str | None
    last_message_at: datetime | None
    is_changed: bool = False

    def values(self) -> dict[str, Any]:
        """What is written of the chat."""
        own = {name: getattr(self, name) for name in _WRITTEN if name != "state"}
        return {"key": self.id, "state": self.facts.state, **own}


class Rows(NamedTuple):
    """Locked chats by public id, and the revisions of their visitors."""

    chats: dict[str, Row]
    revisions: dict[int, int]


def lock_rows(session: Session, chats: Collection[str]) -> Rows:
    """Lock the chats and their visitors, in one order for everybody."""
    # Asked inside, not joined: after waiting for a lock PostgreSQL looks at a joined row as it was before.
    operator_is_admin = (
        select(_OPERATORS.c.is_admin).where(_OPERATORS.c.id == _CHATS.c.operator_id).scalar_subquery()
    )
    found = session.execute(
        select(
            _CHATS,
            _VISITORS.c.revision.label("visitor_revision"),
            func.coalesce(operator_is_admin, False).label("operator_is_admin"),
        )
        .join(_VISITORS, _VISITORS.c.id == _CHATS.c.visitor_id)
        .where(_CHATS.c.public_id.in_(chats))
        .order_by(_VISITORS.c.id, _CHATS.c.id)
        .with_for_update(of=(_VISITORS, _CHATS), key_share=True)
    ).all()
    return Rows(
        {row.public_id: _working_copy(row) for row in found},
        {row.visitor_id: row.visitor_revision for row in found},
    )


def _working_copy(row: Any) -> Row:
    facts = ChatFacts(
        id=row.id,
        state=row.state,
        language=row.language,
        queued_at=row.queued_at,
        department_id=row.department_id,
        operator_id=row.operator_id,
        requested_operator_id=row.requested_operator_id,
        operator_is_admin=row.operator_is_admin,
        visitor_id=row.visitor_id,
    )
    own = {name: getattr(row, name) for name in _WRITTEN if name != "state"}
    return Row(id=row.id, public_id=row.public_id, facts=facts, visitor_id=row.visitor_id, **own)


def writers_of(session: Session, session_ids: Collection[int], now: datetime) -> dict[int, Writer]:
    """Operators behind live sessions, asked of the database each time: a withdrawn right holds at once."""
    if not session_ids:
        return {}
    rows = session.execute(
        select(
            OperatorSession.id,
            Operator.id.label("operator_id"),
            Operator.public_id,
            Operator.internal_name,
            Operator.public_name,
            Operator.photo,
            OperatorPresence.status,
        )
        .join(Operator, Operator.id == OperatorSession.operator_id)
        .join(OperatorPresence, OperatorPresence.operator_id == Operator.id)
        .where(
            OperatorSession.id.in_(session_ids),
            OperatorSession.ended_at.is_(None),
            OperatorSession.expires_at > now,
            Operator.is_active.is_(True),
            Operator.deleted_at.is_(None),
        )
    )
    return {
        row.id: Writer(
            OperatorCard(row.operator_id, row.public_id, row.internal_name, row.public_name, row.photo),
            row.status,
        )
        for row in rows
    }


def stored_messages(session: Session, keys: Collection[tuple[int, str]]) -> dict[tuple[int, str], Stored]:
    """What is stored under these (chat id, client_id)."""
    columns = _MESSAGES.c
    rows = session.execute(
        select(
            columns.chat_id,
            columns.client_id,
            columns.seq,
            columns.revision,
            columns.at,
            columns.author,
            columns.body,
        ).where(tuple_(columns.chat_id, columns.client_id).in_(keys))
    )
    return {
        (row.chat_id, row.client_id): Stored(row.seq, row.revision, row.at, row.author, row.body)
        for row in rows
    }


def write_rows(
    session: Session, rows: Rows, messages: list[dict[str, Any]], steps: list[dict[str, Any]]
) -> None:
    """Write the chats that changed, their visitors' revisions, and what is new."""
    changed = [row for row in rows.chats.values() if row.is_changed]
    if not changed:
        return
    connection = session.connection()
    visitors = sorted({row.visitor_id for row in changed})
    connection.execute(_WRITE_VISITOR, [{"key": key, "revision": rows.revisions[key]} for key in visitors])
    connection.execute(_WRITE_CHAT, [row.values() for row in changed])
    if messages:
        connection.execute(insert(_MESSAGES), messages)
    if steps:
        connection.execute(insert(_STEPS), steps)
