from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.chat_life import (
    SILENT_AFTER,
    TYPING_LASTS,
    Due,
    Life,
    Times,
    all_due,
    due_at,
    misses_after,
    needs_break,
    paused_by_typing,
)
from policy.transitions import ChatState
from tests.policy.examples import NOW, ago

MINUTE = timedelta(minutes=1)
TIMES = Times(answer=MINUTE, kept=3 * MINUTE, silence=30 * MINUTE, silent=SILENT_AFTER, left=2 * MINUTE)


def life(state: ChatState = ChatState.QUEUE, **facts: Any) -> Life:
    return Life(state, **{"started_at": ago(100), "waiting_since": ago(100), **facts})


def assigned(**facts: Any) -> Life:
    return life(**{"operator_id": 1, "assigned_at": ago(40), **facts})


def talk(**facts: Any) -> Life:
    return life(ChatState.CHATTING, **{"operator_id": 1, "assigned_at": ago(90), **facts})


@pytest.mark.parametrize(
    ("step", "chat", "seconds"),
    [
        (Due.NO_ANSWER, life(), None),
        (Due.NO_ANSWER, assigned(), 20),
        (Due.NO_ANSWER, talk(), None),
        # What waits for no answer is not late with one; what begins to wait is counted from then.
        (Due.NO_ANSWER, assigned(waiting_since=None), None),
        (Due.NO_ANSWER, assigned(waiting_since=ago(10)), 50),
        (Due.NO_ANSWER, assigned(answer_paused_until=ago(5), answer_paused_ms=9000), 29),
        (Due.NO_ANSWER, assigned(answer_paused_until=ago(50), answer_paused_ms=9000), 20),
        (Due.OPERATOR_AWAY, talk(), None),
        (Due.OPERATOR_AWAY, talk(operator_offline_since=ago(60)), 120),
        (Due.OPERATOR_AWAY, assigned(operator_offline_since=ago(60)), None),
        (Due.SILENCE, talk(), 1700),
        (Due.SILENCE, talk(last_message_at=ago(10)), 1790),
        # Who waits for somebody to come is not sent away while they are there.
        (Due.SILENCE, assigned(), None),
        (Due.SILENCE, life(visitor_left_at=ago(30)), 1700),
        (Due.SILENCE, life(started_at=ago(3000), waiting_since=ago(3000), visitor_left_at=ago(5)), -5),
        (Due.VISITOR_SILENT, talk(), None),
        (Due.VISITOR_SILENT, talk(waiting_since=None, last_message_at=ago(60)), 240),
        (Due.VISITOR_SILENT, talk(waiting_since=None, silent_since=ago(1)), None),
        (Due.VISITOR_SILENT, assigned(waiting_since=None), None),
        (Due.VISITOR_LEFT, life(), 20),
        (Due.VISITOR_LEFT, life(visitor_seen_at=ago(30)), 90),
        (Due.VISITOR_LEFT, life(visitor_seen_at=ago(30), waiting_since=ago(10)), 110),
        (Due.VISITOR_LEFT, life(visitor_left_at=ago(30)), None),
        (Due.VISITOR_BACK, life(visitor_seen_at=ago(30)), None),
        (Due.VISITOR_BACK, life(visitor_seen_at=ago(30), visitor_left_at=ago(30)), None),
        (Due.VISITOR_BACK, life(visitor_seen_at=ago(5), visitor_left_at=ago(30)), -5),
    ],
)
def test_when_each_step_is_due(step: Due, chat: Life, seconds: float | None) -> None:
    assert due_at(chat, TIMES, step) == (None if seconds is None else NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("off", "step", "chat"),
    [
        ("answer", Due.NO_ANSWER, assigned()),
        ("kept", Due.OPERATOR_AWAY, talk(operator_offline_since=ago(1))),
        ("silence", Due.SILENCE, talk()),
        ("silent", Due.VISITOR_SILENT, talk(waiting_since=None)),
    ],
)
def test_what_is_switched_off_is_never_due(off: str, step: Due, chat: Life) -> None:
    assert due_at(chat, TIMES, step) is not None
    assert due_at(chat, replace(TIMES, **{off: None}), step) is None


