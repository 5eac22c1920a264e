"""How often somebody may ask, counted in this process by token buckets; only faces look at a clock."""

import time
from collections.abc import Mapping

from actions.errors import TooFast
from config import RATES, Rate
from policy.throttle import TokenBucket


class Limiter:
    """Token buckets by name and person; those that have been full for long are forgotten."""

    FORGET_AFTER_SECONDS = 600
    SWEEP_AT = 10_000

    def __init__(self) -> None:
        self._buckets: dict[tuple[str, int | str], tuple[TokenBucket, float]] = {}
        self._rates: Mapping[str, Rate] = RATES

    def configure(self, rates: Mapping[str, Rate]) -> None:
        """The installation's rates, by their names in the environment."""
        self._rates = rates

    def wait(self, name: str, person: int | str, rate: Rate | str) -> float:
        """0, or the seconds to wait; a rate that the installation may set is given by its name."""
        now = time.monotonic()
        if len(self._buckets) > self.SWEEP_AT:
            fresh = now - self.FORGET_AFTER_SECONDS
            self._buckets = {key: kept for key, kept in self._buckets.items() if kept[1] > fresh}
        rate = self._rates[rate] if isinstance(rate, str) else rate
        bucket, _ = self._buckets.get((name, person)) or (TokenBucket(rate.per_second, rate.burst), now)
        self._buckets[name, person] = (bucket, now)
        return bucket.take(now)

    def demand(self, name: str, person: int | str, rate: Rate | str) -> None:
        """Take one, or say when there will be one."""
        seconds = self.wait(name, person, rate)
        if seconds:
            raise TooFast(seconds)


limiter = Limiter()
