"""What other programs are told of, and how long a receiver that does not answer is tried."""

import enum
from datetime import datetime, timedelta

from policy.facts import ChatFacts
from policy.transitions import ChatState

REFUSED_FOR_GOOD = frozenset({400, 413, 422})
"""The receiver has read the delivery and cannot take it: it stands in nobody's way for long."""
REFUSED_TRIES = 3
GIVEN_UP_AFTER = timedelta(days=3)
"""A delivery that still fails then is given up."""
SWITCHED_OFF_AFTER = timedelta(days=5)
"""A receiver that took nothing for so long is not called any more."""


class HookEvent(enum.Enum):
    """One kind of event; a webhook is told of those that were chosen for it."""

    CHAT_STARTED = "chat.started"
    CHAT_ASSIGNED = "chat.assigned"
    CHAT_TAKEN = "chat.taken"
    CHAT_REDIRECTED = "chat.redirected"
    CHAT_RETURNED = "chat.returned"
    CHAT_CLOSED = "chat.closed"
    CHAT_MISSED = "chat.missed"
    CHAT_REOPENED = "chat.reopened"
    MESSAGE_CREATED = "message.created"
    OPERATOR_STATUS_CHANGED = "operator.status_changed"


TEST_EVENT = "test"


def chat_events(before: ChatFacts | None, after: ChatFacts, *, is_answered: bool) -> list[HookEvent]:
    """What became of a chat between two states; before = None: it began."""
    if after.state.is_closed:
        if before is not None and before.state.is_closed:
            return []
        return [HookEvent.CHAT_CLOSED] if is_answered else [HookEvent.CHAT_CLOSED, HookEvent.CHAT_MISSED]
    if not after.state.is_open:
        return []
    if before is None or not before.state.is_open:
        was_closed = before is not None and before.state.is_closed
        begun = HookEvent.CHAT_REOPENED if was_closed else HookEvent.CHAT_STARTED
        return [begun] if after.operator_id is None else [begun, HookEvent.CHAT_ASSIGNED]
    moved = _moved(before, after)
    return [moved] if moved else []


def _moved(before: ChatFacts, after: ChatFacts) -> HookEvent | None:
    """Who answers an open chat now, if that is somebody else than before, or not certain any more."""
    if after.operator_id is None:
        if before.department_id != after.department_id:
            return HookEvent.CHAT_REDIRECTED
        return HookEvent.CHAT_RETURNED if before.operator_id is not None else None
    if after.state is ChatState.CHATTING:
        is_new = (before.operator_id, before.state) != (after.operator_id, after.state)
        return HookEvent.CHAT_TAKEN if is_new else None
    if before.operator_id == after.operator_id:
        return None
    return HookEvent.CHAT_ASSIGNED if before.operator_id is None else HookEvent.CHAT_REDIRECTED


def is_refused(code: int | None, attempts: int) -> bool:
    """Whether it is this very delivery that the receiver cannot take; the next one need not wait for it."""
    return code in REFUSED_FOR_GOOD and attempts >= REFUSED_TRIES


def is_given_up(created_at: datetime, now: datetime) -> bool:
    """Whether a delivery that has just failed again is tried no more."""
    return now - created_at >= GIVEN_UP_AFTER


def is_switched_off(failing_since: datetime, now: datetime) -> bool:
    """Whether a receiver has failed for so long that it is called no more."""
    return now - failing_since >= SWITCHED_OFF_AFTER
