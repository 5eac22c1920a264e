"""What time does to open chats, carried out: found by one question, decided again under the lock, done once.

Several processes look after the same chats; whoever comes second finds that nothing is due any more.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, or_, select, update
from sqlalchemy.orm import Session

from actions.access import lock_presence, locked
from actions.changes import announce, enter
from actions.chat_letters import put_letters
from actions.presence import change_status
from actions.returns import return_chats, return_to_queue
from actions.system_messages import farewell
from models.chats import IS_OPEN, AuthorKind, Chat, ChatStep
from models.operators import OperatorPresence
from models.queries import people
from models.settings import Settings, load_settings
from models.visitors import VisitorPresence
from policy.chat_life import (
    SILENT_AFTER,
    TYPING_LASTS,
    Due,
    Life,
    Times,
    all_due,
    due_at,
    last_seen,
    misses_after,
    needs_break,
    paused_by_typing,
)
from policy.statuses import OperatorStatus, rules_of
from policy.transitions import ChatState, Step

MISSED_CHATS = "missed_chats"
"""Why the system gives somebody a break."""
_offline_since = case((OperatorPresence.status == OperatorStatus.OFFLINE, OperatorPresence.status_since))
_BEGINNINGS = (Step.TAKE, Step.TAKE_OVER, Step.FIRST_REPLY)


class DueStep(NamedTuple):
    """A step that is due for a chat."""

    at: datetime
    chat: str
    step: Due
    operator_id: int | None


class Outlook(NamedTuple):
    """What is due, longest due first, and when the next step will be."""

    due: list[DueStep]
    next_at: datetime | None


def times_of(settings: Settings, listening_since: datetime | None = None) -> Times:
    """How long everything may last; 0 is off."""

    def of(seconds: int, *, is_on: bool = True) -> timedelta | None:
        return timedelta(seconds=seconds) if seconds > 0 and is_on else None

    return Times(
        answer=of(settings.answer_seconds, is_on=settings.auto_assignment),
        kept=of(60 * settings.kept_after_disconnect_minutes),
        silence=of(60 * settings.silence_closes_after_minutes),
        silent=SILENT_AFTER if settings.silent_chats_leave_limit else None,
        left=timedelta(minutes=settings.visitor_left_after_minutes),
        listening_since=listening_since,
    )


def look_ahead(session: Session, now: datetime, until: datetime, listening_since: datetime) -> Outlook:
    """Everything that is due, or will be before `until`: of the open chats only those near a deadline are read."""
    times = times_of(load_settings(session), listening_since)
    found = [
        DueStep(at, public_id, step, life.operator_id)
        for public_id, life in _near(session, times, until)
        for step, at in all_due(life, times).items()
    ]
    found.sort(key=lambda one: (one.at, one.chat, one.step.value))
    due = [one for one in found if one.at <= now]
    return Outlook(due, next((one.at for one in found if one.at > now), None))


def shortest_time(session: Session) -> timedelta:
    """No step that begins to count from now on is due before so much time has passed."""
    times = times_of(load_settings(session))
    return min(filter(None, (times.answer, times.kept, times.silence, times.silent, times.left)))


def carry_out(session: Session, one: DueStep, now: datetime, listening_since: datetime) -> bool:
    """Take the step, if under the locks it is still due."""
    if one.operator_id is not None:
        lock_presence(session, [one.operator_id])
    chat = locked(session, one.chat)
    if chat is None or chat.operator_id != one.operator_id:
        return False
    settings = load_settings(session)
    life = _life(session, chat)
    at = due_at(life, times_of(settings, listening_since), one.step)
    if at is None or at > now:
        return False
    if one.step is Due.NO_ANSWER:
        _take_back(session, chat, settings, now)
    elif one.step is Due.OPERATOR_AWAY:
        _hand_on(session, chat, now)
    elif one.step is Due.SILENCE:
        close_by_time(session, chat, now)
    elif one.step is Due.VISITOR_SILENT:
        chat.silent_since = now
        announce(session, chat, chat.facts())
    else:
        chat.visitor_left_at = last_seen(life) if one.step is Due.VISITOR_LEFT else None
        announce(session, chat, chat.facts())
    return True


def note_typing(session: Session, chat: Chat, now: datetime) -> None:
    """The operator of an assigned chat writes the first answer: the time for it stands still meanwhile.

    Told every few seconds; it is written at most half as often as it counts.
    """
    if times_of(load_settings(session)).answer is None:
        return
    pause = paused_by_typing(_life(session, chat), now)
    if chat.answer_paused_until is not None and pause.until - chat.answer_paused_until < TYPING_LASTS / 3:
        return
    session.execute(
        update(Chat)
        .where(Chat.id == chat.id, Chat.state == ChatState.QUEUE, Chat.assigned_at == chat.assigned_at)
        .values(answer_paused_until=pause.until, answer_paused_ms=pause.milliseconds)
        .execution_options(synchronize_session=False)
    )


def close_by_time(session: Session, chat: Chat, now: datetime) -> None:
    """A locked chat in which nobody has written for long ends by itself; nothing of it is lost."""
    before = chat.facts()
    enter(session, chat, Step.CLOSE_BY_TIME, now, by=AuthorKind.SYSTEM)
    revision, messages = farewell(session, chat, now)
    announce(session, chat, before, messages=messages, revision=revision)
    put_letters(session, chat, now)


def _take_back(session: Session, chat: Chat, settings: Settings, now: datetime) -> None:
    """The operator did not answer: the chat goes to somebody else, and who lets several pass gets a break."""
    operator_id = chat.operator_id
    assert operator_id is not None
    # Whom the visitor asked for does not answer: now anybody may.
    chat.requested_operator_id = None
    return_to_queue(session, chat, Due.NO_ANSWER.value, now, seconds=settings.answer_seconds)
    (presence,) = lock_presence(session, [operator_id])
    presence.misses = misses_after(presence.misses, has_answered_since=_has_answered_since(session, presence))
    presence.missed_at = now
    session.flush()
    is_on_duty = rules_of(presence.status).is_auto_assigned
    if is_on_duty and needs_break(presence.misses, settings.misses_before_break):
        operator = people.person(session, operator_id)
        if operator is not None:
            change_status(
                session, operator, OperatorStatus.BREAK, now, by_operator_id=None, reason=MISSED_CHATS
            )
        # Whoever else waits for them would wait in vain.
        return_chats(session, operator_id, [ChatState.QUEUE], Due.NO_ANSWER.value, now)


def _has_answered_since(session: Session, presence: OperatorPresence) -> bool:
    """Whether the operator has begun a conversation since they let a chat pass."""
    if presence.missed_at is None:
        return True
    began = select(ChatStep.id).where(
        ChatStep.by_operator_id == presence.operator_id,
        ChatStep.at > presence.missed_at,
        ChatStep.step.in_(_BEGINNINGS),
    )
    return session.scalar(began.limit(1)) is not None


def _hand_on(session: Session, chat: Chat, now: datetime) -> None:
    """The operator has been away for too long: the conversation goes to a colleague, whoever was asked for."""
    chat.requested_operator_id = None
    return_to_queue(session, chat, Due.OPERATOR_AWAY.value, now)


def _life(session: Session, chat: Chat) -> Life:
    presence = session.get(OperatorPresence, chat.operator_id) if chat.operator_id is not None else None
    is_offline = presence is not None and presence.status is OperatorStatus.OFFLINE
    return Life(
        state=chat.state,
        started_at=chat.started_at,
        operator_id=chat.operator_id,
        operator_offline_since=presence.status_since if presence is not None and is_offline else None,
        assigned_at=chat.assigned_at,
        waiting_since=chat.waiting_since,
        last_message_at=chat.last_message_at,
        answer_paused_until=chat.answer_paused_until,
        answer_paused_ms=chat.answer_paused_ms,
        silent_since=chat.silent_since,
        visitor_left_at=chat.visitor_left_at,
        visitor_seen_at=session.scalar(
            select(VisitorPresence.seen_at).where(VisitorPresence.visitor_id == chat.visitor_id)
        ),
    )


def _near(session: Session, times: Times, until: datetime) -> list[tuple[str, Life]]:
    """Open chats that may have something due before that time; the policy says whether they do."""
    rows = session.execute(
        select(
            Chat.public_id,
            Chat.state,
            Chat.started_at,
            Chat.operator_id,
            _offline_since,
            Chat.assigned_at,
            Chat.waiting_since,
            Chat.last_message_at,
            Chat.answer_paused_until,
            Chat.answer_paused_ms,
            Chat.silent_since,
            Chat.visitor_left_at,
            VisitorPresence.seen_at,
        )
        .join(OperatorPresence, OperatorPresence.operator_id == Chat.operator_id, isouter=True)
        .join(VisitorPresence, VisitorPresence.visitor_id == Chat.visitor_id, isouter=True)
        .where(IS_OPEN, or_(*_conditions(times, until)))
    )
    return [(public_id, Life(*row)) for public_id, *row in rows]


def _conditions(times: Times, until: datetime) -> Iterator[ColumnElement[bool]]:
    """What must hold for each step to be due before `until`: never stricter than the policy."""
    last_words = func.coalesce(Chat.last_message_at, Chat.started_at)
    is_chatting = Chat.state == ChatState.CHATTING
    if times.answer is not None:
        is_assigned = and_(Chat.state == ChatState.QUEUE, Chat.operator_id.is_not(None))
        yield and_(is_assigned, Chat.assigned_at <= until - times.answer)
    if times.kept is not None:
        yield and_(is_chatting, _offline_since <= until - times.kept)
    if times.silence is not None:
        has_left = or_(is_chatting, Chat.visitor_left_at.is_not(None))
        yield and_(has_left, last_words <= until - times.silence)
    if times.silent is not None:
        is_answered = and_(is_chatting, Chat.waiting_since.is_(None), Chat.silent_since.is_(None))
        yield and_(is_answered, last_words <= until - times.silent)
    is_here = Chat.visitor_left_at.is_(None)
    yield and_(is_here, func.coalesce(VisitorPresence.seen_at, Chat.started_at) <= until - times.left)
    yield VisitorPresence.seen_at > Chat.visitor_left_at
