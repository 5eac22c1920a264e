"""A chat is redirected, goes back to its place in the queue, and ends."""

import uuid

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from actions import returns
from actions.errors import ChatClosed, Forbidden, Invalid, NotFound
from actions.events import ChatAssigned, ChatChanged
from actions.messages import Author, Post, post_messages
from models import ChatStep
from models.database import unit_of_work
from policy.statuses import OperatorStatus
from policy.transitions import ChatState, Step
from tests.actions.conftest import Do, Heard
from tests.support.clock import SteppingClock
from tests.support.company import Company


def test_to_a_colleague_it_is_assigned_and_keeps_its_place(
    company: Company, do: Do, session: Session, clock: SteppingClock, heard: Heard
) -> None:
    anna, boris = (company.operator(name, status=OperatorStatus.ONLINE) for name in ("Anna", "Boris"))
    chat = company.chat()
    place = chat.queued_at
    do("take", anna, chat.public_id)
    heard.forget()
    clock.forward(minutes=3)
    moved = do("redirect_to_operator", anna, chat.public_id, boris.id, "She asks for you")
    assert (moved.chat.operator_id, moved.chat.state) == (boris.id, ChatState.QUEUE)
    assert moved.chat.queued_at == place
    assert heard.of(ChatAssigned) == [ChatAssigned(chat.public_id, boris.id)]
    (step,) = session.scalars(select(ChatStep).where(ChatStep.step == Step.REDIRECT))
    assert (step.note, step.by_operator_id, step.operator_id) == ("She asks for you", anna.id, boris.id)


def test_above_the_colleagues_limit_it_goes_with_a_warning(company: Company, do: Do) -> None:
    anna, boris = (
        company.operator(name, status=OperatorStatus.ONLINE, max_chats=1) for name in ("Anna", "Boris")
    )
    for person, warned in ((boris, None), (anna, True)):
        chat = company.chat()
        do("take", person, chat.public_id)
        if warned is not None:
            assert do("redirect_to_operator", person, chat.public_id, boris.id, "").above_limit is warned


def test_to_a_department_it_waits_there_at_its_old_place(
    company: Company, do: Do, clock: SteppingClock
) -> None:
    sales = company.department("sales")
    anna = company.operator("Anna", status=OperatorStatus.ONLINE)
    chat = company.chat(operator=anna.public_id)
    place = chat.queued_at
    do("take", anna, chat.public_id)
    clock.forward(minutes=3)
    moved = do("redirect_to_department", anna, chat.public_id, sales.id, "").chat
    assert (moved.department_id, moved.operator_id, moved.requested_operator_id) == (sales.id, None, None)
    assert (moved.state, moved.queued_at, moved.assigned_at) == (ChatState.QUEUE, place, None)
    do_not_know = company.operator("Stranger", status=OperatorStatus.ONLINE)
    with pytest.raises(NotFound):
        do("take", do_not_know, chat.public_id)


def test_out_of_its_department_everybody_can_answer_it(company: Company, do: Do) -> None:
    sales = company.department("sales")
    anna = company.operator("Anna", status=OperatorStatus.ONLINE, departments=[sales])
    boris = company.operator("Boris", status=OperatorStatus.ONLINE)
    chat = company.chat(department="sales")
    do("take", anna, chat.public_id)
    do("redirect_to_department", anna, chat.public_id, None, "")
    assert do("take", boris, chat.public_id).chat.operator_id == boris.id


def test_impossible_aims_are_named(company: Company, do: Do) -> None:
    anna = company.operator("Anna", status=OperatorStatus.ONLINE)
    away = company.operator("Away", status=OperatorStatus.OFFLINE)
    chat = company.chat()
    do("take", anna, chat.public_id)
    for aim, wrong in ((0, "not_found"), (anna.id, "same"), (away.id, "offline")):
        with pytest.raises(Invalid) as refused:
            do("redirect_to_operator", anna, chat.public_id, aim, "")
        assert refused.value.fields == {"operator": wrong}
    with pytest.raises(Invalid) as refused:
        do("redirect_to_department", anna, chat.public_id, 999, "")
    assert refused.value.fields == {"department": "not_found"}


def test_a_waiting_chat_is_handed_out_by_those_in_charge_only(company: Company, do: Do) -> None:
    anna, boris = (company.operator(name, status=OperatorStatus.ONLINE) for name in ("Anna", "Boris"))
    chat = company.chat()
    with pytest.raises(Forbidden):
        do("redirect_to_operator", anna, chat.public_id, boris.id, "")
    moved = do("redirect_to_operator", company.administrator, chat.public_id, boris.id, "")
    assert moved.chat.operator_id == boris.id


