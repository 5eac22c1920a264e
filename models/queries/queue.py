"""The queue as those see it who stand in it: everybody's place by one question, and how long waits were lately."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Float, cast, func, select
from sqlalchemy.orm import Session

from models.chats import IS_OPEN, Chat
from models.queries.durations import SecondsBetween
from policy.transitions import ChatState

LATELY = timedelta(hours=1)
MOST = 500
"""So many waits tell enough, however many there were."""


class Waiting(NamedTuple):
    """A chat that nobody has yet, and its place among those that wait for the same department."""

    visitor_id: int
    chat: str
    department_id: int | None
    queued_at: datetime
    position: int


_PLACE = (
    func.row_number()
    .over(partition_by=func.coalesce(Chat.department_id, 0), order_by=(Chat.queued_at, Chat.id))
    .label("position")
)
_WAITING = select(Chat.visitor_id, Chat.public_id, Chat.department_id, Chat.queued_at, _PLACE).where(
    IS_OPEN, Chat.state == ChatState.QUEUE, Chat.operator_id.is_(None)
)
_WAITED = cast(SecondsBetween(Chat.queued_at, Chat.first_reply_at), Float)


def everybodys_places(session: Session) -> list[Waiting]:
    """Everybody who waits, with their place."""
    return [Waiting(*row) for row in session.execute(_WAITING)]


def recent_waits(session: Session, now: datetime) -> dict[int | None, list[float]]:
    """By department: how many seconds visitors waited for the first reply, the latest first."""
    waits: defaultdict[int | None, list[float]] = defaultdict(list)
    found = select(Chat.department_id, _WAITED).where(
        Chat.first_reply_at > now - LATELY,
        # A chat that was begun anew after its first reply has another place in the queue since.
        Chat.first_reply_at >= Chat.queued_at,
    )
    for department_id, seconds in session.execute(found.order_by(Chat.first_reply_at.desc()).limit(MOST)):
        waits[department_id].append(seconds)
    return waits
