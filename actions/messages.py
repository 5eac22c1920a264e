"""Messages and read marks, many at a time: what the group committer stores in one transaction.

The rules of a message stand in `_Batch`; one post is a batch of one. Everything is read in three queries and written in three,
however many posts came together, because this is the path that all day's traffic takes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, insert, select, tuple_, update
from sqlalchemy.orm import Session

from actions.errors import ChatClosed, Conflict, Forbidden, NotFound, NotNow, Unauthorised
from actions.events import ChatChanged, ReadMarks, record
from models.chats import AuthorKind, Chat, ChatStep, Message
from models.operators import Operator, OperatorPresence, OperatorSession
from models.queries.chats import MessageView, view_of, with_cards
from models.queries.people import OperatorCard
from models.visitors import Visitor
from policy.errors import DomainError
from policy.facts import ChatFacts
from policy.statuses import OperatorStatus, rules_of
from policy.transitions import ChatState, Step, next_state

PREVIEW_LENGTH = 140


@dataclass(frozen=True, slots=True)
class Author:
    """Who sends, as the connection knows it; never taken from the payload. Exactly one of the two is set."""

    visitor_id: int | None = None
    session_id: int | None = None


@dataclass(frozen=True, slots=True)
class Post:
    author: Author
    chat: str
    client_id: str
    body: str


@dataclass(frozen=True, slots=True)
class Read:
    author: Author
    chat: str
    seq: int


@dataclass(frozen=True, slots=True)
class Posted:
    seq: int
    revision: int
    at: datetime
    duplicate: bool = False


class _Known(NamedTuple):
    """What is stored under a client_id: the first answer, and what tells a repetition from a conflict."""

    posted: Posted
    author: AuthorKind
    body: str


class _Writer(NamedTuple):
    card: OperatorCard
    status: OperatorStatus


@dataclass(slots=True)
class _Row:
    """The working copy of a locked chat."""

    id: int
    public_id: str
    facts: ChatFacts
    visitor_id: int
    last_seq: int
    visitor_read_seq: int
    operator_read_seq: int
    unread: int
    waiting_since: datetime | None
    first_reply_at: datetime | None
    first_reply_operator_id: int | None
    revision: int = 0
    last_author: AuthorKind | None = None
    last_body: str | None = None
    last_message_at: datetime | None = None
    is_changed: bool = False


_CHATS = Chat.__table__
_WRITE_CHAT = (
    update(_CHATS)
    .where(_CHATS.c.id == bindparam("key"))
    .values(
        state=bindparam("state"),
        revision=bindparam("revision"),
        last_seq=bindparam("last_seq"),
        visitor_read_seq=bindparam("visitor_read_seq"),
        operator_read_seq=bindparam("operator_read_seq"),
        unread=bindparam("unread"),
        waiting_since=bindparam("waiting_since"),
        first_reply_at=bindparam("first_reply_at"),
        first_reply_operator_id=bindparam("first_reply_operator_id"),
        last_author=bindparam("last_author"),
        last_body=bindparam("last_body"),
        last_message_at=bindparam("last_message_at"),
    )
)
_WRITE_VISITOR = (
    update(Visitor.__table__)
    .where(Visitor.__table__.c.id == bindparam("key"))
    .values(revision=bindparam("revision"))
)


def post_messages(session: Session, posts: Sequence[Post], now: datetime) -> list[Posted | DomainError]:
    """Store messages, each after those that stand before it in the list; a refused one changes nothing.

    The same client_id and body again gives the first answer again; another body is a conflict.
    """
    batch = _Batch(session, now, [post.chat for post in posts], [post.author for post in posts])
    batch.load_known(posts)
    answers = [batch.attempt(batch.post, post) for post in posts]
    batch.write()
    return answers


def mark_read(session: Session, reads: Sequence[Read], now: datetime) -> list[int | DomainError]:
    """Note how far each side has seen a chat; a mark never goes back."""
    batch = _Batch(session, now, [read.chat for read in reads], [read.author for read in reads])
    answers = [batch.attempt(batch.read, read) for read in reads]
    batch.write()
    return answers


class _Batch:
    """Locked rows, what was decided about them, and the events that follow."""

    def __init__(
        self, session: Session, now: datetime, chats: Iterable[str], authors: Iterable[Author]
    ) -> None:
        self._session = session
        self._now = now
        self._writers = _writers(session, {author.session_id for author in authors if author.session_id}, now)
        self._rows, self._revisions = _lock(session, set(chats))
        self._touched_visitors: set[int] = set()
        self._known: dict[tuple[int, str], _Known] = {}
        self._messages: list[dict[str, Any]] = []
        self._steps: list[dict[str, Any]] = []
        self._events: list[ChatChanged] = []

    def load_known(self, posts: Iterable[Post]) -> None:
        keys = {(row.id, post.client_id) for post in posts if (row := self._rows.get(post.chat))}
        table = Message.__table__.c
        for row in self._session.execute(
            select(
                table.chat_id, table.client_id, table.seq, table.revision, table.at, table.author, table.body
            ).where(tuple_(table.chat_id, table.client_id).in_(keys))
        ):
            posted = Posted(row.seq, row.revision, row.at, duplicate=True)
            self._known[row.chat_id, row.client_id] = _Known(posted, row.author, row.body)

    @staticmethod
    def attempt(work: Any, item: Any) -> Any:
        try:
            return work(item)
        except DomainError as refused:
            return refused

    def post(self, post: Post) -> Posted:
        row, writer = self._allowed(post)
        author = AuthorKind.OPERATOR if writer else AuthorKind.VISITOR
        known = self._known.get((row.id, post.client_id))
        if known is not None:
            if (known.author, known.body) != (author, post.body):
                raise Conflict
            return known.posted
        if row.facts.state.is_closed:
            raise ChatClosed
        before = row.facts
        if writer:
            self._answered(row, writer)
        else:
            self._asked(row)
        return self._store(row, before, post, author, writer)

    def read(self, read: Read) -> int:
        row, writer = self._allowed(read)
        seen = row.operator_read_seq if writer else row.visitor_read_seq
        upto = min(read.seq, row.last_seq)
        if upto <= seen:
            return seen
        if writer:
            row.operator_read_seq = upto
            # What stands above the mark was written by either side; only a full catch-up is certain to leave nothing.
            row.unread = 0 if upto == row.last_seq else min(row.unread, row.last_seq - upto)
        else:
            row.visitor_read_seq = upto
        self._events.append(self._changed(row, None))
        return upto

    def write(self) -> None:
        changed = [row for row in self._rows.values() if row.is_changed]
        if not changed:
            return
        connection = self._session.connection()
        connection.execute(
            _WRITE_VISITOR,
            [{"key": key, "revision": self._revisions[key]} for key in sorted(self._touched_visitors)],
        )
        connection.execute(_WRITE_CHAT, [_values(row) for row in changed])
        if self._messages:
            connection.execute(insert(Message.__table__), self._messages)
        if self._steps:
            connection.execute(insert(ChatStep.__table__), self._steps)
        for event in self._events:
            record(self._session, self._with_view(event))

    def _allowed(self, item: Post | Read) -> tuple[_Row, _Writer | None]:
        """The chat and, for an operator, who they are; a stranger learns nothing."""
        row = self._rows.get(item.chat)
        author = item.author
        if author.session_id is None:
            if row is None or row.visitor_id != author.visitor_id:
                raise NotFound
            return row, None
        writer = self._writers.get(author.session_id)
        if writer is None:
            raise Unauthorised
        if row is None:
            raise NotFound
        if row.facts.operator_id != writer.card.id:
            raise Forbidden
        if not rules_of(writer.status).works_in_chats:
            raise NotNow
        return row, writer

    def _answered(self, row: _Row, writer: _Writer) -> None:
        """The operator's message answers everything before it; the first one makes an assigned chat a conversation."""
        if row.facts.state is ChatState.QUEUE:
            row.facts = replace(row.facts, state=next_state(row.facts.state, Step.FIRST_REPLY))
            self._steps.append(
                {
                    "chat_id": row.id,
                    "at": self._now,
                    "step": Step.FIRST_REPLY,
                    "state": row.facts.state,
                    "by": AuthorKind.OPERATOR,
                    "by_operator_id": writer.card.id,
                    "operator_id": writer.card.id,
                    "department_id": row.facts.department_id,
                    "note": "",
                    "why": None,
                }
            )
        if row.first_reply_at is None:
            row.first_reply_at = self._now
            row.first_reply_operator_id = writer.card.id
        row.unread = 0
        row.waiting_since = None
        row.operator_read_seq = row.last_seq + 1

    def _asked(self, row: _Row) -> None:
        row.unread += 1
        row.waiting_since = row.waiting_since or self._now
        row.visitor_read_seq = row.last_seq + 1

    def _store(
        self, row: _Row, before: ChatFacts, post: Post, author: AuthorKind, writer: _Writer | None
    ) -> Posted:
        row.last_seq += 1
        row.last_author = author
        row.last_body = post.body[:PREVIEW_LENGTH]
        row.last_message_at = self._now
        event = self._changed(row, before if before != row.facts else None)
        card = writer.card if writer else None
        self._messages.append(
            {
                "chat_id": row.id,
                "seq": row.last_seq,
                "revision": row.revision,
                "author": author,
                "operator_id": card and card.id,
                "client_id": post.client_id,
                "body": post.body,
                "at": self._now,
            }
        )
        message = MessageView(
            post.chat, row.last_seq, row.revision, author, card, post.body, self._now, post.client_id
        )
        self._events.append(replace(event, messages=(message,)))
        posted = Posted(row.last_seq, row.revision, self._now)
        self._known[row.id, post.client_id] = _Known(replace(posted, duplicate=True), author, post.body)
        return posted

    def _changed(self, row: _Row, before: ChatFacts | None) -> ChatChanged:
        previous = self._revisions[row.visitor_id]
        row.revision = self._revisions[row.visitor_id] = previous + 1
        row.is_changed = True
        self._touched_visitors.add(row.visitor_id)
        return ChatChanged(
            chat=row.public_id,
            visitor_id=row.visitor_id,
            previous=previous,
            revision=row.revision,
            before=before,
            after=row.facts,
            read=ReadMarks(row.visitor_read_seq, row.operator_read_seq),
        )

    def _with_view(self, event: ChatChanged) -> ChatChanged:
        """A chat that changed its state is shown anew; a message alone is told by the message."""
        if event.before is None:
            return event
        chat = self._session.scalars(
            with_cards().where(Chat.public_id == event.chat).execution_options(populate_existing=True)
        ).one()
        return replace(event, view=view_of(chat))


