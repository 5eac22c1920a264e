"""The visitor's commands. Each reaches only the visitor's own chats."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions import audit, chats
from actions.access import chat_for_visitor
from actions.assignment import assign_at_once
from actions.email_addresses import is_address
from actions.errors import Invalid, Unauthorised
from actions.reopening import write_again
from config import Rate
from models import Placement, Visitor
from models.audit import ActorKind
from models.departments import Department
from models.placements import Choice
from models.queries import chats as queries
from models.settings import language_of
from policy.transitions import ChatState
from realtime import payloads
from realtime.availability import availability
from realtime.broadcast import tell_visitor_typing
from realtime.commands import (
    OneChat,
    StartChat,
    SyncVisitor,
    VisitorTypes,
)
from realtime.namespaces.messages import post_command, read_command
from realtime.places import places
from realtime.planes import ORDINARY, Call, Identity, Plane

NAMESPACE = "/visitor"


def _identify(session: Session, identity: Identity, now: datetime) -> Call:
    visitor = session.get(Visitor, identity.person_id)
    if visitor is None:
        raise Unauthorised
    audit.on_behalf(lambda: audit.Cause(ActorKind.VISITOR, now, None, visitor.name, visitor.address))
    return Call(session, identity, now, visitor=visitor)


plane = Plane(NAMESPACE, _identify)


def state_after(session: Session, visitor: Visitor, after: int) -> dict[str, Any]:
    """Everything of the visitor's that changed since a revision; from 0 on, the newest chat and its last messages."""
    if after <= 0:
        newest = queries.newest_chat(session, visitor.id)
        found = [newest] if newest else []
        messages = queries.messages_before(session, newest, None, queries.SYNC_LIMIT) if newest else []
        revision = visitor.revision
        more = False
    else:
        found = queries.changed_chats(session, visitor.id, after)
        messages = queries.changed_messages(session, [(chat.id, chat.public_id) for chat in found], after)
        more = len(messages) == queries.SYNC_LIMIT
        revision = queries.last_revision(messages) if more else visitor.revision
    return {
        "revision": revision,
        "chats": [payloads.chat_for_visitor(queries.view_of(chat)) for chat in found],
        "messages": [payloads.message_for_visitor(message) for message in messages],
        "queue": payloads.queue(places.of(visitor.id)),
        **({"more": True} if more else {}),
    }


@plane.command("sync", SyncVisitor, writes=False)
def sync(call: Call, payload: SyncVisitor) -> dict[str, Any]:
    assert call.visitor is not None
    placement = placement_of(call.session, payload.placement or call.identity.placement)
    return {
        **state_after(call.session, call.visitor, payload.after),
        "availability": availability(
            call.session,
            placement,
            language_of(call.session, placement),
            payload.snippet_department,
            call.now,
        ),
    }


@plane.command("start", StartChat, rate="LIMIT_NEW_CHATS")
def start(call: Call, payload: StartChat) -> dict[str, Any]:
    assert call.visitor is not None
    placement = placement_of(call.session, payload.placement)
    _check_answers(call.session, placement, payload)
    chat = chats.start(
        call.session,
        call.visitor.id,
        chats.Start(
            client_id=payload.client_id,
            placement=placement.key,
            department=payload.department,
            snippet_department=payload.snippet_department,
            operator=payload.operator,
            first_question=payload.first_question or "",
            name=payload.name,
            email=payload.email,
            phone=payload.phone,
            language=payload.language,
        ),
        call.now,
    )
    chat = assign_at_once(call.session, call.visitor.id, call.now) or chat
    return {"chat": payloads.chat_for_visitor(chat), "revision": chat.revision}


@plane.command("typing", VisitorTypes, writes=False, rate=Rate(per_second=2, burst=6))
def typing(call: Call, payload: VisitorTypes) -> dict[str, Any]:
    chat = chat_for_visitor(call.session, call.identity.person_id, payload.chat)
    if chat.state in (ChatState.QUEUE, ChatState.CHATTING):
        tell_visitor_typing(call.session, chat, payload.text)
    return {}


@plane.command("close", OneChat)
def close(call: Call, payload: OneChat) -> dict[str, Any]:
    chat = chats.close_by_visitor(call.session, call.identity.person_id, payload.chat, call.now)
    return {"revision": chat.revision}


plane.hot(post_command("LIMIT_VISITOR_MESSAGES", when_closed=write_again))
plane.hot(read_command(ORDINARY))


def placement_of(session: Session, key: str) -> Placement:
    placement = session.scalar(select(Placement).where(Placement.key == key))
    if placement is None:
        raise Invalid({"placement": "not_found"})
    return placement


def _check_answers(session: Session, placement: Placement, payload: StartChat) -> None:
    """What the placement demands must be there; an e-mail, where given, must be one."""
    wrong: dict[str, str] = {}
    if payload.email and not is_address(payload.email):
        wrong["email"] = "invalid"
    if payload.phone and sum(character.isdigit() for character in payload.phone) < 5:
        wrong["phone"] = "invalid"
    for name in _required_fields(placement):
        if not getattr(payload, name):
            wrong[name] = "required"
    if _lacks_department(session, placement, payload):
        wrong["department"] = "required"
    if wrong:
        raise Invalid(wrong)


def _required_fields(placement: Placement) -> list[str]:
    """The fields of the form without which a chat does not begin here."""
    required = []
    if placement.requires_prechat_form:
        required.append("first_question")
        asked = {"name": placement.asks_name, "email": placement.asks_email, "phone": placement.asks_phone}
        required += [name for name, choice in asked.items() if choice is Choice.REQUIRED]
    return required


def _lacks_department(session: Session, placement: Placement, payload: StartChat) -> bool:
    """Whether the visitor must choose and has not. Where placement or page decide, or nothing is offered, none must."""
    is_asked = placement.offers_department_choice is Choice.REQUIRED and placement.department_id is None
    if not is_asked or payload.department or payload.snippet_department:
        return False
    return session.scalar(select(Department.id).where(Department.is_hidden.is_(False)).limit(1)) is not None
