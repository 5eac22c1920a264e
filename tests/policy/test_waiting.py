import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.waiting import ENOUGH, LAST, minutes_left, usual_wait


@pytest.mark.parametrize(
    ("waits", "usual"),
    [([], None), ([60.0] * 4, None), ([10, 20, 30, 40, 1000], 30), ([60.0] * 20 + [9000.0] * 99, 60)],
)
def test_the_usual_wait_is_that_of_the_last_ones_once_they_are_enough(
    waits: list[float], usual: float | None
) -> None:
    assert usual_wait(waits) == usual


@pytest.mark.parametrize(
    ("usual", "waited", "minutes"),
    [(None, 5, None), (60, 0, 1), (60, 59, 1), (60, 60, None), (60, 99, None), (181, 0, 4), (181, 61, 2)],
)
def test_what_is_left_is_told_in_whole_minutes_while_it_means_something(
    usual: float | None, waited: float, minutes: int | None
) -> None:
    assert minutes_left(usual, waited) == minutes


@given(st.lists(st.floats(0, 10_000), max_size=2 * LAST), st.floats(0, 10_000), st.floats(0, 100))
def test_waiting_longer_never_makes_more_of_it(waits: list[float], waited: float, more: float) -> None:
    usual = usual_wait(waits)
    assert (usual is None) == (len(waits) < ENOUGH)
    now, later = minutes_left(usual, waited), minutes_left(usual, waited + more)
    assert later is None or (now is not None and 1 <= later <= now)
