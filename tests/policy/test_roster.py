"""The index against the scan, over random histories of a working day."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from policy.assignment import choose
from policy.facts import ChatFacts, OperatorFacts
from policy.roster import Roster
from tests.policy.examples import NOW, chats, ids, operator, operators, people_numbers


class WorkingDay(RuleBasedStateMachine):
    """People come, change and leave, chats are assigned and end; the index picks whom the scan picks at every step."""

    def __init__(self) -> None:
        super().__init__()
        self.roster = Roster([])
        self.people: dict[int, OperatorFacts] = {}
        self.steps = 0

    @rule(person=operators())
    def comes_or_changes(self, person: OperatorFacts) -> None:
        self.people[person.id] = person
        self.roster.put(person)

    @rule(person=operators(is_active=True), load=st.integers(0, 2))
    def comes_for_sure(self, person: OperatorFacts, load: int) -> None:
        self.comes_or_changes(replace(person, load=load, max_chats=3))

    @rule(number=people_numbers)
    def leaves(self, number: int) -> None:
        self.people.pop(number, None)
        self.roster.remove(number)

    @rule(number=people_numbers)
    def ends_a_chat(self, number: int) -> None:
        person = self.people.get(number)
        if person is not None and person.load > 0:
            self.comes_or_changes(replace(person, load=person.load - 1))

    @rule(asked=chats(), tried=st.frozensets(people_numbers, max_size=3))
    def is_assigned(self, asked: ChatFacts, tried: frozenset[int]) -> None:
        expected = choose(asked, self.people.values(), tried)
        assert _number(self.roster.choose(asked, tried)) == _number(expected)
        assert _number(self.roster.assign(asked, tried)) == _number(expected)
        if expected is not None:
            self.steps += 1
            at = NOW + timedelta(seconds=self.steps)
            self.people[expected.id] = replace(expected, load=expected.load + 1, last_assigned_at=at)

    @rule(asked=chats(), number=people_numbers, times=st.integers(1, 30))
    def comes_and_goes_many_times(self, asked: ChatFacts, number: int, times: int) -> None:
        """Nothing is left behind by somebody who is put in again and again."""
        for step in range(times):
            self.comes_or_changes(operator(number, load=3 - step % 3))
            self.roster.choose(asked)
        self.is_assigned(asked, ids())

    @invariant()
    def knows_whether_anybody_has_room(self) -> None:
        free = [one for one in self.people.values() if Roster([one]).has_room]
        assert self.roster.has_room is bool(free)


def _number(person: OperatorFacts | None) -> int | None:
    return None if person is None else person.id


WorkingDay.TestCase.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
TestWorkingDay = WorkingDay.TestCase
