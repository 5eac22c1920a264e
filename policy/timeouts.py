"""Which automatic steps are due."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta


def operators_gone(last_seen: Mapping[int, datetime], now: datetime, gone_after_seconds: int) -> list[int]:
    """Who has had no connection for longer than the grace of a reload or a short failure; 0 switches it off."""
    if gone_after_seconds <= 0:
        return []
    grace = timedelta(seconds=gone_after_seconds)
    return sorted(operator_id for operator_id, seen in last_seen.items() if now - seen > grace)


@dataclass(frozen=True, slots=True)
class Wait:
    """A visitor who waits for an answer; `told_at` is when somebody in this chat was last told so."""

    since: datetime
    is_answered: bool
    told_at: datetime | None = None


def busy_message_due(wait: Wait, seconds: Mapping[bool, int]) -> datetime | None:
    """When the visitor is told that everybody is busy; None when they were told of this wait, or nobody is to be.

    `seconds` are allowed by whether the chat was ever answered; 0 switches it off.
    """
    allowed = seconds[wait.is_answered]
    if allowed <= 0 or (wait.told_at is not None and wait.told_at > wait.since):
        return None
    return wait.since + timedelta(seconds=allowed)
