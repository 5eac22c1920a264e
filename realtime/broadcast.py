"""The only place that emits: the table event → rooms → payload.

It is a subscriber of committed events. A live event is a hint, so nothing here retries: clients catch up by revision.
"""

from collections.abc import Callable, Collection
from typing import Any

from sqlalchemy.orm import Session

from actions.events import ChatAssigned, ChatChanged, ChatReturned, Disconnected, Event, OperatorChanged
from models import Chat
from models.operators import Operator
from models.settings import load_settings
from realtime import payloads, rooms
from realtime.places import QueuePlace
from realtime.server import socketio
from realtime.waiting import operator_waiters, visitor_waiters

VISITOR = "/visitor"
OPERATOR = "/operator"


def emit(
    event: str,
    payload: Any,
    *,
    to: Collection[str],
    namespace: str,
    skip: Collection[str] = (),
    only_here: bool = False,
) -> None:
    """Send to rooms, in this process or in all; without any room it would reach everybody, so that is refused."""
    if not to or not all(to):
        raise ValueError(f"{event}: no room")
    socketio.server.emit(
        event, payload, to=sorted(to), namespace=namespace, skip_sid=list(skip), ignore_queue=only_here
    )


def publish(happened: Event) -> None:
    """Tell the pages whose people may know of it."""
    tell = _TABLE.get(type(happened))
    if tell is not None:
        tell(happened)


def _chat_changed(event: ChatChanged) -> None:
    emit(
        "change", payloads.change_for_visitor(event), to=[rooms.visitor(event.visitor_id)], namespace=VISITOR
    )
    audience = rooms.of_chat(event.after)
    if event.before is not None:
        lost = rooms.of_chat(event.before) - audience
        if lost:
            emit("gone", {"chat": event.chat}, to=lost, namespace=OPERATOR, skip=_sockets_in(audience))
    emit("change", payloads.change_for_operator(event), to=audience, namespace=OPERATOR)
    visitor_waiters.wake(event.visitor_id)
    operator_waiters.wake_all()


def _sockets_in(audience: Collection[str]) -> set[str]:
    manager = socketio.server.manager
    return {sid for room in audience for sid, _ in manager.get_participants(OPERATOR, room)}


def _chat_assigned(event: ChatAssigned) -> None:
    emit("assigned", {"chat": event.chat}, to=[rooms.operator(event.operator_id)], namespace=OPERATOR)


def _chat_returned(event: ChatReturned) -> None:
    payload = {"chat": event.chat, "reason": event.reason}
    emit("returned", payload, to=[rooms.operator(event.operator_id)], namespace=OPERATOR)


def _disconnected(event: Disconnected) -> None:
    emit("disconnected", {"by": event.by}, to=[rooms.operator(event.operator_id)], namespace=OPERATOR)


def _operator_changed(event: OperatorChanged) -> None:
    payload = payloads.operator(event.view) if event.view else {"id": event.operator_id, "is_removed": True}
    emit("operator", payload, to=[rooms.EVERYBODY], namespace=OPERATOR)
    operator_waiters.wake_all()


_TABLE: dict[type, Callable[[Any], None]] = {
    ChatChanged: _chat_changed,
    ChatAssigned: _chat_assigned,
    ChatReturned: _chat_returned,
    Disconnected: _disconnected,
    OperatorChanged: _operator_changed,
}


def tell_visitor_typing(session: Session, chat: Chat, text: str) -> None:
    """What the visitor is typing, to whoever may see the chat; the words only where the setting shows them."""
    shown = text if load_settings(session).shows_typing_preview else ("…" if text else "")
    emit(
        "typing", {"chat": chat.public_id, "text": shown}, to=rooms.of_chat(chat.facts()), namespace=OPERATOR
    )


def tell_operator_typing(chat: Chat, operator: Operator, *, is_typing: bool, skip: str | None) -> None:
    """That the operator is typing: to the visitor and to colleagues who see the chat."""
    emit(
        "typing",
        {"chat": chat.public_id, "is_typing": is_typing},
        to=[rooms.visitor(chat.visitor_id)],
        namespace=VISITOR,
    )
    emit(
        "typing",
        {"chat": chat.public_id, "operator_id": operator.id, "is_typing": is_typing},
        to=rooms.of_chat(chat.facts()),
        namespace=OPERATOR,
        skip=[skip] if skip else (),
    )


def tell_settings(payload: dict[str, Any]) -> None:
    """Each process reads them for its own pages."""
    emit("settings", payload, to=[rooms.EVERYBODY], namespace=OPERATOR, only_here=True)


def tell_resync(operator_id: int) -> None:
    """Rights changed: what the page knows may be too much or too little."""
    emit("resync", {}, to=[rooms.operator(operator_id)], namespace=OPERATOR, only_here=True)


def tell_availability(placement: str, snippet_department: str | None, payload: dict[str, Any]) -> None:
    room = rooms.placement(placement, snippet_department)
    emit("availability", payload, to=[room], namespace=VISITOR, only_here=True)


def tell_place(visitor_id: int, place: QueuePlace) -> None:
    """Each process tells the visitors who are connected to it."""
    emit("queue", payloads.queue(place), to=[rooms.visitor(visitor_id)], namespace=VISITOR, only_here=True)


def is_watched(operator_id: int) -> bool:
    """Whether a socket of this process shows the operator's dashboard."""
    return any(True for _ in socketio.server.manager.get_participants(OPERATOR, rooms.dashboard(operator_id)))


def tell_dashboard(operator_id: int, payload: dict[str, Any]) -> None:
    emit("dashboard", payload, to=[rooms.dashboard(operator_id)], namespace=OPERATOR, only_here=True)


def tell_signed_out(sid: str, reason: str, namespace: str) -> None:
    """The last word to a socket, which is then closed."""
    emit("signed_out", {"reason": reason}, to=[sid], namespace=namespace, only_here=True)
    socketio.server.disconnect(sid, namespace=namespace)
