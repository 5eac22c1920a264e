"""Auto-assignment without a database (T15, T16, QLT-2): the policy, on one core."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from statistics import median

from bench.findings import Bar, Finding, ratio
from policy.assignment import choose, plan
from policy.facts import ChatFacts, OperatorFacts
from policy.languages import Language
from policy.roster import Roster
from policy.statuses import OperatorStatus
from policy.transitions import ChatState

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DEPARTMENTS = 10
LIMIT = 5
BUSY = 3
"""Of the places of each operator so many are taken."""
LANGUAGES = tuple(Language)
NAIVE_DECISIONS = 100


def measure(rounds: int) -> list[Finding]:
    """Rates at 10 000 operators, against looking at everyone, against 1 000 operators, and of a whole queue."""
    naive, many, few, queue = [], [], [], []
    for _ in range(rounds):
        naive.append(_naive(10_000))
        many.append(_by_roster(10_000))
        few.append(_by_roster(1_000))
        queue.append(_whole_queue())
    return [
        ratio("T15", "decisions at 10 000 operators / looking at all", 100, many, naive),
        ratio("T16", "decisions at 10 000 / at 1 000 operators", 0.4, many, few),
        Finding(
            Bar("QLT-2", "decisions a second, 10 000 operators and 100 000 chats", 20_000), median(queue)
        ),
    ]


def _operators(count: int) -> list[OperatorFacts]:
    """In two departments each, with two languages each, of no two the same history."""
    return [
        OperatorFacts(
            id=number,
            status=OperatorStatus.ONLINE,
            department_ids=frozenset({number % DEPARTMENTS, number // DEPARTMENTS % DEPARTMENTS}),
            languages=frozenset({LANGUAGES[number % 5], LANGUAGES[number // 5 % 5]}),
            max_chats=LIMIT,
            load=BUSY,
            last_assigned_at=NOW - timedelta(seconds=number),
        )
        for number in range(1, count + 1)
    ]


def _chats(count: int) -> list[ChatFacts]:
    return [
        ChatFacts(
            id=number,
            state=ChatState.QUEUE,
            language=LANGUAGES[number // DEPARTMENTS % 5],
            queued_at=NOW - timedelta(seconds=count - number),
            department_id=number % DEPARTMENTS,
        )
        for number in range(1, count + 1)
    ]


def _naive(count: int) -> float:
    """Everyone is looked at for each chat; the chosen one's load is counted on."""
    operators = {operator.id: operator for operator in _operators(count)}
    chats = _chats(NAIVE_DECISIONS)

    def work() -> int:
        for chat in chats:
            chosen = choose(chat, operators.values())
            if chosen is not None:
                operators[chosen.id] = replace(chosen, load=chosen.load + 1, last_assigned_at=NOW)
        return len(chats)

    return _rate(work)


def _by_roster(count: int) -> float:
    roster = Roster(_operators(count))
    # The first chat of a department and language pays for its lane.
    for chat in _chats(DEPARTMENTS * len(LANGUAGES)):
        roster.choose(chat)
    chats = _chats(count)
    return _rate(lambda: sum(roster.assign(chat) is not None for chat in chats))


def _whole_queue() -> float:
    operators, chats = _operators(10_000), _chats(100_000)
    return _rate(lambda: len(plan(chats, operators)))


def _rate(work: Callable[[], int]) -> float:
    """Decisions a second of this process's own time."""
    began = time.process_time()
    decisions = work()
    return decisions / (time.process_time() - began)
