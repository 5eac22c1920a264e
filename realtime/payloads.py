"""What goes over the wire: one function per thing and audience. Visitors get no number of the database."""

from dataclasses import asdict
from typing import Any

import geo
from actions.events import ChatChanged
from geo import countries
from models.chats import AuthorKind
from models.queries.chats import ChatView, MessageView, StepView
from models.queries.dashboard import Dashboard, Period
from models.queries.people import OperatorCard, OperatorView
from policy.assignment import Explanation
from policy.geography import Place
from policy.languages import Language
from policy.times import iso_time
from realtime.places import QueuePlace

Payload = dict[str, Any]
time = iso_time


def photo_url(photo: str | None) -> str | None:
    return None if photo is None else f"/photos/{photo}"


def operator_for_visitor(card: OperatorCard) -> Payload:
    return {"id": card.public_id, "name": card.public_name, "photo": photo_url(card.photo)}


def operator_for_operator(card: OperatorCard) -> Payload:
    return {"id": card.id, "name": card.internal_name, "photo": photo_url(card.photo)}


def message_for_visitor(message: MessageView) -> Payload:
    return _message(message, AuthorKind.VISITOR, operator_for_visitor)


def message_for_operator(message: MessageView) -> Payload:
    return _message(message, AuthorKind.OPERATOR, operator_for_operator)


def _message(message: MessageView, own_side: AuthorKind, card: Any) -> Payload:
    payload: Payload = {
        "chat": message.chat,
        "seq": message.seq,
        "revision": message.revision,
        "author": message.author.value,
        "body": message.body,
        "at": time(message.at),
    }
    if message.operator is not None:
        payload["operator"] = card(message.operator)
    if message.author is own_side and message.client_id is not None:
        payload["client_id"] = message.client_id
    return payload


def chat_for_visitor(chat: ChatView) -> Payload:
    department = chat.department
    return {
        "id": chat.id,
        "revision": chat.revision,
        "state": chat.state.value,
        "operator": chat.operator and operator_for_visitor(chat.operator),
        "department": department
        and {
            "key": department.key,
            "name": dict(department.names).get(chat.language.tag) or department.name,
        },
        "language": chat.language.tag,
        "last_seq": chat.last_seq,
        "read": {"visitor": chat.visitor_read_seq, "operator": chat.operator_read_seq},
        "started_at": time(chat.started_at),
        "closed_at": time(chat.closed_at),
    }


def chat_for_operator(chat: ChatView) -> Payload:
    return {
        "id": chat.id,
        "revision": chat.revision,
        "state": chat.state.value,
        "visitor": asdict(chat.visitor),
        "department_id": chat.department and chat.department.id,
        "language": chat.language.tag,
        "operator_id": chat.operator and chat.operator.id,
        "requested_operator_id": chat.requested_operator_id,
        "placement": chat.placement,
        "queued_at": time(chat.queued_at),
        "assigned_at": time(chat.assigned_at),
        "first_reply_at": time(chat.first_reply_at),
        "started_at": time(chat.started_at),
        "closed_at": time(chat.closed_at),
        "waiting_since": time(chat.waiting_since),
        "last_seq": chat.last_seq,
        "read": {"visitor": chat.visitor_read_seq, "operator": chat.operator_read_seq},
        "unread": chat.unread,
        "is_silent": chat.silent_since is not None,
        "visitor_left_at": time(chat.visitor_left_at),
        "last": chat.last_author
        and {"author": chat.last_author.value, "body": chat.last_body, "at": time(chat.last_message_at)},
    }


def queue(place: QueuePlace | None) -> Payload | None:
    """The visitor's place in the queue."""
    if place is None:
        return None
    return {"chat": place.chat, "position": place.position, "wait_minutes": place.minutes}


def change_for_visitor(event: ChatChanged) -> Payload:
    payload = _change(event)
    if event.view is not None:
        payload["view"] = chat_for_visitor(event.view)
    if event.messages:
        payload["messages"] = [message_for_visitor(message) for message in event.messages]
    return payload


def change_for_operator(event: ChatChanged) -> Payload:
    payload = _change(event)
    if event.view is not None:
        payload["view"] = chat_for_operator(event.view)
    if event.messages:
        payload["messages"] = [message_for_operator(message) for message in event.messages]
    return payload


def _change(event: ChatChanged) -> Payload:
    payload: Payload = {"chat": event.chat, "previous": event.previous, "revision": event.revision}
    if event.read is not None:
        payload["read"] = {"visitor": event.read.visitor, "operator": event.read.operator}
    return payload


def step(row: StepView) -> Payload:
    return {
        "at": time(row.at),
        "step": row.step.value,
        "by": row.by.value,
        "by_operator_id": row.by_operator_id,
        "operator_id": row.operator_id,
        "department_id": row.department_id,
        "note": row.note,
        "why": row.why,
    }


def operator(view: OperatorView) -> Payload:
    """A colleague, as colleagues see them."""
    return {
        **operator_for_operator(view.card),
        "public_name": view.card.public_name,
        "status": view.status.value,
        "status_since": time(view.status_since),
        "status_reason": view.status_reason,
        "department_ids": list(view.department_ids),
        "languages": [language.tag for language in view.languages],
        "is_admin": view.is_admin,
        "max_chats": view.max_chats,
    }


def place(found: Place | None, language: Language) -> Payload | None:
    """Where a visitor is, in the language of who reads it, and whom the data's licence wants named beside it."""
    if found is None:
        return None
    return {
        "country": countries.name_in(found.country, language.tag),
        "city": found.city and found.city.name_in(language.tag),
        "credit": geo.source().credit,
    }


def explanation(found: Explanation) -> Payload:
    return {**asdict(found), "reason": found.reason.value}


def dashboard(numbers: Dashboard) -> Payload:
    """The main page's numbers; durations that tick are given as the time at which they began."""
    now = numbers.now
    return {
        "at": time(numbers.at),
        "now": {
            "chats_online": now.chats_online,
            "waiting": now.waiting,
            "waiting_since": time(now.waiting_since),
            "operators_online": now.operators_online,
            "operators_invisible": now.operators_invisible,
            "visitors": now.visitors,
            "places": now.places,
        },
        "last_hour": _period(numbers.last_hour),
        "today": _period(numbers.today),
        "departments": [
            {
                "id": row.id,
                "name": row.name,
                "chats": row.chats,
                "waiting": row.waiting,
                "waiting_since": time(row.waiting_since),
            }
            for row in numbers.departments
        ],
        "groups": [
            {
                "department_id": group.department_id,
                "name": group.name,
                "operators": [
                    {
                        **operator(row.operator),
                        "chats_now": row.chats_now,
                        "chats_last_hour": row.chats_last_hour,
                        "wait_seconds": row.wait_seconds,
                    }
                    for row in group.operators
                ],
            }
            for group in numbers.groups
        ],
    }


def _period(period: Period) -> Payload:
    return {
        "requests": period.requests,
        "missed": period.missed,
        "wait_seconds": round(period.wait_seconds, 2),
    }
