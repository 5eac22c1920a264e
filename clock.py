"""The clock of the process: the edges read it and hand `now` down; tests put their own in its place."""

from collections.abc import Callable
from datetime import UTC, datetime

from flask import current_app, has_app_context


def system_now() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)


def now() -> datetime:
    """The time of this request, command or tick."""
    if has_app_context():
        clock: Callable[[], datetime] = current_app.extensions.get("clock", system_now)
        return clock()
    return system_now()
