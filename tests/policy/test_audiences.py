from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from policy.audiences import Audience, audiences, audiences_of
from policy.facts import ChatFacts, OperatorFacts
from policy.languages import Language
from policy.rights import Action, Answer, may
from policy.transitions import ChatState
from tests.policy.examples import chat, chats, ids, operator, operators, people_numbers

NO_POWERS: dict[str, Any] = {
    "is_active": True,
    "is_admin": False,
    "subordinate_ids": ids(),
    "subordinate_department_ids": ids(),
    "supervised_department_ids": ids(),
}
# Each power by itself: together they would hide what one of them misses.
one_power = st.one_of(
    operators(**NO_POWERS),
    operators(**{key: fact for key, fact in NO_POWERS.items() if not key.startswith("subordinate")}),
    operators(**{key: fact for key, fact in NO_POWERS.items() if not key.startswith("supervised")}),
)
waiting_chats = chats(state=ChatState.QUEUE, operator_id=None, operator_is_admin=False)
answered_chats = people_numbers.flatmap(lambda number: chats(state=ChatState.CHATTING, operator_id=number))


@settings(max_examples=1000)
@given(st.one_of(operators(), one_power), st.one_of(chats(), waiting_chats, answered_chats))
def test_a_person_hears_of_a_chat_exactly_when_they_may_see_it(
    person: OperatorFacts, told: ChatFacts
) -> None:
    is_seen = may(person, Action.SEE_CHAT, told) is Answer.ALLOWED
    assert bool(audiences(told) & audiences_of(person)) is is_seen


@given(operators(), operators())
def test_two_people_who_see_different_things_do_not_share_a_group_of_one(
    person: OperatorFacts, other: OperatorFacts
) -> None:
    """A group with somebody's number in it has nobody else among its listeners but those who watch them."""
    if person.id == other.id or person.is_admin or other.is_admin:
        return
    shared = audiences_of(person) & audiences_of(other)
    assert not {group for group in shared if group.kind in ("chats_of", "waiting_for")}


def test_an_administrators_chat_is_heard_by_them_and_by_those_who_hear_everything() -> None:
    own = chat(state=ChatState.CHATTING, operator_id=3, department_id=1, operator_is_admin=True)
    assert audiences(own) == {Audience("all"), Audience("chats_of", 3)}
    watched = audiences(replace(own, operator_is_admin=False))
    assert watched == {
        Audience("all"),
        Audience("chats_of", 3),
        Audience("watched_chats_of", 3),
        Audience("watched_chats_in", 1),
    }


def test_who_hears_everything_needs_no_other_group() -> None:
    person = operator(is_admin=True, department_ids=ids(1, 2), subordinate_ids=ids(3))
    assert audiences_of(person) == {Audience("all")}


def test_an_operator_listens_to_their_departments_in_their_languages() -> None:
    person = operator(4, department_ids=ids(1), languages=frozenset({Language.UK}))
    assert audiences_of(person) == {
        Audience("chats_of", 4),
        Audience("waiting", None, "uk"),
        Audience("waiting", 1, "uk"),
        Audience("waiting_for", 4, ":uk"),
        Audience("waiting_for", 4, "1:uk"),
    }
