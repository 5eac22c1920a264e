"""Connecting and leaving: the only handlers that need Flask's request. All commands run on the server underneath."""

from typing import Any

import structlog
from flask import Flask, request
from flask_babel import get_locale
from flask_login import current_user
from flask_socketio import ConnectionRefusedError as Refused
from flask_socketio import Namespace
from sqlalchemy import select

from actions.messages import Author
from actions.presence import note_seen
from actions.visits import visitor_of
from clock import now
from models import Placement, db
from models.database import unit_of_work
from models.placements import DEFAULT_PLACEMENT_KEY
from models.queries import people
from models.settings import language_of
from policy.keys import DEPARTMENT_KEY, MAXIMUM_LENGTH
from policy.languages import Language
from realtime import rooms
from realtime.connections import OperatorConnection, VisitorConnection, operators, visitors
from realtime.namespaces import operator as operator_commands
from realtime.namespaces import visitor as visitor_commands
from realtime.planes import Identity, Plane
from realtime.server import socketio

log = structlog.get_logger(__name__)

MALFORMED = {"ok": False, "error": "malformed", "message": ""}


class PlaneNamespace(Namespace):
    """Takes connections. Commands are known to the server underneath, so whatever else arrives here is not one."""

    def trigger_event(self, event: Any, *arguments: Any) -> Any:
        """A client can send events of any name; the real `connect` and `disconnect` come when it is not connected."""
        sid = arguments[0]
        if not socketio.server.manager.is_connected(sid, self.namespace):
            return self._come_or_go(event, *arguments)
        if event == "disconnect":
            # It leaves its rooms too: nobody stays to listen under a name that we have forgotten.
            socketio.server.disconnect(sid, namespace=self.namespace)
        return MALFORMED

    def _come_or_go(self, event: str, *arguments: Any) -> Any:
        try:
            return super().trigger_event(event, *arguments)
        except Refused:
            raise
        except Exception as error:
            log.exception("socket.failed", stage=event, namespace=self.namespace)
            raise Refused("internal") from error
        finally:
            _forget_request(*arguments)


def _forget_request(_sid: str, environ: object = None, *_rest: object) -> None:
    """The library keeps a socket's environment as long as it lives; what Flask has read out of it need not stay."""
    if isinstance(environ, dict):
        environ.pop("werkzeug.request", None)


class VisitorNamespace(PlaneNamespace):
    def on_connect(self, auth: Any) -> None:
        """A browser that shows its token; without one nothing is accepted. (`auth` has no default: see the tests.)"""
        token = auth.get("token") if isinstance(auth, dict) else None
        visitor = visitor_of(db.session(), token, now()) if isinstance(token, str) else None
        if visitor is None:
            raise Refused("unauthorised")
        placement = _placement(auth.get("placement"))
        named = _department_key(auth.get("snippet_department"))
        connection = VisitorConnection(
            _sid(), visitor.id, placement.key, language_of(db.session(), placement), named
        )
        if not visitors.add(connection):
            raise Refused("too_many")
        for room in (rooms.visitor(visitor.id), rooms.placement(placement.key, named)):
            socketio.server.enter_room(connection.sid, room, namespace=self.namespace)

    def on_disconnect(self, _reason: object = None) -> None:
        visitors.remove(_sid())


class OperatorNamespace(PlaneNamespace):
    def on_connect(self, auth: Any) -> None:
        """A signed-in person, by the cabinet's cookie, from a page of ours: foreign origins are refused before this."""
        if not current_user.is_authenticated or "Origin" not in request.headers:
            raise Refused("unauthorised")
        locale = Language.parse(str(get_locale())) or Language.EN
        person = current_user.operator
        connection = OperatorConnection(_sid(), person.id, current_user.session_id, locale)
        wanted = rooms.of_person(people.facts_of(db.session(), person))
        with unit_of_work() as session:
            note_seen(session, [connection.person_id], now())
        # Last, when nothing can fail any more: whoever is in the record counts as present.
        if not operators.add(connection):
            raise Refused("too_many")
        place_in_rooms(connection, wanted)

    def on_disconnect(self, _reason: object = None) -> None:
        connection = operators.remove(_sid())
        if connection is not None and not operators.of(connection.person_id):
            # From this moment on the grace of a reload or a short failure is counted.
            with unit_of_work() as session:
                note_seen(session, [connection.person_id], now())


def place_in_rooms(connection: OperatorConnection, wanted: set[str]) -> None:
    """Enter the rooms of the person's rights and leave those of rights that they no longer have."""
    for room in connection.rooms - wanted:
        socketio.server.leave_room(connection.sid, room, namespace=operator_commands.NAMESPACE)
    for room in wanted - connection.rooms:
        socketio.server.enter_room(connection.sid, room, namespace=operator_commands.NAMESPACE)
    connection.rooms = wanted


def identity_of_visitor(connection: VisitorConnection) -> Identity:
    return Identity(
        Author(visitor_id=connection.person_id),
        connection.person_id,
        connection.language,
        connection.placement,
        connection.sid,
    )


def identity_of_operator(connection: OperatorConnection) -> Identity:
    connection.is_used = True
    return Identity(
        Author(session_id=connection.session_id),
        connection.person_id,
        connection.language,
        sid=connection.sid,
    )


def register(app: Flask) -> None:
    """Namespaces for connecting, and every command on the python-socketio server: no request context for each event."""
    socketio.on_namespace(VisitorNamespace(visitor_commands.NAMESPACE))
    socketio.on_namespace(OperatorNamespace(operator_commands.NAMESPACE))
    _register(app, visitor_commands.plane, lambda sid: _known(visitors.get(sid), identity_of_visitor))
    _register(app, operator_commands.plane, lambda sid: _known(operators.get(sid), identity_of_operator))


def _register(app: Flask, plane: Plane, identify: Any) -> None:
    for name in plane.commands:
        socketio.server.on(name, _handler(app, plane, name, identify), namespace=plane.namespace)


def _handler(app: Flask, plane: Plane, name: str, identify: Any) -> Any:
    def handle(sid: str, *arguments: object) -> dict[str, Any]:
        identity = identify(sid)
        if identity is None:
            return {"ok": False, "error": "unauthorised", "message": ""}
        return plane.carry_out(app, name, identity, arguments[0] if len(arguments) == 1 else None)

    return handle


def _known(connection: Any, identify: Any) -> Identity | None:
    return None if connection is None else identify(connection)


def _sid() -> str:
    return str(request.sid)  # type: ignore[attr-defined]  # put there by Flask-SocketIO


def _department_key(said: object) -> str | None:
    """The department that the page's code names; what is no key names none."""
    is_key = isinstance(said, str) and len(said) <= MAXIMUM_LENGTH and DEPARTMENT_KEY.fullmatch(said)
    return said if isinstance(said, str) and is_key else None


def _placement(key: object) -> Placement:
    wanted = key if isinstance(key, str) else DEFAULT_PLACEMENT_KEY
    placement = db.session.scalar(select(Placement).where(Placement.key == wanted))
    if placement is None:
        raise Refused("not_found")
    return placement
