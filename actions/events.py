"""Domain events: what happened, in plain data, published after the commit of the transaction that made it happen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import structlog
from flask import Flask, current_app
from sqlalchemy import event
from sqlalchemy.orm import Session

from models import db
from models.queries.chats import ChatView, MessageView
from models.queries.people import OperatorView
from policy.facts import ChatFacts

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ReadMarks:
    visitor: int
    operator: int


@dataclass(frozen=True, slots=True)
class ChatChanged:
    """A chat's rows changed; `before` and `after` say who could and who can see it now."""

    chat: str
    visitor_id: int
    previous: int
    revision: int
    after: ChatFacts
    before: ChatFacts | None = None
    """None where the change cannot have moved the chat out of anybody's sight."""
    view: ChatView | None = None
    messages: tuple[MessageView, ...] = ()
    read: ReadMarks | None = None


@dataclass(frozen=True, slots=True)
class ChatAssigned:
    """An operator got a chat without pressing anything."""

    chat: str
    operator_id: int


@dataclass(frozen=True, slots=True)
class ChatReturned:
    """The system took a chat from an operator."""

    chat: str
    operator_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class Disconnected:
    """Somebody else switched the operator off duty; `by` is their name."""

    operator_id: int
    by: str


@dataclass(frozen=True, slots=True)
class OperatorChanged:
    """Somebody's card, rights or status changed, or they were removed (`view` is None then)."""

    operator_id: int
    view: OperatorView | None
    rights_changed: bool = False
    status_changed: bool = False


@dataclass(frozen=True, slots=True)
class DepartmentChanged:
    """A department was made, changed or removed; who belongs where may have changed with it."""

    department_id: int


@dataclass(frozen=True, slots=True)
class SettingsChanged:
    pass


@dataclass(frozen=True, slots=True)
class PlacementChanged:
    placement_id: int


@dataclass(frozen=True, slots=True)
class SessionEnded:
    """A sign-in ended: its sockets must go. Without a session, all of the operator's."""

    operator_id: int
    session_id: int | None
    reason: str
    but_session_id: int | None = None


@dataclass(frozen=True, slots=True)
class VisitorsMoved:
    """Page views began or ended."""


@dataclass(frozen=True, slots=True)
class OutboxFilled:
    """Something waits to be sent."""


@dataclass(frozen=True, slots=True)
class DeliveriesWritten:
    """Webhooks have something to tell."""


@dataclass(frozen=True, slots=True)
class WebhooksChanged:
    """Who is told of what is not the same any more."""


Event = (
    ChatChanged
    | ChatAssigned
    | ChatReturned
    | Disconnected
    | OperatorChanged
    | DepartmentChanged
    | SettingsChanged
    | PlacementChanged
    | SessionEnded
    | VisitorsMoved
    | OutboxFilled
    | DeliveriesWritten
    | WebhooksChanged
)
Subscriber = Callable[[Event], None]
Witness = Callable[[Session, Sequence[Event]], None]
"""Writes what follows from events into their own transaction."""

_OUTBOX = "events"


def record(session: Session, happened: Event) -> None:
    """Put an event into the transaction's outbox: published when it commits, forgotten when it does not.

    What follows under the same revision of a chat belongs to the same change, and is told together with it.
    """
    if not session.in_transaction():
        # Without one there would be nothing to roll back, and the event would wait for somebody else's commit.
        session.begin()
    outbox: list[Event] = session.info.setdefault(_OUTBOX, [])
    if isinstance(happened, ChatChanged):
        earlier = last_change(session, happened.chat)
        if earlier is not None and earlier.revision == happened.revision:
            messages = earlier.messages + happened.messages
            outbox[-1] = replace(happened, before=earlier.before, messages=messages)
            return
    outbox.append(happened)


def last_change(session: Session, chat: str) -> ChatChanged | None:
    """What this transaction has just recorded, if that is a change of this chat."""
    last = next(reversed(session.info.get(_OUTBOX, ())), None)
    return last if isinstance(last, ChatChanged) and last.chat == chat else None


def take(session: Session) -> list[Event]:
    """What the transaction has to tell, for a caller that publishes it itself once it has committed."""
    _call_witnesses(session)
    happened: list[Event] = session.info.pop(_OUTBOX, [])
    return happened


class Publisher:
    """Hands committed events to whoever asked for them; a subscriber that fails harms nobody else."""

    def __init__(self) -> None:
        self._subscribers: list[Subscriber] = []
        self._witnesses: list[Witness] = []

    def subscribe(self, subscriber: Subscriber) -> None:
        self._subscribers.append(subscriber)

    def call_in(self, witness: Witness) -> None:
        """Let it see the events of every transaction before the commit; what it cannot write, nobody can commit."""
        self._witnesses.append(witness)

    def show_witnesses(self, session: Session, happened: Sequence[Event]) -> None:
        for witness in self._witnesses:
            witness(session, happened)

    def publish(self, happened: Event) -> None:
        for subscriber in self._subscribers:
            try:
                subscriber(happened)
            except Exception:
                # The change is committed: clients catch up by revision, so the loss of a hint is healed.
                log.exception("event.subscriber_failed", happened=type(happened).__name__)


def publisher(app: Flask) -> Publisher:
    """The application's own."""
    found: Publisher = app.extensions["publisher"]
    return found


def init_app(app: Flask) -> None:
    """Each application publishes to its own subscribers."""
    app.extensions["publisher"] = Publisher()


# Before all others: nobody may wait for a row while holding the last lock of the transaction, the audit log's.
@event.listens_for(db.session, "before_commit", insert=True)
def _before_commit(session: Session) -> None:
    if not session.in_nested_transaction():
        _call_witnesses(session)


def _call_witnesses(session: Session) -> None:
    happened = session.info.get(_OUTBOX)
    if happened:
        publisher(current_app).show_witnesses(session, tuple(happened))


@event.listens_for(db.session, "after_commit")
def _publish(session: Session) -> None:
    """Whoever commits publishes: commands, loops and Flask-Admin's own commits alike."""
    if session.in_nested_transaction():
        return
    happened = session.info.pop(_OUTBOX, ())
    if happened:
        own = publisher(current_app)
        for one in happened:
            own.publish(one)


@event.listens_for(db.session, "after_rollback")
def _forget(session: Session) -> None:
    if not session.in_nested_transaction():
        session.info.pop(_OUTBOX, None)
