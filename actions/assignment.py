"""Auto-assignment carried out: take a snapshot, ask the policy, claim. Choosing is not claiming."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from actions.access import lock_presence, lock_visitor
from actions.changes import announce, enter
from actions.events import ChatAssigned, record
from models.chats import AuthorKind, Chat
from models.operators import OperatorPresence
from models.queries import people
from models.queries.chats import with_cards
from models.settings import load_settings
from policy.assignment import Assignment, choose, plan, why
from policy.facts import ChatFacts, OperatorFacts
from policy.languages import Language
from policy.transitions import ChatState, Step

WAITING_PAGE = 500
"""How much of the queue is looked at together; the page after it only while somebody still has room."""


def plan_assignments(session: Session) -> list[Assignment]:
    """What auto-assignment would do now: the longest waiting chats first, as far as there are free places."""
    if not load_settings(session).auto_assignment:
        return []
    operators = [operator for operator in people.online_facts(session) if operator.load < operator.max_chats]
    after: ChatFacts | None = None
    while operators:
        waiting = _waiting(session, operators, after)
        decisions = plan(waiting, operators)
        if decisions or len(waiting) < WAITING_PAGE:
            return decisions
        after = waiting[-1]
    return []


def claim(session: Session, assignment: Assignment, now: datetime) -> bool:
    """Carry out one decision if it still holds: the chat waits, and this operator still comes first for it.

    The operator's presence is locked first and their chats are counted from the rows, so that no other process can give
    them another one meanwhile; the chat itself goes to whoever's UPDATE finds it without an operator.
    """
    lock_presence(session, [assignment.operator_id])
    if not load_settings(session).auto_assignment:
        return False
    chat = _lock_waiting(session, assignment.chat_id)
    if chat is None:
        return False
    before, operators = chat.facts(), people.online_facts(session)
    chosen = choose(before, operators)
    if chosen is None or chosen.id != assignment.operator_id:
        return False
    reason = why(chosen, before, operators)
    claimed = session.execute(
        update(Chat)
        .where(Chat.id == chat.id, Chat.operator_id.is_(None), Chat.state == ChatState.QUEUE)
        .values(operator_id=chosen.id, assigned_at=now)
        .execution_options(synchronize_session=False)
    )
    if claimed.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE always gives a CursorResult
        return False
    session.refresh(chat, ["operator_id", "assigned_at"])
    session.execute(
        update(OperatorPresence).where(OperatorPresence.operator_id == chosen.id).values(last_assigned_at=now)
    )
    enter(session, chat, Step.ASSIGN, now, by=AuthorKind.SYSTEM, why=_plain(asdict(reason)))
    announce(session, chat, before)
    record(session, ChatAssigned(chat.public_id, chosen.id))
    return True


def _waiting(
    session: Session, operators: Sequence[OperatorFacts], after: ChatFacts | None
) -> list[ChatFacts]:
    """A page of the queue: only chats of departments and languages that somebody with a free place serves."""
    departments = frozenset().union(*(operator.department_ids for operator in operators))
    languages: frozenset[Language] = frozenset().union(
        *(operator.languages or Language for operator in operators)
    )
    query = select(
        Chat.id,
        Chat.language,
        Chat.queued_at,
        Chat.department_id,
        Chat.requested_operator_id,
        Chat.visitor_id,
    ).where(
        Chat.state == ChatState.QUEUE,
        Chat.operator_id.is_(None),
        or_(Chat.department_id.is_(None), Chat.department_id.in_(departments)),
        Chat.language.in_(languages),
    )
    if after is not None:
        query = query.where(
            or_(Chat.queued_at > after.queued_at, (Chat.queued_at == after.queued_at) & (Chat.id > after.id))
        )
    return [
        ChatFacts(state=ChatState.QUEUE, **row._mapping)
        for row in session.execute(query.order_by(Chat.queued_at, Chat.id).limit(WAITING_PAGE))
    ]


def _lock_waiting(session: Session, chat_id: int) -> Chat | None:
    visitor_id = session.scalar(select(Chat.visitor_id).where(Chat.id == chat_id))
    if visitor_id is None:
        return None
    lock_visitor(session, visitor_id)
    return session.scalar(
        with_cards()
        .where(Chat.id == chat_id, Chat.state == ChatState.QUEUE, Chat.operator_id.is_(None))
        .with_for_update(of=Chat, key_share=True)
        .execution_options(populate_existing=True)
    )


def _plain(reason: dict[str, Any]) -> dict[str, Any]:
    """The reason as it is stored and sent: enums by value."""
    return {name: getattr(value, "value", value) for name, value in reason.items()}
