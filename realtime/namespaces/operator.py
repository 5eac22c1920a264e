"""The operator's commands. Each asks `actions.access`, and so the rights table, for the chat or the person it names."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

import geo
from actions import audit, chat_life, chats, presence
from actions.access import chat_for_operator, demand
from actions.errors import Invalid, NotNow, Unauthorised
from clock import now
from config import Rate
from models import Chat, Settings
from models.audit import ActorKind
from models.database import unit_of_work
from models.operators import Operator, OperatorSession
from models.queries import chats as queries
from models.queries import people
from models.queries.counted import waiting_chats
from models.queries.dashboard import dashboard
from models.queries.departments import department_cards
from models.queries.templates import templates_of
from models.settings import load_settings
from policy.assignment import explain
from policy.crm_links import filled
from policy.facts import OperatorFacts
from policy.rights import Action, Answer, Role, may, roles_of
from policy.statuses import OperatorStatus
from policy.transitions import ChatState
from realtime import payloads, rooms
from realtime.broadcast import tell_operator_typing
from realtime.commands import (
    ABSENT,
    Nothing,
    Older,
    OneChat,
    OperatorTypes,
    Redirect,
    SetStatus,
    SyncChat,
)
from realtime.namespaces.messages import post_command, read_command
from realtime.planes import Call, Identity, Plane
from realtime.server import socketio

NAMESPACE = "/operator"
OFTEN = Rate(per_second=10, burst=60)

_MAY = {
    "write": Action.WRITE_IN_CHAT,
    "take": Action.TAKE_CHAT,
    "take_over": Action.TAKE_OVER_CHAT,
    "redirect": Action.REDIRECT_CHAT,
    "close": Action.CLOSE_CHAT,
}


def _identify(session: Session, identity: Identity, at: datetime) -> Call:
    """The person behind the session, asked anew for every command: rights that were withdrawn hold at once."""
    assert identity.author.session_id is not None
    operator = people.signed_in(session, identity.author.session_id, at)
    if operator is None:
        raise Unauthorised
    audit.on_behalf(lambda: _cause(session, identity, operator, at))
    return Call(session, identity, at, operator=operator, facts=people.facts_of(session, operator))


def _cause(session: Session, identity: Identity, operator: Operator, at: datetime) -> audit.Cause:
    """The person, for the audit log; a socket has the address of the sign-in."""
    signed_in = session.get(OperatorSession, identity.author.session_id)
    address = signed_in.address if signed_in else ""
    return audit.Cause(ActorKind.OPERATOR, at, operator.id, operator.internal_name, address)


plane = Plane(NAMESPACE, _identify)


def person_of(call: Call) -> tuple[Operator, OperatorFacts]:
    assert call.operator is not None
    assert call.facts is not None
    return call.operator, call.facts


@plane.command("snapshot", Nothing, action=Action.USE_WORKPLACE, writes=False, rate=OFTEN)
def snapshot(call: Call, _payload: Nothing) -> dict[str, Any]:
    """Everything that the workplace begins with."""
    operator, facts = person_of(call)
    session = call.session
    settings = load_settings(session)
    visible = [
        payloads.chat_for_operator(queries.view_of(chat))
        for chat in queries.open_chats(session)
        if may(facts, Action.SEE_CHAT, chat.facts(), auto_assignment=settings.auto_assignment)
        is Answer.ALLOWED
    ]
    return {
        "me": _me(operator, facts),
        "settings": settings_payload(settings),
        "operators": [payloads.operator(view) for view in people.operator_views(session)],
        "departments": [
            {"id": card.id, "key": card.key, "name": card.name} for card in department_cards(session)
        ],
        "chats": visible,
        "templates": [
            {"group": row.group, "text": row.text, "level": row.level}
            for row in templates_of(session, operator)
        ],
        "now": payloads.time(call.now),
    }


def _me(operator: Operator, facts: OperatorFacts) -> dict[str, Any]:
    roles = roles_of(facts)
    return {
        **payloads.operator(people.view_of(operator)),
        "role": next(role.value for role in reversed(Role) if role in roles),
        "subordinate_ids": sorted(facts.subordinate_ids),
        "supervised_department_ids": sorted(facts.supervised_department_ids),
    }


def settings_payload(settings: Settings) -> dict[str, Any]:
    return {
        "auto_assignment": settings.auto_assignment,
        "max_chats_per_operator": settings.max_chats_per_operator,
        "silent_chats_leave_limit": settings.silent_chats_leave_limit,
        "shows_typing_preview": settings.shows_typing_preview,
        "company_name": settings.company_name,
    }


@plane.command("open", OneChat, action=Action.SEE_CHAT, writes=False, rate=OFTEN)
def open_chat(call: Call, payload: OneChat) -> dict[str, Any]:
    """One chat with its last messages, its visitor and the log of its life."""
    _operator, facts = person_of(call)
    chat = chat_for_operator(call.session, facts, payload.chat, Action.SEE_CHAT)
    visitor = chat.visitor
    return {
        **_chat_state(call, chat),
        "visitor": {
            "id": visitor.public_id,
            "name": visitor.name,
            "email": visitor.email,
            "phone": visitor.phone,
            "address": visitor.address,
            "place": payloads.place(geo.lookup(visitor.address), call.identity.language),
            "user_agent": visitor.user_agent,
            "first_seen_at": payloads.time(visitor.created_at),
            "chats": queries.chats_of_visitor(call.session, visitor.id),
            "crm_link": _crm_link(call, chat),
        },
        "messages": [
            payloads.message_for_operator(message)
            for message in queries.messages_before(call.session, chat, None)
        ],
        "revision": visitor.revision,
    }


def _crm_link(call: Call, chat: Chat) -> str | None:
    visitor = chat.visitor
    values = {
        "name": visitor.name,
        "email": visitor.email,
        "phone": visitor.phone,
        "visitor": visitor.public_id,
        "chat": chat.public_id,
    }
    return filled(load_settings(call.session).crm_link, values)


def _chat_state(call: Call, chat: Chat) -> dict[str, Any]:
    """The chat, its log, and what the person may do with it: with an ended one nothing."""
    _operator, facts = person_of(call)
    auto = load_settings(call.session).auto_assignment
    return {
        "chat": payloads.chat_for_operator(queries.view_of(chat)),
        "log": [payloads.step(row) for row in queries.steps(call.session, chat)],
        "may": [
            name
            for name, action in _MAY.items()
            if chat.state.is_open and may(facts, action, chat.facts(), auto_assignment=auto) is Answer.ALLOWED
        ],
    }


@plane.command("older", Older, action=Action.SEE_CHAT, writes=False, rate=OFTEN)
def older(call: Call, payload: Older) -> dict[str, Any]:
    _operator, facts = person_of(call)
    chat = chat_for_operator(call.session, facts, payload.chat, Action.SEE_CHAT)
    found = queries.messages_before(call.session, chat, payload.before)
    return {"messages": [payloads.message_for_operator(message) for message in found]}


@plane.command("sync", SyncChat, action=Action.SEE_CHAT, writes=False, rate=OFTEN)
def sync(call: Call, payload: SyncChat) -> dict[str, Any]:
    """What changed in a chat since a revision."""
    _operator, facts = person_of(call)
    chat = chat_for_operator(call.session, facts, payload.chat, Action.SEE_CHAT)
    found = queries.changed_messages(call.session, [(chat.id, chat.public_id)], payload.after)
    more = len(found) == queries.SYNC_LIMIT
    return {
        **_chat_state(call, chat),
        "messages": [payloads.message_for_operator(message) for message in found],
        "revision": queries.last_revision(found) if more else chat.visitor.revision,
        **({"more": True} if more else {}),
    }


@plane.command("typing", OperatorTypes, action=Action.WRITE_IN_CHAT, writes=False)
def typing(call: Call, payload: OperatorTypes) -> dict[str, Any]:
    operator, facts = person_of(call)
    chat = chat_for_operator(call.session, facts, payload.chat, Action.WRITE_IN_CHAT)
    tell_operator_typing(chat, operator, is_typing=payload.is_typing, skip=call.identity.sid)
    if payload.is_typing and chat.state is ChatState.QUEUE:
        with unit_of_work(call.session) as session:
            chat_life.note_typing(session, chat, call.now)
    return {}


@plane.command("take", OneChat, action=Action.TAKE_CHAT)
def take(call: Call, payload: OneChat) -> dict[str, Any]:
    _operator, facts = person_of(call)
    return _taken(chats.take(call.session, facts, payload.chat, call.now))


@plane.command("take_over", OneChat, action=Action.TAKE_OVER_CHAT)
def take_over(call: Call, payload: OneChat) -> dict[str, Any]:
    _operator, facts = person_of(call)
    return _taken(chats.take_over(call.session, facts, payload.chat, call.now))


@plane.command("redirect", Redirect, action=Action.REDIRECT_CHAT)
def redirect(call: Call, payload: Redirect) -> dict[str, Any]:
    _operator, facts = person_of(call)
    if (payload.operator is ABSENT) == (payload.department is ABSENT):
        raise Invalid({"operator": "required"})
    if payload.operator is not ABSENT:
        return _taken(
            chats.redirect_to_operator(
                call.session, facts, payload.chat, payload.operator, payload.note, call.now
            )
        )
    return _taken(
        chats.redirect_to_department(
            call.session, facts, payload.chat, payload.department, payload.note, call.now
        )
    )


def _taken(taken: chats.Taken) -> dict[str, Any]:
    answer: dict[str, Any] = {"chat": payloads.chat_for_operator(queries.view_of(taken.chat))}
    if taken.above_limit:
        answer["warning"] = "above_limit"
    return answer


@plane.command("close", OneChat, action=Action.CLOSE_CHAT)
def close(call: Call, payload: OneChat) -> dict[str, Any]:
    _operator, facts = person_of(call)
    chat = chats.close_by_operator(call.session, facts, payload.chat, call.now)
    return {"chat": payloads.chat_for_operator(queries.view_of(chat))}


@plane.command("set_status", SetStatus, action=Action.CHANGE_OWN_STATUS)
def set_status(call: Call, payload: SetStatus) -> dict[str, Any]:
    """One's own status; or «disconnect» for somebody one is in charge of."""
    _operator, facts = person_of(call)
    if payload.operator in (None, facts.id):
        changed = presence.set_own_status(call.session, facts, payload.status, call.now)
    elif payload.status is OperatorStatus.OFFLINE:
        changed = presence.switch_offline(call.session, facts, payload.operator or 0, call.now)
    else:
        raise Invalid({"status": "not_allowed"})
    return {"operator": payloads.operator(people.view_of(changed))}