def test_nobody_is_blamed_for_the_time_in_which_no_server_was_there() -> None:
    times = replace(TIMES, listening_since=ago(5))
    assert due_at(assigned(assigned_at=ago(90)), times, Due.NO_ANSWER) == ago(5) + MINUTE
    assert due_at(talk(operator_offline_since=ago(90)), times, Due.OPERATOR_AWAY) == ago(5) + 3 * MINUTE
    assert due_at(life(), times, Due.VISITOR_LEFT) == ago(5) + 2 * MINUTE
    assert due_at(talk(started_at=ago(9000)), times, Due.SILENCE) == ago(5) + 30 * MINUTE


@pytest.mark.parametrize(
    ("misses", "has_answered_since", "allowed", "after", "is_enough"),
    [
        (0, False, 3, 1, False),
        (2, False, 3, 3, True),
        (2, True, 3, 1, False),
        (0, True, 1, 1, True),
        (9, False, 0, 10, False),
    ],
)
def test_misses_count_in_a_row(
    misses: int, has_answered_since: bool, allowed: int, after: int, is_enough: bool
) -> None:
    counted = misses_after(misses, has_answered_since=has_answered_since)
    assert (counted, needs_break(counted, allowed)) == (after, is_enough)


moments = st.one_of(st.none(), st.integers(0, 4000).map(ago))
lives = st.builds(
    Life,
    state=st.sampled_from(ChatState),
    started_at=st.integers(0, 4000).map(ago),
    operator_id=st.sampled_from([None, 1]),
    operator_offline_since=moments,
    assigned_at=moments,
    waiting_since=moments,
    last_message_at=moments,
    answer_paused_until=moments,
    answer_paused_ms=st.integers(0, 100_000),
    silent_since=moments,
    visitor_left_at=moments,
    visitor_seen_at=moments,
)


@given(lives)
def test_what_has_ended_is_left_alone(chat: Life) -> None:
    due = all_due(chat, TIMES)
    assert chat.state.is_open or not due
    assert not {Due.NO_ANSWER, Due.OPERATOR_AWAY} <= due.keys()
    assert not {Due.VISITOR_LEFT, Due.VISITOR_BACK} <= due.keys()


def done(chat: Life, step: Due, at: datetime) -> Life:
    """The chat once the step has been taken."""
    changes: Mapping[Due, dict[str, Any]] = {
        Due.NO_ANSWER: {"operator_id": None, "assigned_at": None},
        Due.OPERATOR_AWAY: {"state": ChatState.QUEUE, "operator_id": None, "assigned_at": None},
        Due.SILENCE: {"state": ChatState.CLOSED},
        Due.VISITOR_SILENT: {"silent_since": at},
        Due.VISITOR_LEFT: {"visitor_left_at": at},
        Due.VISITOR_BACK: {"visitor_left_at": None},
    }
    return replace(chat, **changes[step])


@given(lives, st.sampled_from(Due))
def test_a_step_that_was_taken_is_due_no_more(chat: Life, step: Due) -> None:
    at = due_at(chat, TIMES, step)
    if at is not None:
        assert due_at(done(chat, step, at), TIMES, step) is None


@given(st.lists(st.floats(0, 20), max_size=20))
def test_typing_holds_up_the_answer_for_exactly_as_long_as_it_lasts(gaps: list[float]) -> None:
    """Signs of typing that come while the time runs: it ends later by the time in which somebody was typing."""
    chat = assigned(assigned_at=NOW, waiting_since=NOW)
    now, typed, until = NOW, timedelta(), NOW
    for gap in gaps:
        now += timedelta(seconds=gap)
        due = due_at(chat, TIMES, Due.NO_ANSWER)
        assert due is not None
        if due <= now:
            return
        pause = paused_by_typing(chat, now)
        typed += now + TYPING_LASTS - max(now, until)
        until = now + TYPING_LASTS
        chat = replace(chat, answer_paused_until=pause.until, answer_paused_ms=pause.milliseconds)
        later = due_at(chat, TIMES, Due.NO_ANSWER)
        assert later is not None
        assert pause.until == until
        assert abs(later - (NOW + MINUTE + typed)) < timedelta(milliseconds=len(gaps))
        assert later > until
