"""Heartbeats of pages, written together: a thousand pages beat fifty times a second."""

import threading
from datetime import datetime, timedelta

from actions import visits
from models.database import unit_of_work

WRITE_EVERY = timedelta(seconds=5)


class Beats:
    """Views that have beaten since the last writing. Whoever beats when it is time writes for all of them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pending: set[str] = set()
        self._written_at: datetime | None = None

    def note(self, view_id: str, now: datetime) -> None:
        """This page is still open."""
        with self._lock:
            self._pending.add(view_id)
            if self._written_at is not None and timedelta(0) <= now - self._written_at < WRITE_EVERY:
                return
            due, self._pending, self._written_at = self._pending, set(), now
        with unit_of_work() as session:
            visits.beat(session, due, now)

    def forget(self, view_id: str) -> None:
        """The page was left: what it said before must not bring it back."""
        with self._lock:
            self._pending.discard(view_id)
