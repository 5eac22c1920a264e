"""What tests of the actions share: people who act, the events that commits publish, and counted statements."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import Any, TypeVar

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from actions import chats, sign_in
from actions.assignment import Snapshot, claim, look
from actions.events import Event, publisher
from models import Chat, ChatStep, Message, Operator, Visitor, db
from models.database import of_one_moment, unit_of_work
from models.queries import people
from models.queries.chats import ChatView
from models.settings import load_settings
from policy.facts import OperatorFacts
from policy.transitions import Step
from tests.actions.crowd import Crowd
from tests.support.clock import SteppingClock
from tests.support.company import chat_called

E = TypeVar("E")
Do = Callable[..., Any]
FactsOf = Callable[[Operator], OperatorFacts]
Counting = Callable[[], AbstractContextManager[list[str]]]


class Heard:
    """Every event that commits have published so far."""

    def __init__(self) -> None:
        self.all: list[Event] = []

    def __call__(self, happened: Event) -> None:
        self.all.append(happened)

    def of(self, kind: type[E]) -> list[E]:
        return [happened for happened in self.all if isinstance(happened, kind)]

    def forget(self) -> None:
        self.all.clear()


@pytest.fixture
def heard(storage: Flask) -> Heard:
    listener = Heard()
    publisher(storage).subscribe(listener)
    return listener


@pytest.fixture
def facts(session: Session) -> FactsOf:
    """What decisions know of an operator at this moment."""

    def of(operator: Operator) -> OperatorFacts:
        session.rollback()
        person = people.person(session, operator.id)
        assert person is not None
        return people.facts_of(session, person)

    return of


@pytest.fixture
def do(session: Session, clock: SteppingClock, facts: FactsOf) -> Do:
    """`do("take", anna, chat_id)` carries out `chats.take` as an edge does: fresh facts, one transaction."""

    def carry_out(action: str, who: Operator | Visitor, *arguments: Any) -> Any:
        actor = facts(who) if isinstance(who, Operator) else who.id
        with unit_of_work(session):
            answer = getattr(chats, action)(session, actor, *arguments, clock())
        return chat_called(session, answer.id) if isinstance(answer, ChatView) else answer

    return carry_out


@pytest.fixture
def crowd(storage: Flask) -> Crowd:
    return Crowd(storage)


@pytest.fixture
def counted(storage: Flask) -> Counting:
    """`with counted() as statements:` lists what was sent to the database meanwhile."""

    @contextmanager
    def count() -> Iterator[list[str]]:
        statements: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            statements.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield statements
        finally:
            event.remove(db.engine, "before_cursor_execute", note)

    return count


def steps_of(session: Session, chat: Chat) -> list[Step]:
    return list(
        session.scalars(select(ChatStep.step).where(ChatStep.chat_id == chat.id).order_by(ChatStep.id))
    )


def bodies_in(session: Session, chat: Chat) -> list[str]:
    return list(session.scalars(select(Message.body).where(Message.chat_id == chat.id).order_by(Message.seq)))


def set_auto(session: Session, *, on: bool) -> None:
    with unit_of_work(session):
        load_settings(session).auto_assignment = on


def serve(session: Session, now: Callable[[], datetime]) -> int:
    """Serve the queue until nothing more can be served, as the loop of a process does; how many chats were given."""
    given, waits = 0, False
    while (snapshot := looked(session)).decisions:
        with unit_of_work(session):
            was_given = claim(session, snapshot, now(), waits=waits)
        given += was_given
        waits = not (was_given or waits)
    return given


def looked(session: Session) -> Snapshot:
    with of_one_moment(session):
        return look(session)


def signed_in(session: Session, operator: Operator, clock: SteppingClock) -> int:
    """The number of a session in which the operator is signed in, in the status that they have."""
    with unit_of_work(session):
        token = sign_in.start_session(
            session,
            operator,
            operator.presence.status,
            clock(),
            address="192.0.2.9",
            user_agent="Test",
            is_remembered=False,
        )
    own = sign_in.session_of(session, token, clock())
    assert own is not None
    return own.session_id
