"""What people and programs are told when a request cannot be answered: a page, or the wire protocol's JSON."""

from http import HTTPStatus

import structlog
from flask import Flask, Response, g, jsonify, make_response, render_template, request, session
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError
from werkzeug.exceptions import HTTPException, SecurityError

from models.base import db
from policy.languages import Language
from web.identity import Stranger

log = structlog.get_logger(__name__)

API_PREFIXES = ("/operator/api/", "/visitor/api/", "/button/", "/api/")
CODES = {
    400: "malformed",
    401: "unauthorised",
    403: "forbidden",
    404: "not_found",
    405: "malformed",
    413: "too_large",
    422: "invalid",
    429: "too_fast",
}


def init_app(app: Flask) -> None:
    """One handler for what HTTP refuses, one for what went wrong in us."""
    app.register_error_handler(SecurityError, _foreign_host)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, _refused)
    app.register_error_handler(DataError, _unstorable)
    app.register_error_handler(Exception, _failed)


def _refused(error: HTTPException) -> Response:
    if error.response is not None or (error.code or 500) < 400:
        return error.get_response()  # type: ignore[return-value]  # a redirect, or an answer that a view has made itself
    return _answer(error.code or 500, error)


def _foreign_host(_error: SecurityError) -> Response:
    # A name that is not ours: no page is drawn, since every address on it would carry that name.
    return Response("This host name is not served here.\n", 400, mimetype="text/plain")


def _stale_form(error: CSRFError) -> Response:
    words = _(
        "This page has been open too long, or you have signed in again since. Go back, reload it and try once more."
    )
    return _answer(400, error, words)


def _unstorable(error: DataError) -> Response:
    # Asked for what no row can hold (in PostgreSQL a NUL in a text, a number beyond its column): the asker's mistake.
    log.warning("request.unstorable", path=request.path, error=type(error.orig).__name__)
    db.session.rollback()
    return _answer(400, None)


def _failed(error: Exception) -> Response:
    log.error("request.failed", path=request.path, exc_info=error)
    db.session.rollback()
    # The page about a failure asks the database nothing: that may be what failed.
    g.language = Language.parse(session.get("language", "")) or Language.EN
    g._login_user = Stranger()
    return _answer(500, None)


def _answer(status: int, error: HTTPException | None, words: str | None = None) -> Response:
    title, explanation = _words_of(status)
    if request.path.startswith(API_PREFIXES):
        code = CODES.get(status, "internal")
        response = make_response(jsonify(ok=False, error=code, message=words or explanation), status)
    else:
        page = render_template(
            "errors/error.html", status=status, title=title, explanation=words or explanation
        )
        response = make_response(page, status)
    for name, value in error.get_headers() if error else ():
        if name.lower() in {"allow", "retry-after"}:
            response.headers[name] = value
    return response


def _words_of(status: int) -> tuple[str, str]:
    words = {
        400: (_("That request is not understood"), _("Go back and try again.")),
        401: (_("Please sign in"), _("Your session has ended. Sign in again to go on.")),
        403: (
            _("Not for your role"),
            _("Your role has no access to this section. An administrator can change that."),
        ),
        404: (_("Nothing is here"), _("The address is wrong, or what stood here has been removed.")),
        405: (_("That request is not understood"), _("Go back and try again.")),
        413: (_("Too large"), _("The file or text is larger than we take.")),
        429: (_("Too often"), _("Wait a little and try again.")),
    }
    return words.get(
        status,
        (
            _("Something went wrong on our side"),
            _("Nothing was saved. Try again in a minute; if it goes on, tell your administrator."),
        )
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR
        else words[400],
    )
