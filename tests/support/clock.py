"""A clock that moves only when a test moves it."""

from datetime import UTC, datetime, timedelta

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class SteppingClock:
    """Call it for the time, as the application does."""

    def __init__(self, start: datetime = START) -> None:
        self.time = start

    def __call__(self) -> datetime:
        return self.time

    def forward(self, **duration: float) -> datetime:
        """Let time pass: `clock.forward(minutes=5)`."""
        self.time += timedelta(**duration)
        return self.time
