"""Pauses that grow, and an end."""

from datetime import UTC, datetime, timedelta

import pytest

from policy.retry import next_try

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("failures", "pause"),
    [
        (1, timedelta(seconds=10)),
        (2, timedelta(minutes=1)),
        (3, timedelta(minutes=5)),
        (4, timedelta(minutes=30)),
        (5, timedelta(hours=2)),
        (6, timedelta(hours=6)),
        (7, timedelta(hours=24)),
    ],
)
def test_each_failure_is_followed_by_a_longer_pause(failures: int, pause: timedelta) -> None:
    assert next_try(failures, NOW) == NOW + pause


@pytest.mark.parametrize("failures", [8, 100])
def test_after_the_longest_pause_it_was_tried_long_enough(failures: int) -> None:
    assert next_try(failures, NOW) is None


def test_what_has_not_failed_is_not_tried_again() -> None:
    with pytest.raises(ValueError, match="failed"):
        next_try(0, NOW)
