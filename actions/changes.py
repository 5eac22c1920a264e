"""How a chat changes: the next revision, the step in its log, and one event about both."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, insert, update
from sqlalchemy.orm import Session

from actions.errors import ChatClosed, NotNow
from actions.events import ChatChanged, record
from models.chats import AuthorKind, Chat, ChatStep
from models.queries.chats import ChatView, MessageView
from models.queries.told import told
from models.visitors import Visitor
from policy.facts import ChatFacts
from policy.transitions import ChatState, Step, TransitionRefused, next_state

_INSERT_STEP = insert(cast(Table, ChatStep.__table__))


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
    log_step(
        session,
        chat.id,
        step,
        chat.state,
        now,
        by=by,
        by_operator_id=by_operator_id,
        operator_id=chat.operator_id,
        department_id=chat.department_id,
        note=note,
        why=why,
    )


def log_step(
    session: Session,
    chat_id: int,
    step: Step,
    state: ChatState,
    now: datetime,
    *,
    by: AuthorKind,
    by_operator_id: int | None = None,
    operator_id: int | None,
    department_id: int | None,
    note: str = "",
    why: dict[str, Any] | None = None,
) -> None:
    """Write into the chat's log what happened, and whose the chat is since."""
    row = {
        "chat_id": chat_id,
        "at": now,
        "step": step,
        "state": state,
        "by": by,
        "by_operator_id": by_operator_id,
        "operator_id": operator_id,
        "department_id": department_id,
        "note": note,
        "why": why,
    }
    session.connection().execute(_INSERT_STEP, row)


def announce(
    session: Session,
    chat: Chat,
    before: ChatFacts | None,
    *,
    messages: tuple[MessageView, ...] = (),
    revision: int | None = None,
) -> None:
    """Give the change its revision and tell everybody who can see the chat, and those who no longer can."""
    chat.revision = revision or next_revision(session, chat.visitor_id)
    session.flush()
    # Whoever looks at the chat next sees its operator and department of now.
    session.expire(chat, ["operator", "department"])
    tell(session, chat.id, before, messages=messages)


def tell(
    session: Session,
    chat_id: int,
    before: ChatFacts | None,
    *,
    messages: tuple[MessageView, ...] = (),
) -> ChatView:
    """Tell of a chat whose rows have their new revision already."""
    after, view = told(session, [chat_id])[chat_id]
    record(
        session,
        ChatChanged(
            chat=view.id,
            visitor_id=after.visitor_id,
            previous=view.revision - 1,
            revision=view.revision,
            before=before,
            after=after,
            view=view,
            messages=messages,
        ),
    )
    return view
