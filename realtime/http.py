"""The HTTP twins of both planes: the same commands where WebSocket is blocked, and long polling on the same cursor."""

import hashlib
import json
import math
from typing import Any

from flask import Blueprint, Flask, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_login import current_user

from actions import visits
from actions.errors import Unauthorised
from actions.messages import Author
from actions.presence import note_seen
from clock import now
from config import Rate
from limits import limiter
from models import Visitor, db
from models.database import unit_of_work
from models.placements import DEFAULT_PLACEMENT_KEY
from models.settings import language_of, load_settings
from policy.errors import DomainError
from policy.languages import Language
from realtime import payloads
from realtime.answers import refusal, status_of
from realtime.availability import availability
from realtime.commands import LARGEST_NUMBER, Enter, Malformed, TooLarge, parse
from realtime.namespaces import operator as operator_commands
from realtime.namespaces import visitor as visitor_commands
from realtime.payloads import Payload
from realtime.places import places
from realtime.planes import Identity, Plane
from realtime.server import MAXIMUM_FRAME_BYTES
from realtime.waiting import operator_waiters, visitor_waiters

visitor_api = Blueprint("visitor_api", __name__, url_prefix="/visitor/api")
operator_api = Blueprint("operator_api", __name__, url_prefix="/operator/api")

POLLS = Rate(per_second=2, burst=20)


@visitor_api.post("/enter")
def enter() -> ResponseReturnValue:
    """A chat window opens: recognise the browser or make it a visitor, and say all it needs to begin."""
    payload = parse(Enter, _body())
    limiter.demand("enter", request.remote_addr or "", "LIMIT_ENTER")
    with unit_of_work() as session:
        placement = visitor_commands.placement_of(session, payload.placement)
        entered = visits.enter(
            session,
            _bearer(),
            now(),
            address=request.remote_addr or "",
            user_agent=request.user_agent.string,
        )
        visitor = entered.visitor
        shown_in = payload.language or language_of(session, placement)
        answer: Payload = {
            "ok": True,
            "visitor": {
                "id": visitor.public_id,
                "name": visitor.name,
                "email": visitor.email,
                "phone": visitor.phone,
            },
            "availability": availability(session, placement, shown_in, payload.snippet_department, now()),
            **visitor_commands.state_after(session, visitor, 0),
        }
        if entered.token is not None:
            answer["token"] = entered.token
    return jsonify(answer)


@visitor_api.post("/<command>")
def visitor_command(command: str) -> ResponseReturnValue:
    return _carry_out(visitor_commands.plane, command, _visitor_identity())


@visitor_api.get("/events")
def visitor_events() -> ResponseReturnValue:
    """Held until something lies behind the revision that the page knows, for 25 seconds at most.

    A page that names its placement is told who is there, too: it has no socket to hear it from.
    """
    identity = _visitor_identity()
    limiter.demand("visitor.events", identity.person_id, POLLS)
    after = request.args.get("after", type=int)
    if after is None or not 0 <= after <= LARGEST_NUMBER:
        raise Malformed

    def look() -> Payload | None:
        visitor = db.session.get(Visitor, identity.person_id, populate_existing=True)
        if visitor is None:
            raise Unauthorised
        found = (
            visitor_commands.state_after(db.session(), visitor, after) if visitor.revision > after else None
        )
        # A poll that waits holds no connection: there are more visitors than connections.
        db.session.rollback()
        return found

    db.session.rollback()

    found = visitor_waiters.until(identity.person_id, look)
    queue = payloads.queue(places.of(identity.person_id))
    answer = {"ok": True, **(found or {"revision": after, "chats": [], "messages": [], "queue": queue})}
    key = request.args.get("placement")
    if key is not None:
        placement = visitor_commands.placement_of(db.session(), key)
        shown_in, named = language_of(db.session(), placement), request.args.get("snippet_department")
        answer["availability"] = availability(db.session(), placement, shown_in, named, now())
    return jsonify(answer)


@operator_api.post("/<command>")
def operator_command(command: str) -> ResponseReturnValue:
    return _carry_out(operator_commands.plane, command, _operator_identity())


@operator_api.get("/events")
def operator_events() -> ResponseReturnValue:
    """Held until the snapshot differs from the one that the page knows by its mark; keeps the operator present."""
    identity = _operator_identity()
    limiter.demand("operator.events", identity.person_id, POLLS)
    known = request.args.get("known", "")
    with unit_of_work() as session:
        note_seen(session, [identity.person_id], now())
    latest: dict[str, Any] = {}

    def look() -> Payload | None:
        answer = operator_commands.plane.carry_out(_app(), "snapshot", identity, {})
        mark = _mark(answer)
        latest.update(answer, mark=mark)
        return answer if mark != known or not answer["ok"] else None

    db.session.rollback()
    operator_waiters.until(identity.person_id, look)
    return _reply(latest)


def _mark(snapshot: Payload) -> str:
    """Names a snapshot by what it says; the time at which it was taken is no part of it."""
    said = {name: value for name, value in snapshot.items() if name != "now"}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:32]


def _carry_out(plane: Plane, name: str, identity: Identity) -> ResponseReturnValue:
    if name not in plane.commands:
        raise Malformed
    return _reply(plane.carry_out(_app(), name, identity, _body()))


def _reply(answer: Payload) -> ResponseReturnValue:
    """The command's answer with the status that its refusal has, and when to come again."""
    response = jsonify(answer)
    if "retry_after" in answer:
        response.headers["Retry-After"] = str(math.ceil(answer["retry_after"]))
    return response, status_of(answer)


def _visitor_identity() -> Identity:
    visitor = visits.visitor_of(db.session(), _bearer(), now())
    if visitor is None:
        raise Unauthorised
    language = Language.parse(request.accept_languages.best or "") or load_settings(db.session()).language
    return Identity(Author(visitor_id=visitor.id), visitor.id, language, DEFAULT_PLACEMENT_KEY)


def _operator_identity() -> Identity:
    if not current_user.is_authenticated:
        raise Unauthorised
    language = Language.parse(str(get_locale())) or Language.EN
    return Identity(Author(session_id=current_user.session_id), current_user.operator.id, language)


def _bearer() -> str | None:
    """The visitor's token travels in a header only, so it is in no log, link or referrer."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


def _body() -> object:
    if (request.content_length or 0) > MAXIMUM_FRAME_BYTES:
        raise TooLarge
    try:
        return request.get_json(force=True, silent=True)
    except RecursionError:
        # Ten thousand brackets; no object of ours is nested.
        return None


def _app() -> Any:
    return current_app._get_current_object()  # type: ignore[attr-defined]  # the proxy has it


@visitor_api.errorhandler(DomainError)
@operator_api.errorhandler(DomainError)
def _refused(error: DomainError) -> ResponseReturnValue:
    return _reply(refusal(error))


def init_app(app: Flask) -> None:
    for blueprint in (visitor_api, operator_api):
        app.register_blueprint(blueprint)
    # A visitor is known by a header that no foreign page can make a browser send.
    app.extensions["csrf"].exempt(visitor_api)
