"""Chats and messages as plain data: what live events, snapshots and catching up are made of."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from models.chats import IS_OPEN, AuthorKind, Chat, ChatStep, Message
from models.departments import Department
from models.operators import Operator
from models.queries.people import OperatorCard, card_of
from policy.languages import Language
from policy.transitions import ChatState, Step

PAGE = 50
SYNC_LIMIT = 500


@dataclass(frozen=True, slots=True)
class VisitorCard:
    id: str
    name: str
    email: str
    phone: str


@dataclass(frozen=True, slots=True)
class DepartmentCard:
    id: int
    key: str
    name: str
    names: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ChatView:
    """Everything that some plane shows of a chat itself."""

    id: str
    revision: int
    state: ChatState
    visitor: VisitorCard
    department: DepartmentCard | None
    language: Language
    operator: OperatorCard | None
    requested_operator_id: int | None
    placement: str | None
    started_at: datetime
    queued_at: datetime
    assigned_at: datetime | None
    first_reply_at: datetime | None
    closed_at: datetime | None
    waiting_since: datetime | None
    last_seq: int
    visitor_read_seq: int
    operator_read_seq: int
    unread: int
    silent_since: datetime | None
    visitor_left_at: datetime | None
    last_author: AuthorKind | None
    last_body: str | None
    last_message_at: datetime | None


@dataclass(frozen=True, slots=True)
class MessageView:
    chat: str
    seq: int
    revision: int
    author: AuthorKind
    operator: OperatorCard | None
    body: str
    at: datetime
    client_id: str | None


@dataclass(frozen=True, slots=True)
class StepView:
    at: datetime
    step: Step
    by: AuthorKind
    by_operator_id: int | None
    operator_id: int | None
    department_id: int | None
    note: str
    why: dict[str, object] | None


def view_of(chat: Chat) -> ChatView:
    """The chat as plain data; its cards come with it when it was loaded by `with_cards`."""
    department, operator, placement = chat.department, chat.operator, chat.placement
    return ChatView(
        id=chat.public_id,
        revision=chat.revision,
        state=chat.state,
        visitor=VisitorCard(
            chat.visitor.public_id, chat.visitor.name, chat.visitor.email, chat.visitor.phone
        ),
        department=department_card(department) if department else None,
        language=chat.language,
        operator=card_of(operator) if operator else None,
        requested_operator_id=chat.requested_operator_id,
        placement=placement.key if placement else None,
        started_at=chat.started_at,
        queued_at=chat.queued_at,
        assigned_at=chat.assigned_at,
        first_reply_at=chat.first_reply_at,
        closed_at=chat.closed_at,
        waiting_since=chat.waiting_since,
        last_seq=chat.last_seq,
        visitor_read_seq=chat.visitor_read_seq,
        operator_read_seq=chat.operator_read_seq,
        unread=chat.unread,
        silent_since=chat.silent_since,
        visitor_left_at=chat.visitor_left_at,
        last_author=chat.last_author,
        last_body=chat.last_body,
        last_message_at=chat.last_message_at,
    )


def department_card(department: Department) -> DepartmentCard:
    """The department as lists and chats show it."""
    return DepartmentCard(department.id, department.key, department.name, tuple(department.names.items()))


def with_cards() -> Select[Chat]:
    """Chats with the rows that their views are made of, in one query."""
    return select(Chat).options(
        joinedload(Chat.visitor),
        joinedload(Chat.department),
        joinedload(Chat.placement),
        joinedload(Chat.operator),
    )


def open_chats(session: Session) -> list[Chat]:
    """Every chat that waits or is talked in, longest in the queue first."""
    return list(session.scalars(with_cards().where(IS_OPEN).order_by(Chat.queued_at, Chat.id)))


def changed_chats(session: Session, visitor_id: int, after: int) -> list[Chat]:
    """The visitor's chats that changed since a revision."""
    return list(
        session.scalars(
            with_cards().where(Chat.visitor_id == visitor_id, Chat.revision > after).order_by(Chat.id)
        )
    )


def newest_chat(session: Session, visitor_id: int) -> Chat | None:
    """The visitor's open chat, else the one that ended last."""
    return session.scalar(
        with_cards().where(Chat.visitor_id == visitor_id).order_by(IS_OPEN.desc(), Chat.id.desc()).limit(1)
    )


def changed_messages(session: Session, chats: Collection[tuple[int, str]], after: int) -> list[MessageView]:
    """Messages of these chats (id, public id) changed since a revision, oldest change first, at most SYNC_LIMIT."""
    if not chats:
        return []
    names = dict(chats)
    rows = session.execute(
        _messages()
        .where(Message.chat_id.in_(names), Message.revision > after)
        .order_by(Message.revision, Message.seq)
        .limit(SYNC_LIMIT)
    )
    return [_message_view(names[message.chat_id], message, operator) for message, operator in rows]


def messages_before(session: Session, chat: Chat, before: int | None, limit: int = PAGE) -> list[MessageView]:
    """The last messages before a seq (None = the newest), in their order."""
    query = _messages().where(Message.chat_id == chat.id)
    if before is not None:
        query = query.where(Message.seq < before)
    rows = session.execute(query.order_by(Message.seq.desc()).limit(limit)).all()
    return [_message_view(chat.public_id, message, operator) for message, operator in reversed(rows)]


def steps(session: Session, chat: Chat) -> list[StepView]:
    """The log of a chat's life."""
    rows = session.scalars(select(ChatStep).where(ChatStep.chat_id == chat.id).order_by(ChatStep.id))
    return [
        StepView(
            row.at,
            row.step,
            row.by,
            row.by_operator_id,
            row.operator_id,
            row.department_id,
            row.note,
            row.why,
        )
        for row in rows
    ]


def chats_of_visitor(session: Session, visitor_id: int) -> int:
    """How many chats the visitor has had, this one included."""
    return session.scalar(select(func.count()).select_from(Chat).where(Chat.visitor_id == visitor_id)) or 0


def _messages() -> Select[Message, Operator | None]:
    return select(Message, Operator).join(Operator, Operator.id == Message.operator_id, isouter=True)


def _message_view(chat: str, message: Message, operator: Operator | None) -> MessageView:
    return MessageView(
        chat=chat,
        seq=message.seq,
        revision=message.revision,
        author=message.author,
        operator=card_of(operator) if operator else None,
        body=message.body,
        at=message.at,
        client_id=message.client_id,
    )


def last_revision(messages: Sequence[MessageView]) -> int:
    """How far these messages bring a client."""
    return max((message.revision for message in messages), default=0)
