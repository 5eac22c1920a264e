"""Which automatic steps are due."""

from collections.abc import Mapping
from datetime import datetime, timedelta


def operators_gone(last_seen: Mapping[int, datetime], now: datetime, gone_after_seconds: int) -> list[int]:
    """Who has had no connection for longer than the grace of a reload or a short failure; 0 switches it off."""
    if gone_after_seconds <= 0:
        return []
    grace = timedelta(seconds=gone_after_seconds)
    return sorted(operator_id for operator_id, seen in last_seen.items() if now - seen > grace)
