from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.assignment import (
    Assignment,
    Tiebreak,
    choose,
    first_of_each,
    plan,
    tried_after,
    why,
    with_those_ahead,
)
from policy.facts import ChatFacts, OperatorFacts
from policy.languages import Language
from policy.roster import Roster
from policy.routing import can_answer, can_be_assigned, is_on_duty, is_waiting
from policy.statuses import OperatorStatus
from policy.transitions import ChatState
from tests.policy.examples import (
    NOW,
    ago,
    chat,
    chats,
    ids,
    operator,
    people_numbers,
    queues,
    teams,
)

histories = st.dictionaries(st.integers(1, 50), st.frozensets(people_numbers), max_size=6)


@pytest.mark.parametrize(
    ("people", "chosen"),
    [
        ([], None),
        ([operator(1, load=2), operator(2, load=1), operator(3, load=3)], 2),
        ([operator(1, last_assigned_at=ago(5)), operator(2, last_assigned_at=ago(9))], 2),
        ([operator(1, last_assigned_at=ago(5)), operator(2)], 2),
        ([operator(1, sort_order=100), operator(2, sort_order=10)], 2),
        ([operator(2), operator(1)], 1),
        ([operator(1, load=1), operator(2, load=0, last_assigned_at=ago(1), sort_order=999)], 2),
        ([operator(1, last_assigned_at=ago(1), sort_order=1), operator(2, last_assigned_at=ago(2))], 2),
        ([operator(1, load=5), operator(2, load=4)], 2),
        ([operator(1, load=2, max_chats=2), operator(2, load=4)], 2),
        ([operator(1, load=5)], None),
        ([operator(1, max_chats=0)], None),
        ([operator(1, status=OperatorStatus.INVISIBLE)], None),
        ([operator(1, department_ids=ids(7)), operator(2, load=3)], 1),
    ],
)
def test_the_order_of_assignment(people: Sequence[OperatorFacts], chosen: int | None) -> None:
    """Fewest chats, then longest without a new one, then sort order, then number; nobody above the limit."""
    found = choose(chat(), people)
    assert (found and found.id) == chosen
    assert Roster(people).choose(chat()) == found


@pytest.mark.parametrize(
    ("tried", "loads", "chosen"),
    [
        (ids(), (0, 1, 2), 1),
        (ids(1), (0, 1, 2), 2),
        (ids(1, 2), (0, 1, 2), 3),
        (ids(1, 2, 3), (0, 1, 2), 1),
        (ids(1, 9), (0, 1, 2), 2),
        (ids(1, 2), (0, 1, 5), None),
        (ids(1, 2, 3), (5, 5, 2), 3),
    ],
)
def test_who_had_the_chat_is_passed_over_until_all_have(
    tried: frozenset[int], loads: Sequence[int], chosen: int | None
) -> None:
    people = [operator(number, load=load) for number, load in enumerate(loads, start=1)]
    found = choose(chat(), people, tried)
    assert (found and found.id) == chosen
    assert Roster(people).choose(chat(), tried) == found


@pytest.mark.parametrize(
    ("last", "tried", "loads", "chosen"),
    [
        (None, ids(), (0, 1, 2), 1),
        (3, ids(), (0, 1, 2), 3),
        (3, ids(), (0, 1, 5), 1),
        (3, ids(3), (0, 1, 2), 1),
        (3, ids(1, 2, 3), (0, 1, 2), 1),
        (9, ids(), (0, 1, 2), 1),
    ],
)
def test_whom_the_visitor_talked_to_last_comes_first_while_free(
    last: int | None, tried: frozenset[int], loads: Sequence[int], chosen: int
) -> None:
    people = [operator(number, load=load) for number, load in enumerate(loads, start=1)]
    found = choose(chat(), people, tried, last)
    assert (found and found.id) == chosen
    assert Roster(people).choose(chat(), tried, last) == found
    assert found is not None
    is_known = why(found, chat(), people, tried, last).tiebreak is Tiebreak.LAST_OPERATOR
    assert is_known is (chosen == last)


