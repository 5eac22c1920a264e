"""Places in the queue, for all who wait: computed together when the queue moves, told to whom it concerns."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models.queries.queue import everybodys_places, recent_waits
from policy.waiting import minutes_left, usual_wait

WAITS_KEPT = timedelta(seconds=15)
"""How long what is known of recent waiting is taken for true."""


@dataclass(frozen=True, slots=True)
class QueuePlace:
    """One visitor's place, and for how many minutes they may have to wait; None while that means nothing."""

    chat: str
    position: int
    minutes: int | None


class Places:
    """Where each visitor stood when this process last looked."""

    def __init__(self) -> None:
        self._places: dict[int, QueuePlace] = {}
        self._usual: dict[int | None, float | None] = {}
        self._usual_at: datetime | None = None

    def of(self, visitor_id: int) -> QueuePlace | None:
        """The visitor's place; None where they wait for nobody."""
        return self._places.get(visitor_id)

    def look(self, session: Session, now: datetime) -> dict[int, QueuePlace]:
        """Look at the queue; gives the places that have changed since, by visitor."""
        waiting = everybodys_places(session)
        if waiting and (self._usual_at is None or now - self._usual_at > WAITS_KEPT):
            self._usual = {key: usual_wait(waits) for key, waits in recent_waits(session, now).items()}
            self._usual_at = now
        before = self._places
        self._places = {
            one.visitor_id: QueuePlace(
                one.chat,
                one.position,
                minutes_left(self._usual.get(one.department_id), (now - one.queued_at).total_seconds()),
            )
            for one in waiting
        }
        return {key: place for key, place in self._places.items() if before.get(key) != place}


places = Places()
