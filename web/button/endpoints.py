"""The button's answers, as docs/protocol.md names them. Pages of other origins ask, without cookies."""

import json
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, abort, current_app, g, jsonify, request
from sqlalchemy import Select, select

from actions import visits
from clock import now
from models.base import db
from models.database import unit_of_work
from models.placements import Placement
from models.settings import load_settings
from policy.keys import DEPARTMENT_KEY, MAXIMUM_LENGTH
from policy.sites import allows
from policy.throttle import TokenBucket
from web.button.answer import button
from web.button.beats import Beats
from web.button.sites import sites_of

BODY_BYTES = 16 * 1024
VIEWS_PER_SECOND, VIEWS_AT_ONCE = 5, 120
ADDRESSES_REMEMBERED = 10_000
# A beat may be told what was true a moment ago; a new page and a press are always answered afresh.
BEAT_ANSWER_AGE = timedelta(seconds=2)

pages = Blueprint("button", __name__, url_prefix="/button")


@dataclass(slots=True)
class _Remembered:
    """What this process keeps between requests."""

    beats: Beats
    answers: dict[tuple[str, str | None], tuple[Any, dict[str, Any]]]
    views: dict[str, TokenBucket]


def init_app(app: Flask) -> None:
    """Nothing of this is truth: other processes have their own."""
    app.extensions["button"] = _Remembered(Beats(), {}, {})


def _remembered() -> _Remembered:
    found: _Remembered = current_app.extensions["button"]
    return found


@pages.url_value_preprocessor
def _name_placement(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    g.placement_key = (values or {}).pop("key", "")


@pages.before_request
def _refuse_foreign_sites() -> None:
    """Only sites of the placement's list get an answer that their pages can read."""
    request.max_content_length = BODY_BYTES
    placement = db.session.scalar(_asked_for()) or abort(404)
    sites = sites_of(placement, load_settings(db.session()))
    origin = request.headers.get("Origin")
    # A page of another site cannot ask without its origin; who names none is no such page.
    if origin and not allows(sites, origin):
        abort(403)
    g.button_readers = (origin or "null") if sites else "*"


@pages.after_request
def _let_pages_read(response: Response) -> Response:
    readers = g.get("button_readers")
    if readers:
        response.headers["Access-Control-Allow-Origin"] = readers
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Vary"] = "Origin"
    return response


@pages.get("/<key>")
def show() -> Response:
    """The button as it is now; a page that has this version already is told so in a word."""
    response = jsonify(button(db.session(), _placement(), _department(request.args.get("department")), now()))
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    return response.make_conditional(request)  # type: ignore[return-value]  # it gives itself back


@pages.post("/<key>/view")
def begin_view() -> Response:
    """A page opens: it is noted, and told what its button looks like."""
    said = _body()
    view = visits.View(
        _view_id(said), _text(said, "url", 2000), _text(said, "title", 300), _text(said, "referrer", 2000)
    )
    site = _site_of(request.headers.get("Origin") or view.url)
    address = request.remote_addr or ""
    if _may_begin(address):
        with unit_of_work() as session:
            visits.begin_view(
                session, _placement(), view, now(), address=address, site=site, own_site=request.host
            )
    return jsonify(button(db.session(), _placement(), _department(said.get("department")), now()))


@pages.post("/<key>/beat")
def beat() -> Response:
    """A page is still open; it hears of its button only when that changed."""
    said = _body()
    _remembered().beats.note(_view_id(said), now())
    answer = _recent_answer(_department(said.get("department")))
    return Response(status=204) if said.get("version") == answer["version"] else jsonify(answer)


@pages.post("/<key>/leave")
def leave() -> Response:
    """A page was left; its beacon waits for no answer."""
    view_id = _view_id(_body())
    _remembered().beats.forget(view_id)
    with unit_of_work() as session:
        visits.leave(session, view_id, now())
    return Response(status=204)


def _asked_for() -> Select[Placement]:
    return select(Placement).where(Placement.key == g.placement_key)


def _placement() -> Placement:
    return db.session.scalars(_asked_for()).one()


def _recent_answer(department: str | None) -> dict[str, Any]:
    kept, moment = _remembered().answers, now()
    known = kept.get((g.placement_key, department))
    if known and timedelta(0) <= moment - known[0] < BEAT_ANSWER_AGE:
        return known[1]
    answer = button(db.session(), _placement(), department, moment)
    if len(kept) > ADDRESSES_REMEMBERED:
        kept.clear()
    kept[g.placement_key, department] = moment, answer
    return answer


def _may_begin(address: str) -> bool:
    """Above this rate an address is answered, but its views are not written down."""
    buckets = _remembered().views
    if len(buckets) > ADDRESSES_REMEMBERED:
        buckets.clear()
    bucket = buckets.setdefault(address, TokenBucket(VIEWS_PER_SECOND, VIEWS_AT_ONCE))
    return bucket.take(now().timestamp()) == 0


def _body() -> dict[str, Any]:
    """Plain text holding one JSON object: with that content type no preflight comes first."""
    try:
        said = json.loads(request.get_data())
    except (ValueError, RecursionError):
        abort(400)
    return said if isinstance(said, dict) else abort(400)


def _site_of(address: str) -> str:
    """The host that an address names; what only looks like an address names none."""
    try:
        return urlsplit(address).netloc
    except ValueError:
        return ""


def _view_id(said: dict[str, Any]) -> str:
    try:
        return str(uuid.UUID(_text(said, "view", 36)))
    except ValueError:
        abort(400)


def _text(said: dict[str, Any], name: str, maximum: int) -> str:
    """A line of text, cut to what is kept of it."""
    text = said.get(name, "")
    if not isinstance(text, str):
        abort(400)
    return "".join(letter for letter in text if letter.isprintable())[:maximum]


def _department(key: object) -> str | None:
    if key is not None and not isinstance(key, str):
        abort(400)
    return key if key and len(key) <= MAXIMUM_LENGTH and DEPARTMENT_KEY.fullmatch(key) else None