def test_who_was_passed_over_does_not_explain_a_choice() -> None:
    people = [operator(1), operator(2, load=3), operator(3, load=4)]
    assert why(people[1], chat(), people, ids(1)).tiebreak is Tiebreak.FEWEST_CHATS
    assert why(people[1], chat(), people, ids(1)).candidates == 2
    assert why(people[0], chat(), people, ids(1, 2, 3)).candidates == 3


def test_who_went_home_does_not_keep_the_round_open() -> None:
    people = [
        operator(1),
        operator(2, status=OperatorStatus.LUNCH),
        operator(3, languages=frozenset({Language.HE})),
    ]
    assert choose(chat(), people, ids(1)) == people[0]
    assert Roster(people).choose(chat(), ids(1)) == people[0]


def test_a_second_time_for_somebody_opens_a_new_round() -> None:
    assert tried_after(ids(), 1) == ids(1)
    assert tried_after(ids(1), 2) == ids(1, 2)
    assert tried_after(ids(1, 2), 1) == ids(1)


def test_the_longest_waiting_is_served_first() -> None:
    waiting = [chat(1, queued_at=ago(10)), chat(3, queued_at=ago(30)), chat(2, queued_at=ago(30))]
    assert plan(waiting, [operator(1, max_chats=2)]) == [Assignment(2, 1), Assignment(3, 1)]


def test_a_chat_that_nobody_can_take_holds_up_nobody() -> None:
    hebrew = chat(1, language=Language.HE, queued_at=ago(99))
    asked = chat(2, requested_operator_id=7, queued_at=ago(98))
    elsewhere = chat(3, department_id=3, queued_at=ago(97))
    person = operator(1, languages=frozenset({Language.RU}))
    assert plan([hebrew, asked, elsewhere, chat(4, queued_at=ago(1))], [person]) == [Assignment(4, 1)]


def test_loads_rise_while_the_queue_is_served() -> None:
    waiting = [chat(number, queued_at=ago(100 - number)) for number in range(1, 8)]
    people = [
        operator(1, load=2, max_chats=3),
        operator(2, last_assigned_at=ago(1)),
        operator(3, max_chats=2),
    ]
    assert [decision.operator_id for decision in plan(waiting, people)] == [3, 2, 3, 2, 1, 2, 2]


def test_only_what_waits_is_assigned() -> None:
    others = [chat(1, operator_id=2), chat(2, state=ChatState.CHATTING), chat(3, state=ChatState.CLOSED)]
    assert plan([*others, chat(4)], [operator()]) == [Assignment(4, 1)]


def plan_by_scan(
    waiting: Sequence[ChatFacts],
    people: Sequence[OperatorFacts],
    tried: Mapping[int, frozenset[int]],
    last: Mapping[int, int],
) -> list[Assignment]:
    """What serving the queue means, said with nothing but the scan over everybody."""
    now_of = {person.id: person for person in people}
    decisions = []
    for step, asked in enumerate(sorted(waiting, key=lambda one: (one.queued_at, one.id))):
        if not is_waiting(asked):
            continue
        found = choose(asked, now_of.values(), tried.get(asked.id, ids()), last.get(asked.id))
        if found is not None:
            at = NOW + timedelta(seconds=step)
            now_of[found.id] = replace(found, load=found.load + 1, last_assigned_at=at)
            decisions.append(Assignment(asked.id, found.id))
    return decisions


@given(queues(), teams(), histories, st.dictionaries(st.integers(1, 50), people_numbers, max_size=6))
def test_the_index_serves_the_queue_exactly_as_the_scan(
    waiting: list[ChatFacts],
    people: list[OperatorFacts],
    tried: dict[int, frozenset[int]],
    last: dict[int, int],
) -> None:
    assert plan(waiting, people, tried, last) == plan_by_scan(waiting, people, tried, last)


