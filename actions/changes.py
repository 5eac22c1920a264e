"""How a chat changes: the next revision, the step in its log, and one event about both."""

from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from actions.errors import ChatClosed, NotNow
from actions.events import ChatChanged, ReadMarks, record
from models.chats import AuthorKind, Chat, ChatStep
from models.queries.chats import MessageView, view_of
from models.visitors import Visitor
from policy.facts import ChatFacts
from policy.transitions import Step, TransitionRefused, next_state


def next_revision(session: Session, visitor_id: int) -> int:
    """Take the visitor's next revision; whoever else writes to this visitor's chats waits until we commit."""
    return session.scalars(
        update(Visitor)
        .where(Visitor.id == visitor_id)
        .values(revision=Visitor.revision + 1)
        .returning(Visitor.revision)
        .execution_options(synchronize_session=False)
    ).one()


def enter(
    session: Session,
    chat: Chat,
    step: Step,
    now: datetime,
    *,
    by: AuthorKind,
    by_operator_id: int | None = None,
    note: str = "",
    why: dict[str, Any] | None = None,
) -> None:
    """Carry out one step of the chat's life, as the table of transitions allows it, and log it."""
    try:
        chat.state = next_state(chat.state, step)
    except TransitionRefused as refused:
        raise (ChatClosed() if refused.state and refused.state.is_closed else NotNow()) from refused
    chat.silent_since = None
    if chat.state.is_closed:
        chat.closed_at = now
        chat.waiting_since = None
    session.flush()
    session.add(
        ChatStep(
            chat_id=chat.id,
            at=now,
            step=step,
            state=chat.state,
            by=by,
            by_operator_id=by_operator_id,
            operator_id=chat.operator_id,
            department_id=chat.department_id,
            note=note,
            why=why,
        )
    )


def announce(
    session: Session,
    chat: Chat,
    before: ChatFacts | None,
    *,
    messages: tuple[MessageView, ...] = (),
    revision: int | None = None,
    read: ReadMarks | None = None,
) -> None:
    """Give the change its revision and tell everybody who can see the chat, and those who no longer can."""
    chat.revision = revision or next_revision(session, chat.visitor_id)
    session.flush()
    session.refresh(chat, ["operator", "department"])
    record(
        session,
        ChatChanged(
            chat=chat.public_id,
            visitor_id=chat.visitor_id,
            previous=chat.revision - 1,
            revision=chat.revision,
            before=before,
            after=chat.facts(),
            view=view_of(chat),
            messages=messages,
            read=read,
        ),
    )
