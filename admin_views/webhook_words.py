"""Webhooks in words: events, outcomes, and what a try has come to."""

import json

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from actions.webhook_calls import Failure, Outcome
from admin_views.formatters import label_of, name_members
from policy.webhooks import TEST_EVENT, HookEvent

name_members(
    {
        HookEvent.CHAT_STARTED: _l("A chat began"),
        HookEvent.CHAT_ASSIGNED: _l("A chat was assigned"),
        HookEvent.CHAT_TAKEN: _l("A chat was taken"),
        HookEvent.CHAT_REDIRECTED: _l("A chat was redirected"),
        HookEvent.CHAT_RETURNED: _l("A chat went back to the queue"),
        HookEvent.CHAT_CLOSED: _l("A chat ended"),
        HookEvent.CHAT_MISSED: _l("A chat was missed"),
        HookEvent.CHAT_REOPENED: _l("A chat was continued"),
        HookEvent.MESSAGE_CREATED: _l("A message"),
        HookEvent.OPERATOR_STATUS_CHANGED: _l("An operator's status"),
        Failure.ADDRESS_REFUSED: _l("The address leads into a network that may not be called"),
        Failure.NAME_UNKNOWN: _l("There is no such host"),
        Failure.NOT_CONNECTED: _l("No connection"),
        Failure.ENCRYPTION_FAILED: _l("The encryption cannot be trusted"),
        Failure.TIMED_OUT: _l("No answer in time"),
        Failure.REDIRECTED: _l("A redirect, which is not followed"),
        Failure.BROKEN_ANSWER: _l("An answer that is no HTTP"),
        Failure.REFUSED: _l("Refused"),
    }
)
_EVENTS = {event.value: event for event in HookEvent}
_FAILURES = {failure.value: failure for failure in Failure}


def said(outcome: Outcome) -> tuple[str, str]:
    """The word and its kind after a try by hand."""
    if outcome.failure is None:
        return _(
            "The receiver has taken it: %(code)s, %(ms)s ms.", code=outcome.code, ms=outcome.duration_ms
        ), "success"
    words = failure_words(outcome.failure.value, outcome.code)
    return _("The receiver has not taken it. %(reason)s.", reason=words), "error"


def failure_words(name: str, code: int | None) -> str:
    """Why a receiver has not taken something, with the code of its answer."""
    failure = _FAILURES.get(name)
    words = str(label_of(failure)) if failure else name
    return f"{words}: {code}" if code else words


def event_words(name: str) -> str:
    """An event by its name."""
    event = _EVENTS.get(name)
    if event is not None:
        return str(label_of(event))
    return str(_("Test event")) if name == TEST_EVENT else name


def indented(body: str) -> str:
    """A body for people to read."""
    return json.dumps(json.loads(body), ensure_ascii=False, indent=2)
