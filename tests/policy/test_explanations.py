from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.assignment import Choice, Reason, Tiebreak, choose, explain, why
from policy.facts import ChatFacts, OperatorFacts
from policy.languages import Language
from policy.statuses import OperatorStatus
from tests.policy.examples import ago, chat, chats, ids, operator, people_numbers, teams

RUSSIAN = frozenset({Language.RU})
FULL = {"load": 5, "max_chats": 5}


@pytest.mark.parametrize(
    ("asked", "people", "tried", "reason"),
    [
        (chat(), [operator()], ids(), Reason.OPERATOR_FREE),
        (chat(), [operator(1, **FULL), operator(2, **FULL)], ids(), Reason.ALL_AT_LIMIT),
        (chat(), [operator(1), operator(2, **FULL)], ids(1), Reason.FREE_ONES_HAD_IT),
        (chat(), [operator(1), operator(2, **FULL)], ids(1, 2), Reason.OPERATOR_FREE),
        (chat(), [operator(status=OperatorStatus.LUNCH)], ids(), Reason.NOBODY_ONLINE),
        (chat(), [], ids(), Reason.NOBODY_IN_DEPARTMENT),
        (chat(), [operator(is_active=False)], ids(), Reason.NOBODY_IN_DEPARTMENT),
        (chat(department_id=1), [operator()], ids(), Reason.NOBODY_IN_DEPARTMENT),
        (chat(language=Language.HE), [operator(languages=RUSSIAN)], ids(), Reason.NOBODY_SPEAKS_LANGUAGE),
        (
            chat(language=Language.HE),
            [operator(1, languages=RUSSIAN), operator(2, status=OperatorStatus.BREAK)],
            ids(),
            Reason.NOBODY_ONLINE_SPEAKS_LANGUAGE,
        ),
        (
            chat(requested_operator_id=1),
            [operator(1, **FULL), operator(2)],
            ids(),
            Reason.ASKED_OPERATOR_AT_LIMIT,
        ),
        (
            chat(requested_operator_id=1),
            [operator(1, status=OperatorStatus.OFFLINE), operator(2)],
            ids(),
            Reason.ASKED_OPERATOR_AWAY,
        ),
        (chat(requested_operator_id=9), [operator(1)], ids(), Reason.ASKED_OPERATOR_AWAY),
    ],
)
def test_why_a_chat_waits(
    asked: ChatFacts, people: Sequence[OperatorFacts], tried: frozenset[int], reason: Reason
) -> None:
    assert explain(asked, people, tried).reason is reason


def test_the_numbers_behind_a_wait() -> None:
    people = [
        operator(1, load=5, max_chats=5, department_ids=ids(1)),
        operator(2, load=6, max_chats=5, department_ids=ids(1)),
        operator(3, status=OperatorStatus.LUNCH, department_ids=ids(1)),
        operator(4, department_ids=ids(2)),
        operator(5, department_ids=ids(1), languages=frozenset({Language.HE})),
        operator(6, department_ids=ids(1), is_active=False),
    ]
    found = explain(chat(department_id=1), people)
    assert (found.reason, found.can_answer, found.free, found.at_limit) == (Reason.ALL_AT_LIMIT, 3, 0, 2)
    assert (found.not_online, found.limit) == (1, 5)
    assert (found.online_in_other_departments, found.online_with_other_languages) == (1, 1)


def test_a_limit_is_named_only_when_it_is_one_for_all() -> None:
    people = [operator(1, load=2, max_chats=2), operator(2, load=5, max_chats=5)]
    assert explain(chat(), people).limit is None


@given(chats(), teams(), st.frozensets(people_numbers))
def test_an_explanation_agrees_with_the_decision(
    asked: ChatFacts, people: list[OperatorFacts], tried: frozenset[int]
) -> None:
    found = explain(asked, people, tried)
    assert (found.reason is Reason.OPERATOR_FREE) is (choose(asked, people, tried) is not None)
    assert found.can_answer == found.free + found.at_limit + found.not_online
    assert (found.limit is None) or found.at_limit > 0


@pytest.mark.parametrize(
    ("people", "choice"),
    [
        ([operator(1)], Choice(Tiebreak.ONLY_ONE, 0, 5, 1, was_asked_for=False)),
        ([operator(1), operator(2, load=5)], Choice(Tiebreak.ONLY_ONE, 0, 5, 1, was_asked_for=False)),
        (
            [operator(1, load=1), operator(2, load=2)],
            Choice(Tiebreak.FEWEST_CHATS, 1, 5, 2, was_asked_for=False),
        ),
        (
            [operator(1), operator(2, last_assigned_at=ago(3))],
            Choice(Tiebreak.LONGEST_WITHOUT, 0, 5, 2, was_asked_for=False),
        ),
        (
            [operator(1, sort_order=1, max_chats=9), operator(2), operator(3)],
            Choice(Tiebreak.SORT_ORDER, 0, 9, 3, was_asked_for=False),
        ),
        ([operator(1), operator(2)], Choice(Tiebreak.NUMBER, 0, 5, 2, was_asked_for=False)),
    ],
)
def test_why_this_operator(people: Sequence[OperatorFacts], choice: Choice) -> None:
    chosen = choose(chat(), people)
    assert chosen is not None
    assert why(chosen, chat(), people) == choice


def test_an_operator_whom_the_visitor_asked_for() -> None:
    asked = chat(requested_operator_id=2)
    people = [operator(1), operator(2, load=3)]
    assert why(people[1], asked, people) == Choice(Tiebreak.ONLY_ONE, 3, 5, 1, was_asked_for=True)
