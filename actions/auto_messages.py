"""Visitors who wait for too long are told so: once for each wait, however many processes look after it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from actions.access import locked
from actions.automatic_texts import text_for
from actions.changes import next_revision
from actions.events import ChatChanged, record
from actions.system_messages import say
from models.chats import IS_OPEN, Chat
from models.settings import Settings, load_settings
from policy.automatic_texts import AutomaticText
from policy.timeouts import Wait, busy_message_due


@dataclass(frozen=True, slots=True)
class Due:
    """Chats whose visitors are to be told now, and when the next of the others will be."""

    chats: tuple[str, ...]
    next_at: datetime | None


def due(session: Session, now: datetime) -> Due:
    """Look at everybody who waits and was not told yet."""
    limits = _limits(load_settings(session))
    if not any(limits.values()):
        return Due((), None)
    waits = session.execute(
        select(Chat.public_id, Chat.waiting_since, Chat.first_reply_at.is_not(None), Chat.told_busy_at).where(
            IS_OPEN,
            Chat.waiting_since.is_not(None),
            or_(Chat.told_busy_at.is_(None), Chat.told_busy_at <= Chat.waiting_since),
        )
    )
    found = (
        (busy_message_due(Wait(since, is_answered, told_at), limits), chat)
        for chat, since, is_answered, told_at in waits
        if since is not None
    )
    times = sorted((at, chat) for at, chat in found if at is not None)
    return Due(
        chats=tuple(chat for at, chat in times if at <= now),
        next_at=next((at for at, _chat in times if at > now), None),
    )


def tell_busy(session: Session, chat_id: str, now: datetime) -> bool:
    """Tell one visitor, if it is still due under the chat's lock."""
    chat = locked(session, chat_id)
    settings = load_settings(session)
    if chat is None or not chat.state.is_open or chat.waiting_since is None:
        return False
    wait = Wait(chat.waiting_since, chat.first_reply_at is not None, chat.told_busy_at)
    at = busy_message_due(wait, _limits(settings))
    if at is None or at > now:
        return False
    chat.told_busy_at = now
    text = AutomaticText.REPLY if wait.is_answered else AutomaticText.FIRST_REPLY
    words = text_for(settings, text, chat.language)
    if words:
        revision = next_revision(session, chat.visitor_id)
        message = say(session, chat, words, revision, now)
        chat.revision = revision
        session.flush()
        record(
            session,
            ChatChanged(
                chat=chat.public_id,
                visitor_id=chat.visitor_id,
                previous=revision - 1,
                revision=revision,
                after=chat.facts(),
                messages=(message,),
            ),
        )
    return True


def shortest_wait(session: Session) -> int | None:
    """No wait that begins from now on is due before so many seconds have passed; None while all is switched off."""
    return min(filter(None, _limits(load_settings(session)).values()), default=None)


def _limits(settings: Settings) -> Mapping[bool, int]:
    """By whether the visitor has ever been answered; 0 is switched off."""
    return {False: settings.first_reply_timeout_seconds, True: settings.reply_timeout_seconds}