def first_message(
    session: Session, chat: Chat, client_id: str, body: str, revision: int, now: datetime
) -> MessageView:
    """The question with which a visitor begins a chat, stored together with it."""
    chat.last_seq = chat.visitor_read_seq = 1
    chat.unread = 1
    chat.last_author = AuthorKind.VISITOR
    chat.last_body = body[:PREVIEW_LENGTH]
    chat.last_message_at = now
    session.add(
        Message(
            chat_id=chat.id,
            seq=1,
            revision=revision,
            author=AuthorKind.VISITOR,
            client_id=client_id,
            body=body,
            at=now,
        )
    )
    return MessageView(chat.public_id, 1, revision, AuthorKind.VISITOR, None, body, now, client_id)


def _writers(session: Session, session_ids: set[int], now: datetime) -> dict[int, _Writer]:
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
        row.id: _Writer(
            OperatorCard(row.operator_id, row.public_id, row.internal_name, row.public_name, row.photo),
            row.status,
        )
        for row in rows
    }


def _lock(session: Session, chats: set[str]) -> tuple[dict[str, _Row], dict[int, int]]:
    """Lock the chats and their visitors, in one order for everybody; give working copies and the visitors' revisions."""
    chat, visitor, operator = Chat.__table__, Visitor.__table__, Operator.__table__
    rows = session.execute(
        select(
            chat,
            visitor.c.revision.label("visitor_revision"),
            func.coalesce(operator.c.is_admin, False).label("operator_is_admin"),
        )
        .join(visitor, visitor.c.id == chat.c.visitor_id)
        .join(operator, operator.c.id == chat.c.operator_id, isouter=True)
        .where(chat.c.public_id.in_(chats))
        .order_by(visitor.c.id, chat.c.id)
        .with_for_update(of=(visitor, chat))
    ).all()
    return (
        {row.public_id: _working_copy(row) for row in rows},
        {row.visitor_id: row.visitor_revision for row in rows},
    )


