"""What time does to an open chat: which step is due, and when."""

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta

from policy.transitions import ChatState

TYPING_LASTS = timedelta(seconds=6)
"""How long one sign of typing holds up the time in which an answer is due."""
SILENT_AFTER = timedelta(minutes=5)
"""After so long a silence of the visitor a chat stops counting towards the limit, where that is wanted."""


_MILLISECOND = timedelta(milliseconds=1)


class Due(enum.Enum):
    """A step that the clock takes."""

    NO_ANSWER = "no_answer"
    OPERATOR_AWAY = "operator_away"
    SILENCE = "silence"
    VISITOR_SILENT = "visitor_silent"
    VISITOR_LEFT = "visitor_left"
    VISITOR_BACK = "visitor_back"


@dataclass(frozen=True, slots=True)
class Times:
    """What the settings allow; None is switched off."""

    answer: timedelta | None
    """In which an assigned chat is answered; off while operators take chats themselves."""
    kept: timedelta | None
    silence: timedelta | None
    silent: timedelta | None
    left: timedelta
    listening_since: datetime | None = None
    """When the server began to listen: nobody is blamed for what they could not do before."""

    def after(self, begin: datetime, allowed: timedelta) -> datetime:
        """When so much time has passed since then in which something could be done."""
        return max(begin, self.listening_since or begin) + allowed


@dataclass(frozen=True, slots=True)
class Life:
    """An open chat, as far as time does something to it."""

    state: ChatState
    started_at: datetime
    operator_id: int | None = None
    operator_offline_since: datetime | None = None
    """None while they work, in whatever status."""
    assigned_at: datetime | None = None
    waiting_since: datetime | None = None
    last_message_at: datetime | None = None
    answer_paused_until: datetime | None = None
    answer_paused_ms: int = 0
    silent_since: datetime | None = None
    visitor_left_at: datetime | None = None
    visitor_seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """How typing has held up an answer: until when, and for how long in all."""

    until: datetime
    milliseconds: int


def due_at(chat: Life, times: Times, step: Due) -> datetime | None:
    """When the step is due if nothing happens before; None: not at all, as things stand."""
    return _RULES[step](chat, times) if chat.state.is_open else None


def all_due(chat: Life, times: Times) -> dict[Due, datetime]:
    """Every step that is due some time, as things stand."""
    found = ((step, due_at(chat, times, step)) for step in Due)
    return {step: at for step, at in found if at is not None}


def paused_by_typing(chat: Life, now: datetime) -> Pause:
    """The operator is writing: the time to answer stands still while they do, and then goes on."""
    until, before = chat.answer_paused_until, chat.answer_paused_ms
    if until is None or (chat.assigned_at is not None and until <= chat.assigned_at):
        until, before = now, 0
    begins = max(until, now)
    ends = max(until, now + TYPING_LASTS)
    return Pause(ends, before + (ends - begins) // _MILLISECOND)


def misses_after(misses: int, *, has_answered_since: bool) -> int:
    """How many chats in a row somebody has let pass, once they let pass another one."""
    return 1 if has_answered_since else misses + 1


def needs_break(misses: int, allowed: int) -> bool:
    """Whether so many chats let pass in a row lead to a break; 0 switches it off."""
    return 0 < allowed <= misses


def _no_answer(chat: Life, times: Times) -> datetime | None:
    """Counted from when there was something to answer, and somebody to do it."""
    if (
        times.answer is None
        or chat.state is not ChatState.QUEUE
        or chat.operator_id is None
        or chat.assigned_at is None
        or chat.waiting_since is None
    ):
        return None
    begin = max(chat.assigned_at, chat.waiting_since)
    is_paused = chat.answer_paused_until is not None and chat.answer_paused_until > chat.assigned_at
    paused = chat.answer_paused_ms * _MILLISECOND if is_paused else timedelta()
    return times.after(begin, times.answer + paused)


def _operator_away(chat: Life, times: Times) -> datetime | None:
    """A conversation waits for its operator to come back, but not for ever."""
    if times.kept is None or chat.state is not ChatState.CHATTING or chat.operator_offline_since is None:
        return None
    return times.after(chat.operator_offline_since, times.kept)


def _silence(chat: Life, times: Times) -> datetime | None:
    """Nobody has written for long. Who waits for somebody to come, and is still there, is not sent away."""
    if times.silence is None:
        return None
    at = times.after(_last_words(chat), times.silence)
    if chat.state is ChatState.QUEUE:
        return None if chat.visitor_left_at is None else max(at, chat.visitor_left_at)
    return at


def _visitor_silent(chat: Life, times: Times) -> datetime | None:
    if (
        times.silent is None
        or chat.state is not ChatState.CHATTING
        or chat.waiting_since is not None
        or chat.silent_since is not None
    ):
        return None
    return times.after(_last_words(chat), times.silent)


def _visitor_left(chat: Life, times: Times) -> datetime | None:
    return None if chat.visitor_left_at is not None else times.after(last_seen(chat), times.left)


def _visitor_back(chat: Life, _times: Times) -> datetime | None:
    seen = chat.visitor_seen_at
    is_back = chat.visitor_left_at is not None and seen is not None and seen > chat.visitor_left_at
    return seen if is_back else None


def _last_words(chat: Life) -> datetime:
    return chat.last_message_at or chat.started_at


def last_seen(chat: Life) -> datetime:
    """The visitor's last sign of life: their window, or their words."""
    return max(filter(None, (chat.started_at, chat.visitor_seen_at, chat.waiting_since)))


_RULES = {
    Due.NO_ANSWER: _no_answer,
    Due.OPERATOR_AWAY: _operator_away,
    Due.SILENCE: _silence,
    Due.VISITOR_SILENT: _visitor_silent,
    Due.VISITOR_LEFT: _visitor_left,
    Due.VISITOR_BACK: _visitor_back,
}
