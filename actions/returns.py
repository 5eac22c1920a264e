"""The system takes a chat from an operator who can't answer it; it goes back to its old place in the queue."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.access import locked
from actions.changes import announce, enter, next_revision
from actions.events import ChatReturned, record
from actions.system_messages import say
from actions.words import words_of
from models.chats import IS_OPEN, AuthorKind, Chat, ChatStep
from policy.assignment import tried_after
from policy.languages import Language
from policy.transitions import ChatState, Step

# The last of these says whether the visitor knows already: a wait ends where somebody answers.
_TELLING = (Step.RETURN_TO_QUEUE, Step.REOPEN, Step.TAKE, Step.TAKE_OVER, Step.FIRST_REPLY)


def return_chats(
    session: Session, operator_id: int, states: Collection[ChatState], reason: str, now: datetime
) -> None:
    """Every chat of the operator in one of these states goes back; the caller has locked the operator's presence."""
    # Visitors in one order: two who take each other's chats must not wait for each other.
    found = session.scalars(
        select(Chat.public_id)
        .where(Chat.operator_id == operator_id, IS_OPEN, Chat.state.in_(states))
        .order_by(Chat.visitor_id, Chat.id)
    ).all()
    for public_id in found:
        chat = locked(session, public_id)
        # The visitor may have closed it, or the operator begun to answer, before we had the lock.
        if chat is not None and chat.operator_id == operator_id and chat.state in states:
            return_to_queue(session, chat, reason, now)


def return_to_queue(session: Session, chat: Chat, reason: str, now: datetime, **details: Any) -> None:
    """Take a locked chat from its operator; the log says why, the visitor is told in one line, once for each wait.

    Whoever has had it gets it again only when everybody who can answer has had it.
    """
    before = chat.facts()
    assert before.operator_id is not None  # only what somebody has can be taken from them
    is_conversation = before.state is ChatState.CHATTING
    tried = frozenset() if is_conversation else frozenset(chat.tried_operator_ids or ())
    if before.operator_id not in tried:
        tried = tried_after(tried, before.operator_id)
    chat.tried_operator_ids = sorted(tried)
    chat.operator_id = chat.assigned_at = None
    is_first = is_conversation or not _was_told(session, chat)
    why = {"reason": reason, "operator_id": before.operator_id, **details}
    enter(session, chat, Step.RETURN_TO_QUEUE, now, by=AuthorKind.SYSTEM, why=why)
    # Before the change itself, with which the chat may leave the operator's sight.
    record(session, ChatReturned(chat.public_id, before.operator_id, reason))
    revision = next_revision(session, chat.visitor_id)
    words = _words(chat.language, is_conversation=is_conversation)
    messages = (say(session, chat, words, revision, now),) if is_first else ()
    announce(session, chat, before, messages=messages, revision=revision)


def _was_told(session: Session, chat: Chat) -> bool:
    """Whether this wait has seen the chat go back before, however many rounds it has made since."""
    steps = select(ChatStep.step).where(ChatStep.chat_id == chat.id, ChatStep.step.in_(_TELLING))
    return session.scalar(steps.order_by(ChatStep.id.desc()).limit(1)) is Step.RETURN_TO_QUEUE


def _words(language: Language, *, is_conversation: bool) -> str:
    """What the visitor is told, in the language of the chat."""
    say_in = words_of(language)
    if is_conversation:
        return say_in.gettext(
            "The operator had to leave. A colleague will go on with this chat; nothing is lost."
        )
    return say_in.gettext("We are passing you on to another operator. You keep your place in the queue.")