@given(queues(), teams())
def test_serving_the_queue_keeps_its_promises(waiting: list[ChatFacts], people: list[OperatorFacts]) -> None:
    decisions = plan(waiting, people)
    by_id, chat_by_id = {person.id: person for person in people}, {one.id: one for one in waiting}
    loads = {person.id: person.load for person in people}
    assert len({decision.chat_id for decision in decisions}) == len(decisions)
    for decision in decisions:
        person, asked = by_id[decision.operator_id], chat_by_id[decision.chat_id]
        assert is_waiting(asked) and can_answer(person, asked)
        assert person.status is OperatorStatus.ONLINE
        able = [one for one in people if can_be_assigned(replace(one, load=loads[one.id]), asked)]
        assert loads[person.id] == min(loads[one.id] for one in able)
        loads[person.id] += 1
        assert loads[person.id] <= person.max_chats
    # Nothing that somebody could still take is left waiting.
    served = {decision.chat_id for decision in decisions}
    for left in (one for one in waiting if is_waiting(one) and one.id not in served):
        assert not any(can_be_assigned(replace(one, load=loads[one.id]), left) for one in people)


@given(queues(), teams(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_changes_nothing(
    waiting: list[ChatFacts], people: list[OperatorFacts], random: Random
) -> None:
    expected = plan(waiting, people)
    random.shuffle(waiting)
    random.shuffle(people)
    assert plan(waiting, people) == expected


@given(chats(), teams(), st.frozensets(people_numbers))
def test_nobody_has_a_chat_twice_while_somebody_has_not_had_it(
    asked: ChatFacts, people: list[OperatorFacts], tried: frozenset[int]
) -> None:
    found = choose(asked, people, tried)
    if found is not None and found.id in tried:
        on_duty = [
            one
            for one in people
            if can_be_assigned(replace(one, load=min(one.load, one.max_chats - 1)), asked)
        ]
        assert {one.id for one in on_duty} <= tried


@given(teams(), queues())
def test_the_first_decision_of_each_operator_holds_whatever_becomes_of_the_others(
    people: list[OperatorFacts], waiting: list[ChatFacts]
) -> None:
    """Several processes carry out one plan side by side: in any order nobody gets more than there is room for."""
    decisions = plan(waiting, people)
    due = first_of_each(decisions)
    assert sorted({one.operator_id for one in due}) == sorted({one.operator_id for one in decisions})
    assert due == sorted(due, key=decisions.index)
    for decision in due:
        counted = {one.id: one for one in with_those_ahead(people, decisions, decision, NOW)}
        before = next(one for one in people if one.id == decision.operator_id)
        assert counted[decision.operator_id] == before


def test_those_ahead_are_counted() -> None:
    people = [operator(1), operator(2)]
    decisions = plan(
        [chat(1, queued_at=ago(3)), chat(2, queued_at=ago(2)), chat(3, queued_at=ago(1))], people
    )
    assert [one.operator_id for one in decisions] == [1, 2, 1]
    counted = with_those_ahead(people, decisions, decisions[1], NOW)
    assert counted == [operator(1, load=1, last_assigned_at=NOW), operator(2)]


@given(teams(), st.lists(st.tuples(st.booleans(), people_numbers), max_size=30))
def test_a_chat_that_nobody_answers_goes_round(
    people: list[OperatorFacts], events: list[tuple[bool, int]]
) -> None:
    """Whatever happens between: assigned, let pass, assigned again; nobody twice before all on duty had it."""
    asked, tried = chat(), ids()
    for leaves, number in events:
        if leaves:
            # Somebody goes to lunch or comes back.
            people = [
                replace(
                    one,
                    status=OperatorStatus.LUNCH
                    if one.status is OperatorStatus.ONLINE
                    else OperatorStatus.ONLINE,
                )
                if one.id == number
                else one
                for one in people
            ]
        found = choose(asked, people, tried)
        if found is None:
            continue
        assert can_be_assigned(found, asked)
        untried = [
            one for one in people if one.id not in tried and is_on_duty(one) and can_answer(one, asked)
        ]
        assert (found.id not in tried) is bool(untried)
        tried = tried_after(tried, found.id)
        assert found.id in tried
