"""How often something may be tried, and how long to wait when that was too often."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Limit:
    """So many attempts within any window of so many seconds."""

    count: int
    window_seconds: int

    def __post_init__(self) -> None:
        if self.count < 1 or self.window_seconds < 1:
            raise ValueError("a limit lets at least one attempt through in at least one second")


# Failed attempts to sign in, counted by account and address, by account, by address, and altogether.
SIGN_IN_BY_ACCOUNT_AND_ADDRESS = (Limit(5, 30 * 60),)
SIGN_IN_BY_ACCOUNT = (Limit(20, 60 * 60),)
SIGN_IN_BY_ADDRESS = (Limit(10, 5 * 60),)
SIGN_IN_ALTOGETHER = (Limit(1000, 5 * 60),)
# The same in a browser in which the account's owner has signed in before: strangers' guesses do not count there.
SIGN_IN_BY_DEVICE = (Limit(5, 30 * 60), Limit(20, 60 * 60))
# Wrong codes of the second factor, counted by the account: whoever gets so far knows the password.
SECOND_FACTOR = (Limit(5, 5 * 60), Limit(20, 60 * 60), Limit(50, 24 * 60 * 60))
# Wrong current passwords in an open session, counted by the account.
CURRENT_PASSWORD = (Limit(5, 30 * 60),)
# Guesses of the code by which the first account is made.
FIRST_RUN_BY_ADDRESS = (Limit(5, 30 * 60),)
FIRST_RUN_ALTOGETHER = (Limit(20, 60 * 60),)
# Letters with a link to a new password, counted by the address asked for, and by the address that asks.
RESET_BY_ACCOUNT = (Limit(2, 60 * 60), Limit(5, 24 * 60 * 60))
RESET_BY_ADDRESS = (Limit(5, 24 * 60 * 60),)
# Who waited exactly as long as they were told finds one token, whatever floating point makes of it.
_ROUNDING = 1e-4


def wait_seconds(attempts: Sequence[datetime], limits: Sequence[Limit], now: datetime) -> int:
    """Whole seconds until the next attempt keeps within every limit; 0 means go on."""
    # An attempt from the future (the clock was set back) counts as one of now: nobody waits longer than a window.
    newest_first = sorted((min(attempt, now) for attempt in attempts), reverse=True)
    return max((_wait_for(newest_first, limit, now) for limit in limits), default=0)


def _wait_for(newest_first: Sequence[datetime], limit: Limit, now: datetime) -> int:
    if len(newest_first) < limit.count:
        return 0
    free_at = newest_first[limit.count - 1] + timedelta(seconds=limit.window_seconds)
    return max(0, math.ceil((free_at - now).total_seconds()))


@dataclass(slots=True)
class TokenBucket:
    """A burst at once, then a steady rate; `now` is the seconds of any clock that goes forward."""

    rate: float
    burst: float
    _tokens: float = field(init=False)
    _filled_at: float | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self._tokens = self.burst

    def take(self, now: float) -> float:
        """Take one: 0 when there was one to take, else the seconds until there will be; a refusal costs nothing."""
        if self._filled_at is not None:
            self._tokens = min(self.burst, self._tokens + max(0.0, now - self._filled_at) * self.rate)
        self._filled_at = now
        if self._tokens >= 1 - _ROUNDING:
            self._tokens = max(0.0, self._tokens - 1)
            return 0.0
        return (1 - self._tokens) / self.rate
