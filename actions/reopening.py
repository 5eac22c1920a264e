"""A visitor writes in a chat that has ended: within the set time it goes on, later they begin a new one."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.access import lock_presence, locked
from actions.changes import announce, enter
from actions.errors import ChatClosed, NotFound
from actions.events import ChatAssigned, record
from actions.messages import Post, Posted, post_messages
from actions.visits import note_here
from models.chats import AuthorKind, Chat
from models.queries import people
from models.settings import load_settings
from policy.errors import DomainError
from policy.reopening import goes_on, stays_with
from policy.transitions import Step


def write_again(session: Session, post: Post, now: datetime) -> Posted:
    """Continue the chat and store the message in it, in one transaction; refused as closed when its time is over.

    The same message again gives the first answer again, and opens nothing.
    """
    operator_id = session.scalar(select(Chat.operator_id).where(Chat.public_id == post.chat))
    if operator_id is not None:
        lock_presence(session, [operator_id])
    chat = locked(session, post.chat)
    if chat is None or chat.visitor_id != post.author.visitor_id:
        raise NotFound
    if chat.state.is_closed:
        _reopen(session, chat, operator_id, now)
    (answer,) = post_messages(session, [post], now)
    if isinstance(answer, DomainError):
        raise answer
    return answer


def _reopen(session: Session, chat: Chat, locked_operator_id: int | None, now: datetime) -> None:
    """To the same operator if they could be given it now, else to the queue, with a new place."""
    has_newer = session.scalar(
        select(Chat.id).where(Chat.visitor_id == chat.visitor_id, Chat.id > chat.id).limit(1)
    )
    within = load_settings(session).reopens_within_hours
    if has_newer is not None or not goes_on(chat.closed_at, now, within):
        raise ChatClosed
    before = chat.facts()
    person = people.person(session, before.operator_id) if before.operator_id is not None else None
    is_same = (
        person is not None
        and person.id == locked_operator_id
        and stays_with(people.facts_of(session, person), before)
    )
    chat.operator_id = before.operator_id if is_same else None
    chat.assigned_at = now if is_same else None
    chat.requested_operator_id = chat.tried_operator_ids = chat.visitor_left_at = chat.closed_at = None
    chat.queued_at = now
    enter(session, chat, Step.REOPEN, now, by=AuthorKind.VISITOR)
    announce(session, chat, before)
    # Who writes is there; while the chat was closed nobody noted it.
    note_here(session, [chat.visitor_id], now)
    if is_same and person is not None:
        record(session, ChatAssigned(chat.public_id, person.id))
