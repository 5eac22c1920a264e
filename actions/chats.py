"""What people and the system do with a chat: start, take, hand over, redirect, close."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

import geo
from actions import arrivals
from actions.access import chat_for_operator, chat_for_visitor, demand_of_chat, lock_presence, locked
from actions.changes import announce, enter, log_step, tell
from actions.chat_letters import put_letters
from actions.errors import AlreadyTaken, ChatClosed, Conflict, Invalid, NotFound, NotNow
from actions.events import ChatAssigned, record
from actions.ids import new_public_id
from actions.messages import Author, Post, post_messages
from actions.system_messages import farewell
from models.chats import AuthorKind, Chat
from models.departments import Department
from models.operators import Operator
from models.queries import people
from models.queries.chats import ChatView
from models.queries.departments import geography
from models.queries.told import told
from models.settings import load_settings
from policy.errors import DomainError
from policy.facts import ChatFacts, OperatorFacts
from policy.geography import most_specific
from policy.languages import Language
from policy.rights import Action, Answer, may
from policy.routing import department_of, language_of
from policy.statuses import rules_of
from policy.transitions import ChatState, Step, next_state


@dataclass(frozen=True, slots=True)
class Start:
    """What a visitor's page sends to begin a chat; texts are already cleaned."""

    client_id: str
    placement: str
    department: str | None = None
    snippet_department: str | None = None
    operator: str | None = None
    first_question: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    language: Language | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    chat: Chat
    above_limit: bool = False


def start(session: Session, visitor_id: int, command: Start, now: datetime) -> ChatView:
    """A visitor begins a chat; it stands in the queue. The same client_id again gives the same chat,
    with another question it is a conflict.

    While a chat is open there is no second one: what is asked then becomes a message of the open chat.
    """
    visitor = arrivals.arriving(session, visitor_id)
    begun = arrivals.begun(session, visitor_id, command.client_id)
    if begun is not None:
        return _begun_already(session, begun, visitor_id, command, now)
    entrance = arrivals.entrance(session, command.placement)
    if entrance is None:
        raise NotFound
    question = command.first_question
    row = _new_row(session, visitor, entrance, command, now)
    chat_id = arrivals.keep_chat(session, row)
    log_step(
        session,
        chat_id,
        Step.START,
        row["state"],
        now,
        by=AuthorKind.VISITOR,
        operator_id=None,
        department_id=row["department_id"],
    )
    arrivals.keep_visitor(session, visitor, name=command.name, email=command.email, phone=command.phone)
    messages = (arrivals.keep_first_message(session, chat_id, row, question),) if question else ()
    return tell(session, chat_id, None, messages=messages)


def _begun_already(
    session: Session, begun: arrivals.Begun, visitor_id: int, command: Start, now: datetime
) -> ChatView:
    """The chat that the command has begun before, or the open one, in which the question is asked now."""
    if not begun.is_of_command:
        _ask_in(session, begun.public_id, visitor_id, command, now)
    elif (begun.question or "") != command.first_question:
        raise Conflict
    return told(session, [begun.id])[begun.id].view


def _new_row(
    session: Session, visitor: arrivals.Arriving, entrance: arrivals.Entrance, command: Start, now: datetime
) -> dict[str, Any]:
    """The columns of a chat that begins: in the queue, with its question if there is one."""
    question = command.first_question
    return {
        "public_id": new_public_id(),
        "client_id": command.client_id,
        "visitor_id": visitor.id,
        "placement_id": entrance.id,
        "department_id": _department(session, entrance.department_id, visitor.address, command),
        "language": language_of(
            redirect=None,
            placement=entrance.language,
            choice=command.language,
            main=entrance.main_language,
        ),
        "state": next_state(None, Step.START),
        "requested_operator_id": _requested_operator(session, command.operator),
        "started_at": now,
        "queued_at": now,
        "waiting_since": now,
        "revision": visitor.revision + 1,
        **(arrivals.with_first_message(question, now) if question else {}),
    }