def test_a_chat_that_ended_stays_where_it_is(company: Company, do: Do) -> None:
    anna, boris = (company.operator(name, status=OperatorStatus.ONLINE) for name in ("Anna", "Boris"))
    chat = company.chat()
    do("take", anna, chat.public_id)
    do("close_by_operator", anna, chat.public_id)
    for command in (("redirect_to_operator", boris.id), ("redirect_to_department", None)):
        with pytest.raises(ChatClosed):
            do(command[0], anna, chat.public_id, command[1], "")


def test_it_goes_back_to_its_old_place_and_says_why(
    company: Company, do: Do, session: Session, clock: SteppingClock
) -> None:
    anna = company.operator("Anna", status=OperatorStatus.ONLINE)
    chat = company.chat()
    place = chat.queued_at
    do("take", anna, chat.public_id)
    clock.forward(minutes=5)
    with unit_of_work(session):
        returns.return_chats(session, anna.id, [ChatState.CHATTING], "operator_gone", clock())
    session.refresh(chat)
    assert (chat.state, chat.operator_id, chat.assigned_at) == (ChatState.QUEUE, None, None)
    assert chat.queued_at == place
    (step,) = session.scalars(select(ChatStep).where(ChatStep.step == Step.RETURN_TO_QUEUE))
    assert step.why == {"reason": "operator_gone", "operator_id": anna.id}


def test_only_the_named_states_of_the_named_operator_go(
    company: Company, do: Do, session: Session, clock: SteppingClock
) -> None:
    anna, boris = (company.operator(name, status=OperatorStatus.ONLINE) for name in ("Anna", "Boris"))
    talked_in, given, of_boris = company.chat(), company.chat(), company.chat()
    do("take", anna, talked_in.public_id)
    do("take", boris, given.public_id)
    do("redirect_to_operator", boris, given.public_id, anna.id, "")
    do("take", boris, of_boris.public_id)
    with unit_of_work(session):
        returns.return_chats(session, anna.id, [ChatState.QUEUE], "operator_offline", clock())
    session.expire_all()
    assert (talked_in.operator_id, given.operator_id, of_boris.operator_id) == (anna.id, None, boris.id)


@pytest.mark.parametrize(
    ("action", "state"),
    [
        ("close_by_operator", ChatState.CLOSED_BY_OPERATOR),
        ("close_by_visitor", ChatState.CLOSED_BY_VISITOR),
    ],
)
def test_either_side_ends_it_once(
    company: Company, do: Do, clock: SteppingClock, action: str, state: ChatState
) -> None:
    anna = company.operator("Anna", status=OperatorStatus.ONLINE)
    visitor = company.visitor()
    chat = company.chat(visitor)
    do("take", anna, chat.public_id)
    at = clock.forward(minutes=1)
    who = anna if action == "close_by_operator" else visitor
    closed = do(action, who, chat.public_id)
    assert (closed.state, closed.closed_at, closed.waiting_since) == (state, at, None)
    assert closed.operator_id == anna.id
    with pytest.raises(ChatClosed):
        do(action, who, chat.public_id)


def test_a_visitor_ends_only_their_own(company: Company, do: Do) -> None:
    chat = company.chat()
    with pytest.raises(NotFound):
        do("close_by_visitor", company.visitor(), chat.public_id)


def test_a_colleague_may_not_end_what_they_only_see(company: Company, do: Do) -> None:
    anna = company.operator("Anna", status=OperatorStatus.ONLINE)
    chat = company.chat()
    with pytest.raises(Forbidden):
        do("close_by_operator", anna, chat.public_id)


def test_every_change_takes_the_visitors_next_revision(
    company: Company, do: Do, session: Session, heard: Heard, clock: SteppingClock
) -> None:
    """Over two chats of one visitor, whatever happens to them: 1, 2, 3 … without a gap, also in the events."""
    anna, boris = (company.operator(name, status=OperatorStatus.ONLINE) for name in ("Anna", "Boris"))
    visitor = company.visitor()
    first = company.chat(visitor)
    do("take", anna, first.public_id)
    do("redirect_to_operator", anna, first.public_id, boris.id, "")
    with unit_of_work(session):
        author = Author(visitor_id=visitor.id)
        post_messages(session, [Post(author, first.public_id, str(uuid.uuid4()), "Still there?")], clock())
    do("redirect_to_department", boris, first.public_id, None, "")
    do("close_by_visitor", visitor, first.public_id)
    second = company.chat(visitor)
    do("take", boris, second.public_id)
    do("close_by_operator", boris, second.public_id)
    changes = heard.of(ChatChanged)
    assert [change.revision for change in changes] == list(range(1, 10))
    assert all(change.previous == change.revision - 1 for change in changes)
    assert all(change.view is None or change.view.revision == change.revision for change in changes)
    session.refresh(visitor)
    assert visitor.revision == 9
