from dataclasses import replace

import pytest
from hypothesis import given

from policy.facts import ChatFacts, OperatorFacts
from policy.languages import Language
from policy.routing import (
    can_answer,
    can_be_assigned,
    department_of,
    is_waiting,
    language_of,
    may_take_by_hand,
)
from policy.statuses import OperatorStatus
from policy.transitions import ChatState
from tests.policy.examples import chat, chats, ids, operator, operators

IN_ONE = operator(department_ids=ids(1))
IN_NONE = operator()


@pytest.mark.parametrize(
    ("person", "asked", "expected"),
    [
        (IN_ONE, chat(department_id=1), True),
        (IN_ONE, chat(department_id=2), False),
        (IN_ONE, chat(department_id=None), True),
        (IN_NONE, chat(department_id=None), True),
        (IN_NONE, chat(department_id=1), False),
        (operator(languages=frozenset({Language.RU})), chat(language=Language.RU), True),
        (operator(languages=frozenset({Language.RU})), chat(language=Language.HE), False),
        (operator(languages=frozenset()), chat(language=Language.HE), True),
        (operator(1), chat(requested_operator_id=1), True),
        (operator(1), chat(requested_operator_id=2), False),
        (IN_ONE, chat(department_id=2, requested_operator_id=1), False),
        (replace(IN_ONE, is_active=False), chat(department_id=1), False),
    ],
)
def test_who_can_answer(person: OperatorFacts, asked: ChatFacts, expected: bool) -> None:
    assert can_answer(person, asked) is expected


@pytest.mark.parametrize("status", OperatorStatus)
def test_only_the_online_with_a_free_place_are_assigned(status: OperatorStatus) -> None:
    person = operator(status=status, load=4, max_chats=5)
    assert can_answer(person, chat())
    assert can_be_assigned(person, chat()) is (status is OperatorStatus.ONLINE)
    assert not can_be_assigned(replace(person, load=5), chat())
    assert not can_be_assigned(replace(person, load=6), chat())


@given(operators(), chats())
def test_who_can_be_assigned_can_answer_and_is_below_the_limit(
    person: OperatorFacts, asked: ChatFacts
) -> None:
    if can_be_assigned(person, asked):
        assert can_answer(person, asked)
        assert person.load < person.max_chats
        assert person.status is OperatorStatus.ONLINE


@pytest.mark.parametrize("status", OperatorStatus)
@pytest.mark.parametrize("auto_assignment", [False, True])
@pytest.mark.parametrize(
    ("person", "in_manual", "in_auto"),
    [
        (operator(department_ids=ids(1)), True, False),
        (
            operator(department_ids=ids(1), subordinate_ids=ids(2), subordinate_department_ids=ids(1)),
            True,
            False,
        ),
        (operator(department_ids=ids(2)), False, False),
        (operator(supervised_department_ids=ids(1)), True, True),
        (operator(department_ids=ids(1), supervised_department_ids=ids(2)), True, False),
        (operator(is_admin=True), True, True),
        (operator(department_ids=ids(1), is_active=False), False, False),
        (operator(is_admin=True, is_active=False), False, False),
    ],
)
def test_who_takes_a_waiting_chat(
    person: OperatorFacts, in_manual: bool, in_auto: bool, auto_assignment: bool, status: OperatorStatus
) -> None:
    """By who can answer; under auto-assignment by those in charge only; always online or invisible."""
    expected = in_auto if auto_assignment else in_manual
    allowed = expected and status in (OperatorStatus.ONLINE, OperatorStatus.INVISIBLE)
    asked = chat(department_id=1)
    assert may_take_by_hand(replace(person, status=status), asked, auto_assignment) is allowed
    # The limit binds the system, not people.
    assert may_take_by_hand(replace(person, status=status, load=99), asked, auto_assignment) is allowed


@pytest.mark.parametrize("auto_assignment", [False, True])
def test_an_assigned_chat_is_begun_by_its_operator_and_nobody_else(auto_assignment: bool) -> None:
    mine = chat(operator_id=1)
    for status in OperatorStatus:
        works = status is not OperatorStatus.OFFLINE
        assert may_take_by_hand(operator(1, status=status), mine, auto_assignment) is works
    assert not may_take_by_hand(operator(2, is_admin=True), mine, auto_assignment)


@pytest.mark.parametrize("state", [state for state in ChatState if state is not ChatState.QUEUE])
def test_only_what_stands_in_the_queue_can_be_taken(state: ChatState) -> None:
    assert not may_take_by_hand(operator(1, is_admin=True), chat(state=state), auto_assignment=False)
    assert not may_take_by_hand(operator(1), chat(state=state, operator_id=1), auto_assignment=False)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (chat(), True),
        (chat(operator_id=1), False),
        (chat(state=ChatState.CHATTING), False),
        (chat(state=ChatState.INVITATION), False),
        (chat(state=ChatState.CLOSED), False),
    ],
)
def test_a_chat_waits_in_the_queue_without_an_operator(asked: ChatFacts, expected: bool) -> None:
    assert is_waiting(asked) is expected


@pytest.mark.parametrize(
    ("said", "department"),
    [
        ((1, 2, 3, 4, 5), 1),
        ((None, 2, 3, 4, 5), 2),
        ((None, None, 3, 4, 5), 3),
        ((None, None, None, 4, 5), 4),
        ((None, None, None, None, 5), 5),
        ((None, None, None, None, None), None),
        ((None, 0, 3, 4, 5), 0),
    ],
)
def test_the_department_comes_from_the_first_that_says_one(
    said: tuple[int | None, ...], department: int | None
) -> None:
    assert department_of(*said) == department


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ((Language.HE, Language.EN, Language.TR), Language.HE),
        ((None, Language.EN, Language.TR), Language.EN),
        ((None, None, Language.TR), Language.TR),
        ((None, None, None), Language.RU),
    ],
)
def test_the_language_comes_from_the_first_that_says_one(
    said: tuple[Language | None, Language | None, Language | None], language: Language
) -> None:
    assert language_of(*said, Language.RU) is language
