"""A visitor writes in a chat that has ended: it goes on, once, with whom it was or in the queue."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from actions.errors import ChatClosed, Conflict, NotFound
from actions.events import ChatAssigned, ChatChanged
from actions.messages import Author, Post, Posted
from actions.reopening import write_again
from models import Chat, Operator, VisitorPresence
from models.database import unit_of_work
from models.settings import load_settings
from policy.statuses import OperatorStatus
from policy.transitions import ChatState, Step
from tests.actions.conftest import Do, Heard, bodies_in, steps_of
from tests.actions.crowd import Crowd
from tests.support.clock import SteppingClock
from tests.support.company import Company

ONLINE = OperatorStatus.ONLINE


@pytest.fixture
def anna(company: Company) -> Operator:
    return company.operator("Anna", status=ONLINE, max_chats=2)


@pytest.fixture
def ended(company: Company, do: Do, anna: Operator) -> Chat:
    chat = company.chat()
    do("take", anna, chat.public_id)
    do("close_by_operator", anna, chat.public_id)
    return chat


@pytest.fixture
def write(session: Session, clock: SteppingClock) -> Any:
    def go(chat: Chat, body: str = "Again", client_id: str = "one", visitor_id: int | None = None) -> Posted:
        author = Author(visitor_id=visitor_id or chat.visitor_id)
        with unit_of_work(session):
            posted = write_again(session, Post(author, chat.public_id, client_id, body), clock())
        session.expire_all()
        return posted

    return go


def test_it_goes_on_with_its_operator(
    session: Session, ended: Chat, anna: Operator, clock: SteppingClock, heard: Heard, write: Any
) -> None:
    at = clock.forward(hours=23)
    heard.forget()
    posted = write(ended)
    assert (ended.state, ended.operator_id, ended.assigned_at) == (ChatState.QUEUE, anna.id, at)
    assert (ended.queued_at, ended.closed_at, ended.waiting_since) == (at, None, at)
    assert (posted.seq, posted.duplicate) == (ended.last_seq, False)
    assert bodies_in(session, ended)[-1] == "Again"
    assert steps_of(session, ended)[-1] is Step.REOPEN
    assert session.get_one(VisitorPresence, ended.visitor_id).seen_at == at
    assert heard.of(ChatAssigned) == [ChatAssigned(ended.public_id, anna.id)]
    changes = heard.of(ChatChanged)
    assert [change.revision for change in changes] == [posted.revision - 1, posted.revision]
    assert changes[0].before is not None and changes[0].before.state is ChatState.CLOSED_BY_OPERATOR


@pytest.mark.parametrize("how", ["lunch", "full", "deleted"])
def test_else_it_waits_in_the_queue_at_a_new_place(
    company: Company,
    session: Session,
    ended: Chat,
    anna: Operator,
    do: Do,
    clock: SteppingClock,
    write: Any,
    how: str,
) -> None:
    if how == "full":
        for _ in range(2):
            do("take", anna, company.chat().public_id)
    with unit_of_work(session):
        if how == "lunch":
            anna.presence.status = OperatorStatus.LUNCH
        if how == "deleted":
            anna.deleted_at = clock()
    at = clock.forward(hours=1)
    write(ended)
    assert (ended.state, ended.operator_id, ended.assigned_at) == (ChatState.QUEUE, None, None)
    assert ended.queued_at == at


def test_later_it_is_refused_as_closed(
    session: Session, ended: Chat, clock: SteppingClock, write: Any
) -> None:
    clock.forward(hours=24)
    with pytest.raises(ChatClosed):
        write(ended)
    with unit_of_work(session):
        load_settings(session).reopens_within_hours = 25
    write(ended)
    assert ended.state is ChatState.QUEUE


def test_switched_off_it_is_refused_at_once(session: Session, ended: Chat, write: Any) -> None:
    with unit_of_work(session):
        load_settings(session).reopens_within_hours = 0
    with pytest.raises(ChatClosed):
        write(ended)


def test_only_the_last_chat_goes_on_and_only_its_visitor_writes(
    company: Company, ended: Chat, do: Do, write: Any
) -> None:
    with pytest.raises(NotFound):
        write(ended, visitor_id=company.visitor().id)
    newer = company.chat(ended.visitor)
    with pytest.raises(ChatClosed):
        write(ended)
    do("close_by_visitor", ended.visitor, newer.public_id)
    write(newer)
    assert newer.state is ChatState.QUEUE


def test_the_same_words_again_open_nothing_and_other_words_are_a_conflict(
    session: Session, ended: Chat, anna: Operator, do: Do, write: Any
) -> None:
    first = write(ended)
    with pytest.raises(Conflict):
        write(ended, "Other words")
    again = write(ended)
    assert (again.seq, again.duplicate) == (first.seq, True)
    assert steps_of(session, ended).count(Step.REOPEN) == 1


def test_two_messages_at_once_open_it_once(
    session: Session, ended: Chat, clock: SteppingClock, crowd: Crowd
) -> None:
    chat, visitor_id = ended.public_id, ended.visitor_id
    session.rollback()

    def write_as(client_id: str) -> Any:
        def go(own: Session) -> int:
            with unit_of_work(own):
                author = Author(visitor_id=visitor_id)
                return write_again(own, Post(author, chat, client_id, client_id), clock()).seq

        return go

    seqs = crowd.together(*[write_as(name) for name in "abcd"])
    assert sorted(seqs) == [2, 3, 4, 5] or len(set(seqs)) == 4
    session.expire_all()
    assert steps_of(session, ended).count(Step.REOPEN) == 1
