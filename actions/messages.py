"""Messages and read marks, many at a time: what the group committer stores in one transaction."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Generic, TypeVar

from sqlalchemy.orm import Session

from actions.access import demand_of_chat
from actions.batch import News, Row, Stored, Writer, lock_rows, stored_messages, write_rows, writers_of
from actions.errors import ChatClosed, Conflict, Forbidden, NotFound, NotNow, Unauthorised
from actions.events import ChatChanged, ReadMarks, record
from models.chats import AuthorKind
from models.queries import people
from models.queries.chats import ChatView, MessageView
from models.queries.told import told
from models.settings import load_settings
from policy.errors import DomainError
from policy.facts import ChatFacts
from policy.rights import Action
from policy.statuses import rules_of
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


Item = TypeVar("Item", bound=Post | Read)
Given = TypeVar("Given")


def post_messages(session: Session, posts: Sequence[Post], now: datetime) -> list[Posted | DomainError]:
    """Store messages, each after those that stand before it in the list; a refused one changes nothing.

    The same client_id and body again gives the first answer again; another body is a conflict.
    """
    batch = _Batch(session, posts, now)
    batch.look_up(posts)
    answers = batch.work(batch.post)
    batch.record()
    return answers


def post_new_messages(session: Session, posts: Sequence[Post], now: datetime) -> list[Posted | DomainError]:
    """The same for messages that are most likely new, without a look at what is stored.

    Where one is not, the database raises IntegrityError: the caller rolls back and turns to `post_messages`.
    """
    batch = _Batch(session, posts, now)
    answers = batch.work(batch.post)
    batch.record()
    return answers


def mark_read(session: Session, reads: Sequence[Read], now: datetime) -> list[int | DomainError]:
    """Note how far each side has seen a chat; a mark never goes back."""
    batch = _Batch(session, reads, now)
    answers = batch.work(batch.read)
    batch.record()
    return answers


def _attempt(work: Callable[[Item], Given], item: Item) -> Given | DomainError:
    try:
        return work(item)
    except DomainError as refused:
        return refused


def _repeated(first: Stored) -> Posted:
    return Posted(first.seq, first.revision, first.at, duplicate=True)


class _Batch(Generic[Item]):
    """Locked rows, what was decided about them, and the events that follow."""

    def __init__(self, session: Session, items: Sequence[Item], now: datetime) -> None:
        self._session = session
        self._items = items
        self._now = now
        session_ids = {item.author.session_id for item in items if item.author.session_id is not None}
        self._writers = writers_of(session, session_ids, now)
        self._rows = lock_rows(session, {item.chat for item in items})
        self._stored: dict[tuple[int, str], Stored] = {}
        self._news = News()
        self._events: list[ChatChanged] = []

    def look_up(self, posts: Iterable[Post]) -> None:
        """Find out which of these are stored already."""
        keys = {(row.facts.id, post.client_id) for post in posts if (row := self._rows.chats.get(post.chat))}
        self._stored |= stored_messages(self._session, keys)

    def work(self, step: Callable[[Item], Given]) -> list[Given | DomainError]:
        """Take the step with each, refusals being answers too, and write what came of all."""
        answers = [_attempt(step, item) for item in self._items]
        write_rows(self._session, self._rows, self._news)
        return answers

    def record(self) -> None:
        """Tell what happened: a chat whose facts changed is shown anew, a message alone is told by the message."""
        anew = {event.chat for event in self._events if event.before is not None}
        views = self._views(anew) if anew else {}
        for event in self._events:
            is_shown = event.before is not None
            record(self._session, replace(event, view=views[event.chat]) if is_shown else event)

    def _views(self, chats: set[str]) -> dict[str, ChatView]:
        found = told(self._session, [self._rows.chats[chat].facts.id for chat in chats])
        return {one.view.id: one.view for one in found.values()}

    def post(self, post: Post) -> Posted:
        try:
            row, writer = self._allowed(post)
        except DomainError:
            repeated = self._kept_of(post)
            if repeated is None:
                raise
            return repeated
        author = AuthorKind.OPERATOR if writer else AuthorKind.VISITOR
        if row.facts.state.is_closed:
            # Nothing new is inserted that could collide: a repetition shows only by looking.
            self.look_up([post])
        first = self._stored.get((row.facts.id, post.client_id))
        if first is not None:
            if (first.author, first.operator_id, first.body) != (
                author,
                writer and writer.card.id,
                post.body,
            ):
                raise Conflict
            return _repeated(first)
        if row.facts.state.is_closed:
            raise ChatClosed
        before = row.facts
        if writer:
            self._answered(row, writer)
        else:
            self._asked(row)
        return self._store(row, before, post, author, writer)

    def _kept_of(self, post: Post) -> Posted | None:
        """An operator's message that was kept before the chat went to somebody else: accepted stays accepted."""
        row, writer = self._rows.chats.get(post.chat), self._writers.get(post.author.session_id or 0)
        if row is None or writer is None:
            return None
        self.look_up([post])
        first = self._stored.get((row.facts.id, post.client_id))
        is_theirs = first is not None and (first.operator_id, first.body) == (writer.card.id, post.body)
        return _repeated(first) if first is not None and is_theirs else None

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
        self._changed(row, row.facts)
        return upto

    def _allowed(self, item: Post | Read) -> tuple[Row, Writer | None]:
        """The chat and, for an operator, who they are; a stranger learns nothing."""
        row = self._rows.chats.get(item.chat)
        author = item.author
        if author.session_id is None:
            if row is None or row.facts.visitor_id != author.visitor_id:
                raise NotFound
            return row, None
        writer = self._writers.get(author.session_id)
        if writer is None:
            raise Unauthorised
        if row is None:
            raise NotFound
        if row.facts.operator_id != writer.card.id:
            self._refuse(row.facts, writer)
        if not rules_of(writer.status).works_in_chats:
            raise NotNow
        return row, writer

    def _refuse(self, chat: ChatFacts, writer: Writer) -> None:
        """Somebody else's chat: who may see it is told that they may not write there, others that it does not exist."""
        operator = people.person(self._session, writer.card.id)
        auto = load_settings(self._session).auto_assignment
        if operator is not None:
            facts = people.facts_of(self._session, operator)
            demand_of_chat(facts, Action.WRITE_IN_CHAT, chat, auto_assignment=auto)
        raise Forbidden

    def _answered(self, row: Row, writer: Writer) -> None:
        """The operator's message answers everything before it; the first one makes an assigned chat a conversation."""
        if row.facts.state is ChatState.QUEUE:
            self._begin_conversation(row, writer)
        if not row.is_answered:
            row.is_answered = True
            first = {"first_reply_at": self._now, "first_reply_operator_id": writer.card.id}
            self._news.first_replies.append({"key": row.facts.id, **first})
            # Other facts than before, though equal ones: the chat is shown anew, with the time of its first reply.
            row.facts = replace(row.facts)
        row.unread = 0
        row.waiting_since = None
        row.operator_read_seq = row.last_seq + 1

    def _begin_conversation(self, row: Row, writer: Writer) -> None:
        row.facts = replace(row.facts, state=next_state(row.facts.state, Step.FIRST_REPLY))
        self._news.states.append({"key": row.facts.id, "state": row.facts.state})
        self._news.steps.append(
            {
                "chat_id": row.facts.id,
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

    def _asked(self, row: Row) -> None:
        row.unread += 1
        row.waiting_since = row.waiting_since or self._now
        row.silent_since = row.visitor_left_at = None
        row.visitor_read_seq = row.last_seq + 1

    def _store(
        self, row: Row, before: ChatFacts, post: Post, author: AuthorKind, writer: Writer | None
    ) -> Posted:
        row.last_seq += 1
        row.last_author = author
        row.last_body = post.body[:PREVIEW_LENGTH]
        row.last_message_at = self._now
        revision = self._rows.revisions[row.facts.visitor_id] + 1
        card = writer.card if writer else None
        self._news.messages.append(
            {
                "chat_id": row.facts.id,
                "seq": row.last_seq,
                "revision": revision,
                "author": author,
                "operator_id": card and card.id,
                "client_id": post.client_id,
                "body": post.body,
                "at": self._now,
            }
        )
        message = MessageView(
            post.chat, row.last_seq, revision, author, card, post.body, self._now, post.client_id
        )
        self._changed(row, before, message)
        self._stored[row.facts.id, post.client_id] = Stored(
            row.last_seq, revision, self._now, author, card.id if card else None, post.body
        )
        return Posted(row.last_seq, revision, self._now)

    def _changed(self, row: Row, before: ChatFacts, *messages: MessageView) -> None:
        """Take the next revision of the chat's visitor, and tell of it."""
        visitor_id = row.facts.visitor_id
        previous = self._rows.revisions[visitor_id]
        row.revision = self._rows.revisions[visitor_id] = previous + 1
        self._events.append(
            ChatChanged(
                chat=row.public_id,
                visitor_id=visitor_id,
                previous=previous,
                revision=previous + 1,
                before=None if before is row.facts else before,
                after=row.facts,
                messages=messages,
                read=ReadMarks(row.visitor_read_seq, row.operator_read_seq),
            )
        )
