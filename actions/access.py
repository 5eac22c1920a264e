"""The only way to get a chat or a person for somebody: what one may not see answers as what does not exist.

Whoever changes something locks in one order: operators' presence, then visitors, then chats, each by number.
"""

from collections.abc import Collection
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.errors import Forbidden, NotFound, NotNow
from models.chats import Chat
from models.operators import Operator, OperatorPresence
from models.queries import people
from models.queries.chats import with_cards
from models.settings import load_settings
from models.visitors import Visitor
from policy.facts import ChatFacts, OperatorFacts
from policy.rights import Action, Answer, may
from policy.statuses import OperatorStatus


def chat_for_operator(
    session: Session, actor: OperatorFacts, chat_id: str, action: Action, *, lock: bool = False
) -> Chat:
    """The chat, if this person may do this with it; locked together with its visitor where it is about to change."""
    chat = locked(session, chat_id) if lock else session.scalar(with_cards().where(Chat.public_id == chat_id))
    if chat is None:
        raise NotFound
    facts, auto = chat.facts(), load_settings(session).auto_assignment
    if may(actor, Action.SEE_CHAT, facts, auto_assignment=auto) is not Answer.ALLOWED:
        raise NotFound
    demand_of_chat(actor, action, facts, auto_assignment=auto)
    return chat


def chat_for_visitor(session: Session, visitor_id: int, chat_id: str, *, lock: bool = False) -> Chat:
    """The visitor's own chat, or nothing."""
    chat = locked(session, chat_id) if lock else session.scalar(with_cards().where(Chat.public_id == chat_id))
    if chat is None or chat.visitor_id != visitor_id:
        raise NotFound
    return chat


def person_for_operator(session: Session, actor: OperatorFacts, operator_id: int, action: Action) -> Operator:
    """A colleague, if this person may do this to them."""
    operator = people.person(session, operator_id)
    if operator is None:
        raise NotFound("operator")
    refuse(may(actor, action, people.facts_of(session, operator)), "operator")
    return operator


def demand(actor: OperatorFacts, action: Action) -> None:
    """A section or an action without an object."""
    refuse(may(actor, action))


def demand_of_chat(actor: OperatorFacts, action: Action, chat: ChatFacts, *, auto_assignment: bool) -> None:
    """What one may not do with a chat is refused; to whom only their present status forbids it, it is `not_now`."""
    answer = may(actor, action, chat, auto_assignment=auto_assignment)
    if answer is Answer.FORBIDDEN:
        online = replace(actor, status=OperatorStatus.ONLINE)
        if may(online, action, chat, auto_assignment=auto_assignment) is Answer.ALLOWED:
            raise NotNow
    refuse(answer)


def refuse(answer: Answer, what: str = "chat") -> None:
    """Turn the answer of the rights table into a refusal, unless it is a yes."""
    if answer is Answer.FORBIDDEN:
        raise Forbidden
    if answer is Answer.MISSING:
        raise NotFound(what)


def locked(session: Session, chat_id: str) -> Chat | None:
    """The chat as it is now, and as it stays until we commit."""
    visitor_id = session.scalar(select(Chat.visitor_id).where(Chat.public_id == chat_id))
    if visitor_id is None:
        return None
    lock_visitor(session, visitor_id)
    return session.scalar(
        with_cards()
        .where(Chat.public_id == chat_id)
        .with_for_update(of=Chat, key_share=True)
        .execution_options(populate_existing=True)
    )


def lock_visitor(session: Session, visitor_id: int) -> None:
    """Whoever else writes to this visitor's chats waits until we commit."""
    session.execute(select(Visitor.id).where(Visitor.id == visitor_id).with_for_update(key_share=True))


def lock_presence(session: Session, operator_ids: Collection[int]) -> list[OperatorPresence]:
    """These people's presence as it is now; until we commit nobody else changes it or gives them chats."""
    return list(
        session.scalars(
            select(OperatorPresence)
            .where(OperatorPresence.operator_id.in_(operator_ids))
            .order_by(OperatorPresence.operator_id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
    )
