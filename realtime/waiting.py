"""Long polls that are held: woken by an event of this process, and by a slow look at the database for others."""

from collections import defaultdict
from collections.abc import Callable, Hashable
from time import monotonic
from typing import Generic, TypeVar

from gevent.event import Event

LOOK_EVERY_SECONDS = 2.0
HELD_SECONDS = 25.0

K = TypeVar("K", bound=Hashable)
A = TypeVar("A")


class Waiters(Generic[K]):
    def __init__(self) -> None:
        self._events: defaultdict[K, set[Event]] = defaultdict(set)

    def wake(self, key: K) -> None:
        for event in self._events.get(key, ()):
            event.set()

    def wake_all(self) -> None:
        for events in self._events.values():
            for event in events:
                event.set()

    def keys(self) -> list[K]:
        """For whom a poll is held at this moment."""
        return list(self._events)

    def until(self, key: K, look: Callable[[], A | None]) -> A | None:
        """Look, and look again whenever something may have changed; None when the time to hold is over."""
        event = Event()
        self._events[key].add(event)
        deadline = monotonic() + HELD_SECONDS
        try:
            while True:
                event.clear()
                found = look()
                left = deadline - monotonic()
                if found is not None or left <= 0:
                    return found
                event.wait(min(LOOK_EVERY_SECONDS, left))
        finally:
            self._events[key].discard(event)
            if not self._events[key]:
                del self._events[key]


visitor_waiters: Waiters[int] = Waiters()
operator_waiters: Waiters[int] = Waiters()