@plane.command("explain", OneChat, action=Action.SEE_CHAT, writes=False)
def explain_chat(call: Call, payload: OneChat) -> dict[str, Any]:
    """Why nobody has a waiting chat yet."""
    _operator, facts = person_of(call)
    chat = chat_for_operator(call.session, facts, payload.chat, Action.SEE_CHAT)
    if chat.operator_id is not None:
        raise NotNow
    everybody = people.everybodys_facts(call.session)
    return {
        "explanation": payloads.explanation(
            explain(chat.facts(), everybody, frozenset(chat.tried_operator_ids or ()))
        )
    }


@plane.command("loads", Nothing, action=Action.USE_WORKPLACE, writes=False)
def loads(call: Call, _payload: Nothing) -> dict[str, Any]:
    """How many open chats each colleague has, for who looks for somebody to hand one to; those with none are absent."""
    _operator, facts = person_of(call)
    demand(facts, Action.USE_WORKPLACE)
    counts = people.open_chats(call.session)
    return {"loads": {str(operator_id): count for operator_id, count in counts.items()}}


@plane.command("waiting", Nothing, action=Action.USE_WORKPLACE, writes=False)
def waiting(call: Call, _payload: Nothing) -> dict[str, Any]:
    """Which chats wait for an operator, for the pages that say how many they are."""
    _operator, facts = person_of(call)
    demand(facts, Action.USE_WORKPLACE)
    return {"chats": list(waiting_chats(call.session, facts))}


@plane.command("watch_dashboard", Nothing, action=Action.SEE_DASHBOARD, writes=False)
def watch_dashboard(call: Call, _payload: Nothing) -> dict[str, Any]:
    """The main page's numbers now, and from now on as they change."""
    _operator, facts = person_of(call)
    demand(facts, Action.SEE_DASHBOARD)
    if call.identity.sid is not None:
        socketio.server.enter_room(call.identity.sid, rooms.dashboard(facts.id), namespace=NAMESPACE)
    return {"dashboard": dashboard_payload(call.session, facts)}


def dashboard_payload(session: Session, facts: OperatorFacts) -> dict[str, Any]:
    zone = ZoneInfo(load_settings(session).time_zone)
    return payloads.dashboard(dashboard(session, facts, now(), zone))


plane.hot(post_command("LIMIT_OPERATOR_MESSAGES", Action.WRITE_IN_CHAT))
plane.hot(read_command(OFTEN, Action.WRITE_IN_CHAT))
