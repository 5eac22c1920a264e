"""People and chats for the tests of the policy: examples by hand, and strategies that draw any."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from policy.facts import ChatFacts, OperatorFacts
from policy.languages import Language
from policy.statuses import OperatorStatus
from policy.transitions import ChatState

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def operator(number: int = 1, **facts: Any) -> OperatorFacts:
    return OperatorFacts(number, facts.pop("status", OperatorStatus.ONLINE), **facts)


def chat(number: int = 1, **facts: Any) -> ChatFacts:
    state = facts.pop("state", ChatState.QUEUE)
    language = facts.pop("language", Language.RU)
    return ChatFacts(number, state, language, facts.pop("queued_at", ago(60)), **facts)


def ids(*numbers: int) -> frozenset[int]:
    return frozenset(numbers)


# Few numbers and few languages, so that what is drawn meets.
people_numbers = st.integers(1, 5)
departments = st.integers(1, 3)
languages = st.sampled_from([Language.RU, Language.EN, Language.HE])
moments = st.one_of(st.none(), st.integers(0, 3).map(ago))


@st.composite
def operators(draw: st.DrawFn, number: int | None = None, **fixed: Any) -> OperatorFacts:
    facts = {
        "status": draw(st.sampled_from(OperatorStatus)),
        "is_active": draw(st.sampled_from([True, True, True, False])),
        "is_admin": draw(st.booleans()),
        "department_ids": draw(st.frozensets(departments)),
        "languages": draw(st.frozensets(languages, max_size=2)),
        "supervised_department_ids": draw(st.frozensets(departments)),
        "subordinate_ids": draw(st.frozensets(people_numbers)),
        "subordinate_department_ids": draw(st.frozensets(departments)),
        "max_chats": draw(st.integers(0, 3)),
        "load": draw(st.integers(0, 4)),
        "last_assigned_at": draw(moments),
        "sort_order": draw(st.sampled_from([1, 100])),
    }
    return operator(draw(people_numbers) if number is None else number, **{**facts, **fixed})


def teams(**fixed: Any) -> st.SearchStrategy[list[OperatorFacts]]:
    """Several people, each number once."""
    return st.frozensets(people_numbers).flatmap(
        lambda numbers: st.tuples(*(operators(number, **fixed) for number in sorted(numbers))).map(list)
    )


@st.composite
def chats(draw: st.DrawFn, number: int | None = None, **fixed: Any) -> ChatFacts:
    operator_id = draw(st.one_of(st.none(), people_numbers))
    facts = {
        "state": draw(st.sampled_from(ChatState)),
        "language": draw(languages),
        "queued_at": ago(draw(st.integers(0, 5))),
        "department_id": draw(st.one_of(st.none(), departments)),
        "operator_id": operator_id,
        "requested_operator_id": draw(st.sampled_from([None, None, 1, 2])),
        "operator_is_admin": operator_id is not None and draw(st.booleans()),
    }
    return chat(draw(st.integers(1, 50)) if number is None else number, **{**facts, **fixed})


def queues() -> st.SearchStrategy[list[ChatFacts]]:
    """Several chats in no order, each number once, most of them waiting."""
    waiting = chats(state=ChatState.QUEUE, operator_id=None, operator_is_admin=False)
    return st.lists(
        st.one_of(waiting, waiting, waiting, chats()), max_size=12, unique_by=lambda drawn: drawn.id
    )
