"""Chats that are about to get messages: locked, worked upon in plain copies, and written back together.

This is the path that all day's traffic takes: two queries and three writes, built once, however many messages came
together, with only those columns that a message depends on.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, fields
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple, cast

from sqlalchemy import Table, bindparam, func, insert, select
from sqlalchemy.orm import Session

from models.bulk import inserting, updating
from models.chats import AuthorKind, Chat, ChatStep, Message
from models.operators import Operator, OperatorPresence, OperatorSession
from models.queries.people import OperatorCard
from models.queries.sessions import opens_work
from models.visitors import Visitor
from policy.facts import ChatFacts
from policy.statuses import OperatorStatus

_CHATS, _MESSAGES, _STEPS, _VISITORS, _OPERATORS = (
    cast(Table, model.__table__) for model in (Chat, Message, ChatStep, Visitor, Operator)
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
    operator_id: int | None
    body: str


@dataclass(slots=True)
class Row:
    """The working copy of a locked chat."""

    facts: ChatFacts
    public_id: str
    last_seq: int
    visitor_read_seq: int
    operator_read_seq: int
    unread: int
    waiting_since: datetime | None
    silent_since: datetime | None
    visitor_left_at: datetime | None
    is_answered: bool
    revision: int | None = None
    """Only once it has changed; what follows, only once a message was added."""
    last_author: AuthorKind | None = None
    last_body: str | None = None
    last_message_at: datetime | None = None


class Rows(NamedTuple):
    """Locked chats by public id, and the revisions of their visitors."""

    chats: dict[str, Row]
    revisions: dict[int, int]


@dataclass(slots=True)
class News:
    """Rows to be added, and what changes in a chat but seldom: each is written by a statement of its own."""

    messages: list[dict[str, Any]] = field(default_factory=list)
    steps: list[dict[str, Any]] = field(default_factory=list)
    states: list[dict[str, Any]] = field(default_factory=list)
    first_replies: list[dict[str, Any]] = field(default_factory=list)


# Columns stand in the order of the fields, so that a row becomes its copy without a look at names.
_FACTS = tuple(one.name for one in fields(ChatFacts))
_OWN = (
    "public_id",
    "last_seq",
    "visitor_read_seq",
    "operator_read_seq",
    "unread",
    "waiting_since",
    "silent_since",
    "visitor_left_at",
)
# None of them is in an index: then a database has only the row itself to write.
_MARKS = ("revision", "visitor_read_seq", "operator_read_seq", "unread")
_LAST = (
    "last_seq",
    "waiting_since",
    "silent_since",
    "visitor_left_at",
    "last_author",
    "last_body",
    "last_message_at",
)
# Asked inside, not joined: after waiting for a lock PostgreSQL looks at a joined row as it was before.
_OPERATOR_IS_ADMIN = func.coalesce(
    select(_OPERATORS.c.is_admin).where(_OPERATORS.c.id == _CHATS.c.operator_id).scalar_subquery(), False
)
_LOCK = (
    select(
        _VISITORS.c.revision,
        *(_OPERATOR_IS_ADMIN if name == "operator_is_admin" else _CHATS.c[name] for name in _FACTS),
        *(_CHATS.c[name] for name in _OWN),
        _CHATS.c.first_reply_at.is_not(None),
    )
    .join(_VISITORS, _VISITORS.c.id == _CHATS.c.visitor_id)
    .where(_CHATS.c.public_id.in_(bindparam("chats", expanding=True)))
    .order_by(_VISITORS.c.id, _CHATS.c.id)
    .with_for_update(of=(_VISITORS, _CHATS), key_share=True)
)
_STORED = select(
    _MESSAGES.c.chat_id,
    _MESSAGES.c.client_id,
    _MESSAGES.c.seq,
    _MESSAGES.c.revision,
    _MESSAGES.c.at,
    _MESSAGES.c.author,
    _MESSAGES.c.operator_id,
    _MESSAGES.c.body,
).where(
    _MESSAGES.c.chat_id.in_(bindparam("chat_ids", expanding=True)),
    _MESSAGES.c.client_id.in_(bindparam("client_ids", expanding=True)),
)


_WRITE_MARKS = updating(_CHATS, *_MARKS)
_WRITE_LAST = updating(_CHATS, *_MARKS, *_LAST)
_WRITE_STATE = updating(_CHATS, "state")
_WRITE_FIRST_REPLY = updating(_CHATS, "first_reply_at", "first_reply_operator_id")
_WRITE_VISITOR = updating(_VISITORS, "revision")
_INSERT_MESSAGE = inserting(
    _MESSAGES, "chat_id", "seq", "revision", "author", "operator_id", "client_id", "body", "at"
)
_INSERT_STEP = insert(_STEPS)
_marks = attrgetter("facts.id", *_MARKS)
_marks_and_last = attrgetter("facts.id", *_MARKS, *_LAST)


def lock_rows(session: Session, chats: Collection[str]) -> Rows:
    """Lock the chats and their visitors, in one order for everybody."""
    end = 1 + len(_FACTS)
    rows = Rows({}, {})
    for found in session.connection().execute(_LOCK, {"chats": list(chats)}):
        row = Row(ChatFacts(*found[1:end]), *found[end:])
        rows.chats[row.public_id] = row
        rows.revisions[row.facts.visitor_id] = found[0]
    return rows


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
        .where(OperatorSession.id.in_(session_ids), opens_work(now))
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
    wanted = {"chat_ids": [chat for chat, _ in keys], "client_ids": [client_id for _, client_id in keys]}
    rows = session.connection().execute(_STORED, wanted)
    return {(row.chat_id, row.client_id): Stored(*row[2:]) for row in rows}


def write_rows(session: Session, rows: Rows, news: News) -> None:
    """Write the chats that changed, their visitors' revisions, and what is new."""
    changed = [row for row in rows.chats.values() if row.revision is not None]
    visitors = sorted({row.facts.visitor_id for row in changed})
    spoken = [_named(_marks_and_last(row), *_MARKS, *_LAST) for row in changed if row.last_message_at]
    marked = [_named(_marks(row), *_MARKS) for row in changed if not row.last_message_at]
    connection = session.connection()
    for way, values in (
        (_WRITE_VISITOR, [{"key": key, "revision": rows.revisions[key]} for key in visitors]),
        (_WRITE_LAST, spoken),
        (_WRITE_MARKS, marked),
        (_WRITE_STATE, news.states),
        (_WRITE_FIRST_REPLY, news.first_replies),
        (_INSERT_MESSAGE, news.messages),
    ):
        way.write(connection, values)
    if news.steps:
        connection.execute(_INSERT_STEP, news.steps)


def _named(values: Iterable[Any], *names: str) -> dict[str, Any]:
    return dict(zip(("key", *names), values, strict=True))
