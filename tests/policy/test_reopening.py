from dataclasses import replace

import pytest
from hypothesis import given

from policy.facts import ChatFacts, OperatorFacts
from policy.reopening import goes_on, stays_with
from policy.routing import can_answer
from policy.statuses import OperatorStatus
from policy.transitions import ChatState
from tests.policy.examples import NOW, ago, chat, chats, ids, operator, operators


@pytest.mark.parametrize(
    ("closed_at", "hours", "expected"),
    [
        (ago(3599), 1, True),
        (ago(3600), 1, False),
        (ago(0), 0, False),
        (None, 24, False),
    ],
)
def test_a_chat_goes_on_within_the_set_time(closed_at: object, hours: int, expected: bool) -> None:
    assert goes_on(closed_at, NOW, hours) is expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        (operator(), True),
        (operator(load=4), True),
        (operator(load=5), False),
        (operator(2), False),
        (operator(status=OperatorStatus.LUNCH), False),
        (operator(status=OperatorStatus.OFFLINE), False),
        (operator(is_active=False), False),
        (None, False),
    ],
)
def test_it_stays_with_its_operator_if_they_may_have_it_and_have_room(
    person: OperatorFacts | None, expected: bool
) -> None:
    assert stays_with(person, chat(state=ChatState.CLOSED, operator_id=1)) is expected


def test_whom_the_visitor_asked_for_once_does_not_matter_any_more() -> None:
    ended = chat(state=ChatState.CLOSED, operator_id=1, requested_operator_id=7, department_id=3)
    assert stays_with(operator(department_ids=ids(3)), ended)
    assert not stays_with(operator(), ended)


@given(operators(), chats(state=ChatState.CLOSED))
def test_nobody_gets_it_above_the_limit_or_without_a_right_to_it(
    person: OperatorFacts, ended: ChatFacts
) -> None:
    if stays_with(person, ended):
        assert person.load < person.max_chats
        assert person.status is OperatorStatus.ONLINE
        assert can_answer(person, replace(ended, requested_operator_id=None))
