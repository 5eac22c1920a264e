from datetime import datetime

import pytest

from policy.timeouts import Wait, busy_message_due, operators_gone
from tests.policy.examples import NOW, ago


def test_gone_is_who_was_not_seen_for_longer_than_the_grace() -> None:
    last_seen = {4: ago(61), 1: ago(60), 2: ago(60.001), 3: ago(0), 5: ago(-10)}
    assert operators_gone(last_seen, NOW, 60) == [2, 4]
    assert operators_gone({1: ago(2)}, NOW, 1) == [1]
    assert operators_gone({}, NOW, 60) == []


def test_a_grace_of_zero_leaves_everybody_where_they_are() -> None:
    assert operators_gone({1: ago(100_000)}, NOW, 0) == []


@pytest.mark.parametrize(
    ("wait", "expected"),
    [
        (Wait(ago(30), is_answered=False), ago(-30)),
        (Wait(ago(30), is_answered=True), ago(-90)),
        # Told of an earlier wait; told of this one.
        (Wait(ago(30), is_answered=True, told_at=ago(30)), ago(-90)),
        (Wait(ago(30), is_answered=True, told_at=ago(29)), None),
        (Wait(ago(300), is_answered=True, told_at=ago(10)), None),
    ],
)
def test_everybody_is_busy_is_said_once_for_each_wait(wait: Wait, expected: datetime | None) -> None:
    assert busy_message_due(wait, {False: 60, True: 120}) == expected


def test_a_time_of_zero_says_nothing() -> None:
    assert busy_message_due(Wait(ago(9999), is_answered=False), {False: 0, True: 120}) is None
