from datetime import timedelta

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from policy import throttle
from policy.throttle import Limit, TokenBucket, wait_seconds
from tests.policy.examples import NOW, ago

THREE_A_MINUTE = (Limit(3, 60),)


@pytest.mark.parametrize(
    ("seconds_ago", "limits", "wait"),
    [
        ([], THREE_A_MINUTE, 0),
        ([1, 2], THREE_A_MINUTE, 0),
        ([1, 2, 3], THREE_A_MINUTE, 57),
        ([3, 1, 2], THREE_A_MINUTE, 57),
        ([10, 20, 59.5], THREE_A_MINUTE, 1),
        ([10, 20, 60], THREE_A_MINUTE, 0),
        ([1, 2, 3, 4, 5], THREE_A_MINUTE, 57),
        ([-3600, 2, 3], THREE_A_MINUTE, 57),
        ([-3600, -3600, -3600], THREE_A_MINUTE, 60),
        ([1, 2, 3], (), 0),
        ([1, 2, 3], (Limit(3, 60), Limit(1, 3600)), 3599),
    ],
)
def test_the_wait_is_what_every_limit_asks_for(
    seconds_ago: list[float], limits: tuple[Limit, ...], wait: int
) -> None:
    assert wait_seconds([ago(seconds) for seconds in seconds_ago], limits, NOW) == wait


limits = st.builds(Limit, st.integers(1, 4), st.integers(1, 100))


@given(st.lists(st.integers(0, 200)), st.lists(limits, min_size=1, max_size=3))
def test_after_the_wait_one_may_go_on_and_not_a_second_earlier(
    seconds_ago: list[int], given_limits: list[Limit]
) -> None:
    attempts = [ago(seconds) for seconds in seconds_ago]
    wait = wait_seconds(attempts, given_limits, NOW)
    assert wait_seconds(attempts, given_limits, NOW + timedelta(seconds=wait)) == 0
    if wait:
        assert wait_seconds(attempts, given_limits, NOW + timedelta(seconds=wait - 1)) == 1


@pytest.mark.parametrize(("count", "seconds"), [(0, 60), (-1, 60), (5, 0)])
def test_a_limit_that_lets_nothing_through_is_no_limit(count: int, seconds: int) -> None:
    with pytest.raises(ValueError, match="at least one"):
        Limit(count, seconds)


def test_failures_to_sign_in_are_limited_as_promised() -> None:
    assert (Limit(5, 1800),) == throttle.SIGN_IN_BY_ACCOUNT_AND_ADDRESS
    assert (Limit(20, 3600),) == throttle.SIGN_IN_BY_ACCOUNT
    assert (Limit(10, 300),) == throttle.SIGN_IN_BY_ADDRESS
    assert (Limit(1000, 300),) == throttle.SIGN_IN_ALTOGETHER


def test_a_bucket_gives_its_burst_at_once_and_then_by_its_rate() -> None:
    bucket = TokenBucket(rate=2, burst=3)
    assert [bucket.take(100.0) for _ in range(4)] == [0, 0, 0, 0.5]
    assert bucket.take(100.25) == pytest.approx(0.25)
    assert bucket.take(100.5) == 0
    assert bucket.take(100.5) == pytest.approx(0.5)
    assert [bucket.take(1000.0) for _ in range(4)] == [0, 0, 0, 0.5]


def test_a_clock_that_goes_back_gives_nothing_and_takes_nothing() -> None:
    bucket = TokenBucket(rate=1, burst=1)
    assert bucket.take(50.0) == 0
    assert bucket.take(10.0) == 1
    assert bucket.take(11.0) == 0


@given(
    st.floats(0.1, 50),
    st.integers(1, 20),
    st.lists(st.floats(0, 5), min_size=1, max_size=60),
)
@example(0.1, 1, [0.0])
def test_a_bucket_never_gives_more_than_burst_and_rate(rate: float, burst: int, pauses: list[float]) -> None:
    bucket, now, given_out = TokenBucket(rate, burst), 0.0, 0
    for pause in pauses:
        now += pause
        given_out += bucket.take(now) == 0
        assert given_out <= burst + rate * now + 0.01


@given(st.floats(0.1, 50), st.integers(1, 5), st.floats(0, 2e9))
def test_who_waits_as_long_as_told_gets_one(rate: float, burst: int, start: float) -> None:
    bucket = TokenBucket(rate, burst)
    for _ in range(burst):
        assert bucket.take(start) == 0
    wait = bucket.take(start)
    assume(start + wait > start)
    assert wait > 0
    assert bucket.take(start + wait) == 0
