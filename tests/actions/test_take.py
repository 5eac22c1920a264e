"""A chat is taken by one person, and taken over by those in charge."""

import pytest
from sqlalchemy.orm import Session

from actions.errors import AlreadyTaken, ChatClosed, Forbidden, NotFound, NotNow
from actions.events import ChatChanged
from policy.statuses import OperatorStatus
from policy.transitions import ChatState, Step
from tests.actions.conftest import Do, Heard, set_auto, steps_of
from tests.support.clock import SteppingClock
from tests.support.company import Company


def test_taking_makes_it_a_conversation(
    company: Company, do: Do, session: Session, clock: SteppingClock, heard: Heard
) -> None:
    anna = company.operator("Anna", status=OperatorStatus.ONLINE)
    chat = company.chat()
    heard.forget()
    at = clock.forward(seconds=30)
    taken = do("take", anna, chat.public_id)
    assert (taken.chat.state, taken.chat.operator_id) == (ChatState.CHATTING, anna.id)
    assert (taken.chat.assigned_at, taken.above_limit) == (at, False)
    assert steps_of(session, chat) == [Step.START, Step.TAKE]
    (change,) = heard.of(ChatChanged)
    assert change.before.operator_id is None
    assert change.after.operator_id == change.view.operator.id == anna.id


def test_the_second_is_told_who_was_first(company: Company, do: Do) -> None:
    anna, boris = (company.operator(name, status=OperatorStatus.ONLINE) for name in ("Anna", "Boris"))
    chat = company.chat()
    do("take", anna, chat.public_id)
    with pytest.raises(AlreadyTaken) as refused:
        do("take", boris, chat.public_id)
    assert refused.value.operator == "Anna"


def test_who_came_after_the_end_is_told_so(company: Company, do: Do, session: Session) -> None:
    anna = company.operator("Anna", status=OperatorStatus.ONLINE)
    visitor = company.visitor()
    chat = company.chat(visitor)
    do("close_by_visitor", visitor, chat.public_id)
    with pytest.raises(ChatClosed):
        do("take", anna, chat.public_id)
    assert steps_of(session, chat) == [Step.START, Step.CLOSE_BY_VISITOR]


def test_outsiders_learn_nothing_at_any_time(company: Company, do: Do) -> None:
    sales = company.department("sales")
    anna = company.operator("Anna", status=OperatorStatus.ONLINE, departments=[sales])
    stranger = company.operator("Stranger", status=OperatorStatus.ONLINE)
    visitor = company.visitor()
    chat = company.chat(visitor, department="sales")
    for step in (
        lambda: None,
        lambda: do("take", anna, chat.public_id),
        lambda: do("close_by_visitor", visitor, chat.public_id),
    ):
        step()
        with pytest.raises(NotFound):
            do("take", stranger, chat.public_id)
    with pytest.raises(NotFound):
        do("take", stranger, "x" * 22)


def test_the_own_one_cannot_be_taken_twice(company: Company, do: Do) -> None:
    anna = company.operator("Anna", status=OperatorStatus.ONLINE)
    chat = company.chat()
    do("take", anna, chat.public_id)
    with pytest.raises(NotNow):
        do("take", anna, chat.public_id)


@pytest.mark.parametrize("status", OperatorStatus)
def test_only_online_and_invisible_people_take_by_hand(
    company: Company, do: Do, status: OperatorStatus
) -> None:
    anna = company.operator("Anna", status=status)
    chat = company.chat()
    if status in (OperatorStatus.ONLINE, OperatorStatus.INVISIBLE):
        assert do("take", anna, chat.public_id).chat.operator_id == anna.id
    else:
        with pytest.raises(NotNow):
            do("take", anna, chat.public_id)


def test_above_the_limit_it_goes_with_a_warning(company: Company, do: Do) -> None:
    anna = company.operator("Anna", status=OperatorStatus.ONLINE, max_chats=1)
    first, second = company.chat(), company.chat()
    assert not do("take", anna, first.public_id).above_limit
    assert do("take", anna, second.public_id).above_limit


