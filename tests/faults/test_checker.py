"""The checker turns red for each promise by itself: what it let pass, no run could show."""

from dataclasses import replace

import pytest

from tests.faults.checker import Entry, faults_of
from tests.faults.journal import History, Written

KEPT = [
    Entry(1, "visitor", "visitor 1"),
    Entry(2, "operator", "operator 1"),
    Entry(3, "visitor", "visitor 2"),
]


def history(*, acknowledged: bool = True) -> History:
    written = {
        entry.body: Written(entry.body, "chat", entry.author, int(entry.body[-1]), entry.body)
        for entry in KEPT
    }
    promised = {entry.body: {entry.seq} for entry in KEPT} if acknowledged else {}
    return History(written, promised, attempts=len(written))


def test_what_was_kept_is_no_fault() -> None:
    assert faults_of(history(), {"chat": KEPT}, {"page": {"chat": KEPT}}) == []


def test_a_message_without_answer_may_be_stored_or_not() -> None:
    assert faults_of(history(acknowledged=False), {"chat": KEPT}, {}) == []
    assert faults_of(history(acknowledged=False), {"chat": KEPT[:1]}, {}) == []


@pytest.mark.parametrize(
    ("stored", "kinds"),
    [
        ([], {"lost"}),
        (KEPT[:2], {"lost"}),
        ([*KEPT, replace(KEPT[2], seq=4)], {"doubled", "moved"}),
        ([KEPT[0], KEPT[1], replace(KEPT[2], seq=4)], {"gap", "moved"}),
        ([replace(KEPT[2], seq=1), KEPT[1], replace(KEPT[0], seq=3)], {"out of order", "moved"}),
        ([*KEPT, Entry(4, "visitor", "from nowhere")], {"unknown"}),
    ],
)
def test_each_broken_promise_is_named(stored: list[Entry], kinds: set[str]) -> None:
    found = faults_of(history(), {"chat": stored}, {})

    assert {fault.partition(":")[0] for fault in found} == kinds


@pytest.mark.parametrize(
    "shown",
    [[], KEPT[1:], [*KEPT, KEPT[2]], [KEPT[1], KEPT[0], KEPT[2]], [*KEPT[:2], replace(KEPT[2], body="else")]],
)
def test_a_page_that_shows_something_else_is_named(shown: list[Entry]) -> None:
    found = faults_of(history(), {"chat": KEPT}, {"the operator's page": {"chat": shown}})

    assert len(found) == 1
    assert found[0].startswith("another view: the operator's page")