def take(session: Session, actor: OperatorFacts, chat_id: str, now: datetime) -> Taken:
    """An operator takes a waiting chat, or begins the one that was assigned to them.

    The second of two is told who was first.
    """
    chat = _locked_for_taking(session, actor, chat_id)
    before = chat.facts()
    chat.operator_id = actor.id
    chat.assigned_at = now
    enter(session, chat, Step.TAKE, now, by=AuthorKind.OPERATOR, by_operator_id=actor.id)
    announce(session, chat, before)
    return Taken(chat, above_limit=before.operator_id is None and actor.load >= actor.max_chats)


def take_over(session: Session, actor: OperatorFacts, chat_id: str, now: datetime) -> Taken:
    """Somebody in charge takes a colleague's chat; the colleague's page lets it go."""
    chat = chat_for_operator(session, actor, chat_id, Action.SEE_CHAT, lock=True)
    before = chat.facts()
    if before.operator_id in (None, actor.id):
        raise NotNow
    auto = load_settings(session).auto_assignment
    demand_of_chat(actor, Action.TAKE_OVER_CHAT, before, auto_assignment=auto)
    chat.operator_id = actor.id
    chat.assigned_at = now
    enter(session, chat, Step.TAKE_OVER, now, by=AuthorKind.OPERATOR, by_operator_id=actor.id)
    announce(session, chat, before)
    return Taken(chat, above_limit=actor.load >= actor.max_chats)


def redirect_to_operator(
    session: Session, actor: OperatorFacts, chat_id: str, operator_id: int, note: str, now: datetime
) -> Taken:
    """Hand a chat to a colleague: it is assigned to them and keeps its place.

    Above their limit it goes too, with a warning.
    """
    lock_presence(session, [operator_id])  # so that they do not go offline while they are given it
    chat = chat_for_operator(session, actor, chat_id, Action.REDIRECT_CHAT, lock=True)
    target = people.person(session, operator_id)
    if target is None:
        raise Invalid({"operator": "not_found"})
    if target.id == chat.operator_id:
        raise Invalid({"operator": "same"})
    facts = people.facts_of(session, target)
    if not rules_of(facts.status).works_in_chats:
        raise Invalid({"operator": "offline"})
    before = chat.facts()
    chat.operator_id = target.id
    chat.requested_operator_id = chat.tried_operator_ids = None
    chat.assigned_at = now
    enter(session, chat, Step.REDIRECT, now, by=AuthorKind.OPERATOR, by_operator_id=actor.id, note=note)
    announce(session, chat, before)
    record(session, ChatAssigned(chat.public_id, target.id))
    return Taken(chat, above_limit=facts.load >= facts.max_chats)


def redirect_to_department(
    session: Session, actor: OperatorFacts, chat_id: str, department_id: int | None, note: str, now: datetime
) -> Taken:
    """Give a chat back to the queue of a department (None: of those without one); its place stays."""
    chat = chat_for_operator(session, actor, chat_id, Action.REDIRECT_CHAT, lock=True)
    if department_id is not None and session.get(Department, department_id) is None:
        raise Invalid({"department": "not_found"})
    before = chat.facts()
    chat.department_id = department_id
    chat.operator_id = chat.requested_operator_id = chat.tried_operator_ids = chat.assigned_at = None
    enter(session, chat, Step.REDIRECT, now, by=AuthorKind.OPERATOR, by_operator_id=actor.id, note=note)
    announce(session, chat, before)
    return Taken(chat)


def close_by_operator(session: Session, actor: OperatorFacts, chat_id: str, now: datetime) -> Chat:
    """End a chat from the company's side; nothing of it is lost."""
    chat = chat_for_operator(session, actor, chat_id, Action.CLOSE_CHAT, lock=True)
    before = chat.facts()
    enter(session, chat, Step.CLOSE_BY_OPERATOR, now, by=AuthorKind.OPERATOR, by_operator_id=actor.id)
    revision, messages = farewell(session, chat, now)
    announce(session, chat, before, messages=messages, revision=revision)
    put_letters(session, chat, now)
    return chat


