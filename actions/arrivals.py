"""The rows of a chat that begins: a handful of statements, built once, because a visitor waits for them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import Table, bindparam, insert, or_, select, update
from sqlalchemy.orm import Session

from actions.messages import PREVIEW_LENGTH
from models.chats import IS_OPEN, AuthorKind, Chat, Message
from models.placements import Placement
from models.queries.chats import MessageView
from models.settings import Settings
from models.visitors import Visitor
from policy.languages import Language

_CHATS, _MESSAGES, _VISITORS, _PLACEMENTS, _SETTINGS = (
    cast(Table, model.__table__) for model in (Chat, Message, Visitor, Placement, Settings)
)


class Arriving(NamedTuple):
    """The visitor who begins a chat, locked until we commit."""

    id: int
    revision: int
    name: str
    email: str
    phone: str
    address: str


class Begun(NamedTuple):
    """A chat that stands already: begun by this very command (or its question was put there), or still open."""

    id: int
    public_id: str
    is_of_command: bool
    question: str | None
    """What stands there under the command's client_id."""


class Entrance(NamedTuple):
    """What the placement where a chat begins says of it, and the language where nothing says one."""

    id: int
    department_id: int | None
    language: Language | None
    main_language: Language


_ARRIVING = (
    select(*(_VISITORS.c[name] for name in Arriving._fields))
    .where(_VISITORS.c.id == bindparam("visitor_id"))
    .with_for_update(key_share=True)
)
_QUESTION = (
    select(_MESSAGES.c.body)
    .where(_MESSAGES.c.chat_id == _CHATS.c.id, _MESSAGES.c.client_id == bindparam("client_id"))
    .scalar_subquery()
)
_IS_OF_COMMAND = or_(_CHATS.c.client_id == bindparam("client_id"), _QUESTION.is_not(None))
_BEGUN = (
    select(_CHATS.c.id, _CHATS.c.public_id, _IS_OF_COMMAND, _QUESTION)
    .where(_CHATS.c.visitor_id == bindparam("visitor_id"), or_(IS_OPEN, _IS_OF_COMMAND))
    .order_by(_CHATS.c.id)
)
_ENTRANCE = select(
    _PLACEMENTS.c.id,
    _PLACEMENTS.c.department_id,
    _PLACEMENTS.c.language,
    select(_SETTINGS.c.language).scalar_subquery(),
).where(_PLACEMENTS.c.key == bindparam("key"))
_INSERT_CHAT = insert(_CHATS)
_INSERT_MESSAGE = insert(_MESSAGES)
_UPDATE_VISITOR = (
    update(_VISITORS)
    .where(_VISITORS.c.id == bindparam("visitor_id"))
    .values({name: bindparam(name) for name in ("revision", "name", "email", "phone")})
)


def arriving(session: Session, visitor_id: int) -> Arriving:
    """Lock the visitor: whoever else writes to their chats waits until we commit."""
    return Arriving(*session.execute(_ARRIVING, {"visitor_id": visitor_id}).one())


def begun(session: Session, visitor_id: int, client_id: str) -> Begun | None:
    """The chat that this command began or was put in, else the visitor's open one."""
    wanted = {"visitor_id": visitor_id, "client_id": client_id}
    found = [Begun(*row) for row in session.connection().execute(_BEGUN, wanted)]
    return next((one for one in found if one.is_of_command), found[-1] if found else None)


def entrance(session: Session, placement: str) -> Entrance | None:
    """Where a chat begins, by the placement's key."""
    row = session.connection().execute(_ENTRANCE, {"key": placement}).one_or_none()
    return Entrance(*row) if row else None


def keep_chat(session: Session, row: dict[str, Any]) -> int:
    """Store a new chat; its number."""
    key = session.connection().execute(_INSERT_CHAT, row).inserted_primary_key
    assert key is not None
    return int(key[0])


def keep_visitor(session: Session, visitor: Arriving, *, name: str, email: str, phone: str) -> None:
    """The visitor's next revision, and what they told of themselves: silence replaces nothing."""
    told = {"name": name or visitor.name, "email": email or visitor.email, "phone": phone or visitor.phone}
    values = {"visitor_id": visitor.id, "revision": visitor.revision + 1, **told}
    session.connection().execute(_UPDATE_VISITOR, values)


def with_first_message(body: str, now: datetime) -> dict[str, Any]:
    """What the row of a chat says that begins with a question."""
    return {
        "last_seq": 1,
        "visitor_read_seq": 1,
        "unread": 1,
        "last_author": AuthorKind.VISITOR,
        "last_body": body[:PREVIEW_LENGTH],
        "last_message_at": now,
    }


def keep_first_message(session: Session, chat_id: int, chat: Mapping[str, Any], body: str) -> MessageView:
    """The question with which a visitor begins a chat, stored together with it."""
    client_id, at, revision = chat["client_id"], chat["started_at"], chat["revision"]
    row = {
        "chat_id": chat_id,
        "seq": 1,
        "revision": revision,
        "author": AuthorKind.VISITOR,
        "client_id": client_id,
        "body": body,
        "at": at,
    }
    session.connection().execute(_INSERT_MESSAGE, row)
    return MessageView(chat["public_id"], 1, revision, AuthorKind.VISITOR, None, body, at, client_id)
