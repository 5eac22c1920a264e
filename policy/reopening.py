"""A visitor writes in a chat that has ended: does it go on, and with whom?"""

from dataclasses import replace
from datetime import datetime, timedelta

from policy.facts import ChatFacts, OperatorFacts
from policy.routing import can_be_assigned
from policy.transitions import ChatState


def goes_on(closed_at: datetime | None, now: datetime, within_hours: int) -> bool:
    """Whether a chat that ended then is continued; 0 hours: never."""
    return closed_at is not None and now - closed_at < timedelta(hours=within_hours)


def stays_with(operator: OperatorFacts | None, chat: ChatFacts) -> bool:
    """Whether its operator gets the chat again: only if the system could give it to them now, above no limit."""
    waiting = replace(chat, state=ChatState.QUEUE, operator_id=None, requested_operator_id=None)
    return operator is not None and operator.id == chat.operator_id and can_be_assigned(operator, waiting)