def close_by_visitor(session: Session, visitor_id: int, chat_id: str, now: datetime) -> Chat:
    """End one's own chat."""
    chat = chat_for_visitor(session, visitor_id, chat_id, lock=True)
    before = chat.facts()
    enter(session, chat, Step.CLOSE_BY_VISITOR, now, by=AuthorKind.VISITOR)
    announce(session, chat, before)
    put_letters(session, chat, now)
    return chat


def _locked_for_taking(session: Session, actor: OperatorFacts, chat_id: str) -> Chat:
    chat = locked(session, chat_id)
    if chat is None:
        raise NotFound
    auto = load_settings(session).auto_assignment
    facts = chat.facts()
    if not _knows_of(actor, facts, auto_assignment=auto):
        raise NotFound
    if not facts.state.is_open:
        raise ChatClosed
    if facts.operator_id not in (None, actor.id):
        raise AlreadyTaken(chat.operator.internal_name if chat.operator else None)
    if facts.state is ChatState.CHATTING:
        raise NotNow
    demand_of_chat(actor, Action.TAKE_CHAT, facts, auto_assignment=auto)
    return chat


def _knows_of(actor: OperatorFacts, chat: ChatFacts, *, auto_assignment: bool) -> bool:
    """Who sees the chat, or could have taken it while it waited, learns what became of it; others never knew of it."""
    waiting = replace(chat, state=ChatState.QUEUE, operator_id=None, operator_is_admin=False)
    return Answer.ALLOWED in (
        may(actor, Action.SEE_CHAT, chat, auto_assignment=auto_assignment),
        may(actor, Action.TAKE_CHAT, waiting, auto_assignment=auto_assignment),
    )


def _ask_in(session: Session, chat_id: str, visitor_id: int, command: Start, now: datetime) -> None:
    """Another page of the visitor's begins a chat while one is open: what it asks is kept there."""
    if not command.first_question:
        return
    post = Post(Author(visitor_id=visitor_id), chat_id, command.client_id, command.first_question)
    (answer,) = post_messages(session, [post], now)
    if isinstance(answer, DomainError):
        raise answer


def _department(session: Session, placement: int | None, address: str, command: Start) -> int | None:
    return department_of(
        redirect=None,
        placement=placement,
        snippet=_department_id(session, command.snippet_department),
        choice=_chosen_department(session, command.department),
        geography=_department_by_place(session, address, command),
    )


def _chosen_department(session: Session, key: str | None) -> int | None:
    """The department that the visitor has picked from the list; one that is not on it can't be picked."""
    if key is None:
        return None
    department = session.scalar(select(Department).where(Department.key == key))
    if department is None or department.is_hidden:
        raise Invalid({"department": "not_found"})
    return department.id


def _department_id(session: Session, key: str | None) -> int | None:
    """The department that the page's code names. A name that is no more (the code is older) costs nobody the chat."""
    return session.scalar(select(Department.id).where(Department.key == key)) if key else None


def _department_by_place(session: Session, address: str, command: Start) -> int | None:
    """Whose visitor this is by where they are. Who asked for a person is not taken elsewhere by a map."""
    if command.operator is not None:
        return None
    departments = geography(session)
    return most_specific(departments, geo.lookup(address)) if departments else None


def _requested_operator(session: Session, public_id: str | None) -> int | None:
    if public_id is None:
        return None
    operator_id = session.scalar(
        select(Operator.id).where(
            Operator.public_id == public_id, Operator.is_active.is_(True), Operator.deleted_at.is_(None)
        )
    )
    if operator_id is None:
        raise Invalid({"operator": "not_found"})
    return operator_id
