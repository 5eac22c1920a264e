"""The only way to get a chat or a person for somebody: what one may not see answers as what does not exist."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.errors import Forbidden, NotFound
from models.chats import Chat
from models.operators import Operator
from models.queries import people
from models.queries.chats import with_cards
from models.settings import load_settings
from models.visitors import Visitor
from policy.facts import OperatorFacts
from policy.rights import Action, Answer, may


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
    refuse(may(actor, action, facts, auto_assignment=auto))
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
        raise NotFound
    refuse(may(actor, action, people.facts_of(session, operator)))
    return operator


def demand(actor: OperatorFacts, action: Action) -> None:
    """A section or an action without an object."""
    refuse(may(actor, action))


def refuse(answer: Answer) -> None:
    if answer is Answer.FORBIDDEN:
        raise Forbidden
    if answer is Answer.MISSING:
        raise NotFound


def locked(session: Session, chat_id: str) -> Chat | None:
    """Visitor first, then chat: everybody who writes takes them in this order (operators' presence before both)."""
    visitor_id = session.scalar(select(Chat.visitor_id).where(Chat.public_id == chat_id))
    if visitor_id is None:
        return None
    session.execute(select(Visitor.id).where(Visitor.id == visitor_id).with_for_update())
    return session.scalar(
        with_cards()
        .where(Chat.public_id == chat_id)
        .with_for_update(of=Chat)
        .execution_options(populate_existing=True)
    )
