"""How long a visitor who waits may still have to, as far as recent waiting tells."""

from collections.abc import Sequence
from math import ceil
from statistics import median

ENOUGH = 5
"""From fewer waits than this nothing follows."""
LAST = 20
"""The most recent ones: what the queue was like an hour ago says little."""


def usual_wait(seconds: Sequence[float]) -> float | None:
    """The usual one of these waits, the latest first; None while there are too few."""
    recent = seconds[:LAST]
    return median(recent) if len(recent) >= ENOUGH else None


def minutes_left(usual: float | None, waited: float) -> int | None:
    """Whole minutes, rounded up; None where nothing is known, and once it takes longer than usual."""
    if usual is None or waited >= usual:
        return None
    return ceil((usual - waited) / 60)