def _working_copy(row: Any) -> _Row:
    return _Row(
        id=row.id,
        public_id=row.public_id,
        visitor_id=row.visitor_id,
        facts=ChatFacts(
            id=row.id,
            state=row.state,
            language=row.language,
            queued_at=row.queued_at,
            department_id=row.department_id,
            operator_id=row.operator_id,
            requested_operator_id=row.requested_operator_id,
            operator_is_admin=row.operator_is_admin,
            visitor_id=row.visitor_id,
        ),
        last_seq=row.last_seq,
        visitor_read_seq=row.visitor_read_seq,
        operator_read_seq=row.operator_read_seq,
        unread=row.unread,
        waiting_since=row.waiting_since,
        first_reply_at=row.first_reply_at,
        first_reply_operator_id=row.first_reply_operator_id,
        revision=row.revision,
        last_author=row.last_author,
        last_body=row.last_body,
        last_message_at=row.last_message_at,
    )


def _values(row: _Row) -> dict[str, Any]:
    return {
        "key": row.id,
        "state": row.facts.state,
        "revision": row.revision,
        "last_seq": row.last_seq,
        "visitor_read_seq": row.visitor_read_seq,
        "operator_read_seq": row.operator_read_seq,
        "unread": row.unread,
        "waiting_since": row.waiting_since,
        "first_reply_at": row.first_reply_at,
        "first_reply_operator_id": row.first_reply_operator_id,
        "last_author": row.last_author,
        "last_body": row.last_body,
        "last_message_at": row.last_message_at,
    }
