"""What a webhook says, made of the plain data that events carry; `docs/webhooks.md` tells it to others."""

from collections.abc import Iterator
from typing import Any

from actions.events import ChatChanged, Event, OperatorChanged
from models.queries.chats import ChatView, DepartmentCard, MessageView
from models.queries.people import OperatorCard, OperatorView
from policy.times import iso_time
from policy.webhooks import HookEvent, chat_events

Payload = dict[str, Any]
_BEGINNINGS = frozenset({HookEvent.CHAT_STARTED, HookEvent.CHAT_REOPENED})


def told(happened: Event) -> Iterator[tuple[HookEvent, Payload]]:
    """What other programs may want to know of an event, in the order in which it happened."""
    if isinstance(happened, OperatorChanged):
        if happened.status_changed and happened.view is not None:
            yield HookEvent.OPERATOR_STATUS_CHANGED, {"operator": _operator_with_status(happened.view)}
    elif isinstance(happened, ChatChanged):
        yield from _of_chat(happened)


def _of_chat(happened: ChatChanged) -> Iterator[tuple[HookEvent, Payload]]:
    names: list[HookEvent] = []
    if happened.view is not None:
        is_answered = happened.view.first_reply_at is not None
        names = chat_events(happened.before, happened.after, is_answered=is_answered)
    chat = _chat(happened.view) if happened.view is not None else None
    begun = [name for name in names if name in _BEGINNINGS]
    for name in begun:
        yield name, {"chat": chat}
    for message in happened.messages:
        yield HookEvent.MESSAGE_CREATED, {"message": _message(message)}
    for name in names:
        if name not in begun:
            yield name, {"chat": chat}


def _chat(view: ChatView) -> Payload:
    return {
        "id": view.id,
        "state": view.state.value,
        "language": view.language.tag,
        "placement": view.placement,
        "department": _department(view.department),
        "operator": _operator(view.operator),
        "visitor": {
            "id": view.visitor.id,
            "name": view.visitor.name,
            "email": view.visitor.email,
            "phone": view.visitor.phone,
        },
        "started_at": iso_time(view.started_at),
        "queued_at": iso_time(view.queued_at),
        "assigned_at": iso_time(view.assigned_at),
        "first_reply_at": iso_time(view.first_reply_at),
        "closed_at": iso_time(view.closed_at),
        "messages": view.last_seq,
    }


def _message(message: MessageView) -> Payload:
    return {
        "chat": message.chat,
        "seq": message.seq,
        "author": message.author.value,
        "operator": _operator(message.operator),
        "body": message.body,
        "at": iso_time(message.at),
    }


def _department(card: DepartmentCard | None) -> Payload | None:
    return None if card is None else {"key": card.key, "name": card.name}


def _operator(card: OperatorCard | None) -> Payload | None:
    return (
        None
        if card is None
        else {"id": card.public_id, "internal_name": card.internal_name, "public_name": card.public_name}
    )


def _operator_with_status(view: OperatorView) -> Payload:
    return {
        **(_operator(view.card) or {}),
        "status": view.status.value,
        "status_since": iso_time(view.status_since),
    }