def test_under_auto_assignment_only_those_in_charge_take(company: Company, do: Do, session: Session) -> None:
    sales = company.department("sales")
    anna = company.operator("Anna", status=OperatorStatus.ONLINE, departments=[sales])
    leader = company.operator(
        "Leader", status=OperatorStatus.ONLINE, departments=[sales], subordinates=[anna]
    )
    head = company.operator("Head", status=OperatorStatus.INVISIBLE, supervised_departments=[sales])
    set_auto(session, on=True)
    chat = company.chat(department="sales")
    for person in (anna, leader):
        with pytest.raises(Forbidden):
            do("take", person, chat.public_id)
    assert do("take", head, chat.public_id).chat.operator_id == head.id


def test_one_begins_the_chat_that_was_given_to_one(company: Company, do: Do) -> None:
    anna, boris = (company.operator(name, status=OperatorStatus.ONLINE) for name in ("Anna", "Boris"))
    chat = company.chat()
    do("take", anna, chat.public_id)
    do("redirect_to_operator", anna, chat.public_id, boris.id, "")
    taken = do("take", boris, chat.public_id)
    assert (taken.chat.state, taken.above_limit) == (ChatState.CHATTING, False)


def test_the_one_in_charge_gets_it_and_the_colleague_lets_go(
    company: Company, do: Do, heard: Heard, session: Session
) -> None:
    anna = company.operator("Anna", status=OperatorStatus.ONLINE)
    leader = company.operator("Leader", status=OperatorStatus.ONLINE, subordinates=[anna])
    chat = company.chat()
    do("take", anna, chat.public_id)
    heard.forget()
    taken = do("take_over", leader, chat.public_id)
    assert (taken.chat.operator_id, taken.chat.state) == (leader.id, ChatState.CHATTING)
    (change,) = heard.of(ChatChanged)
    assert (change.before.operator_id, change.after.operator_id) == (anna.id, leader.id)
    assert steps_of(session, chat)[-1] is Step.TAKE_OVER


def test_it_is_not_for_colleagues_and_not_known_to_strangers(company: Company, do: Do) -> None:
    anna, boris = (company.operator(name, status=OperatorStatus.ONLINE) for name in ("Anna", "Boris"))
    chat = company.chat()
    do("take", anna, chat.public_id)
    with pytest.raises(NotFound):
        do("take_over", boris, chat.public_id)


def test_not_while_one_is_away_nor_from_oneself_nor_of_what_waits_or_ended(company: Company, do: Do) -> None:
    anna = company.operator("Anna", status=OperatorStatus.ONLINE)
    leader = company.operator("Leader", status=OperatorStatus.LUNCH, subordinates=[anna])
    own, waiting, ended = company.chat(), company.chat(), company.chat()
    do("take", anna, own.public_id)
    do("take", anna, ended.public_id)
    with pytest.raises(NotNow):
        do("take_over", leader, own.public_id)
    with pytest.raises(NotNow):
        do("take_over", anna, own.public_id)
    with pytest.raises(NotNow):
        do("take_over", anna, waiting.public_id)
    do("close_by_operator", anna, ended.public_id)
    with pytest.raises(ChatClosed):
        do(
            "take_over",
            company.operator("Chief", status=OperatorStatus.ONLINE, is_admin=True),
            ended.public_id,
        )


def test_an_administrators_chat_is_out_of_reach(company: Company, do: Do) -> None:
    sales = company.department("sales")
    admin = company.operator("Chief", status=OperatorStatus.ONLINE, is_admin=True)
    head = company.operator("Head", status=OperatorStatus.ONLINE, supervised_departments=[sales])
    chat = company.chat(department="sales")
    do("take", admin, chat.public_id)
    with pytest.raises(NotFound):
        do("take_over", head, chat.public_id)
