"""When something that failed outside of us is tried again."""

from datetime import datetime, timedelta

PAUSES = (
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=24),
)
"""The pause after the first failure, the second, and so on."""

LONGEST_OF_RECEIVER = timedelta(hours=2)


def next_try(failures: int, now: datetime) -> datetime | None:
    """When to try again after so many failures in all; None = it was tried long enough."""
    if failures < 1:
        raise ValueError("only what has failed is tried again")
    return now + PAUSES[failures - 1] if failures <= len(PAUSES) else None


def next_try_of_receiver(failures: int, now: datetime) -> datetime:
    """When a receiver is tried again that failed so often in a row; the pause grows no longer than 2 hours."""
    if failures < 1:
        raise ValueError("only who has failed is tried again")
    return now + min(PAUSES[min(failures, len(PAUSES)) - 1], LONGEST_OF_RECEIVER)
