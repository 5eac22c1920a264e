"""Who calls the API: a token in the Authorization header, its scopes, its rate."""

import math
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response as FlaskResponse
from flask import g, jsonify, make_response, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from actions import api_tokens
from actions.errors import TooFast
from clock import now
from limits import limiter
from models.api_tokens import ApiToken
from models.base import db
from models.database import unit_of_work
from policy.scopes import TokenScope

View = Callable[..., Any]
_WORDS = {
    "token_missing": _l("Send your token in the header Authorization: Bearer …"),
    "token_unknown": _l("There is no such token."),
    "token_expired": _l("This token has expired."),
    "token_revoked": _l("This token was revoked."),
}


def for_tokens(*scopes: TokenScope) -> Callable[[View], View]:
    """A call of the API: only for tokens with all of these scopes, each at its rate."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(**arguments: Any) -> Any:
            try:
                token = _caller()
                limiter.demand("api", token.id, "LIMIT_API")
            except TooFast as refused:
                return _too_fast(refused)
            except api_tokens.TokenRefused as refused:
                return _unauthorised(refused)
            missing = sorted(scope.value for scope in set(scopes) - api_tokens.scopes_of(token))
            if missing:
                words = _("The token has not the scope %(scope)s.", scope=", ".join(missing))
                return _refusal(403, "scope_missing", words, scopes=missing)
            _note_use(token)
            return view(**arguments)

        guarded.scopes = scopes  # type: ignore[attr-defined]  # for the test that no call forgets to ask
        return guarded

    return guard


def caller() -> ApiToken:
    """The token of this call."""
    found: ApiToken = g.api_token
    return found


def _caller() -> ApiToken:
    """Wrong tokens are counted by address; right ones never are, whoever else sits behind the same address."""
    address = request.remote_addr or ""
    authorization = request.authorization
    is_bearer = authorization is not None and authorization.type == "bearer"
    text = (authorization.token or "") if authorization is not None and is_bearer else ""
    try:
        token = api_tokens.token_of(db.session(), text, now())
    except api_tokens.TokenRefused:
        limiter.demand("api.refused", address, "LIMIT_API_REFUSED")
        raise
    g.api_token = token
    return token


def _note_use(token: ApiToken) -> None:
    moment = now()
    if not api_tokens.is_use_to_be_noted(token, moment):
        return
    with unit_of_work() as session:
        api_tokens.note_use(session, token.id, request.remote_addr or "", moment)


def _unauthorised(refused: api_tokens.TokenRefused) -> FlaskResponse:
    response = _refusal(401, refused.code, str(_WORDS[refused.code]))
    response.headers["WWW-Authenticate"] = 'Bearer realm="Otvet"'
    return response


def _too_fast(refused: TooFast) -> FlaskResponse:
    seconds = math.ceil(refused.retry_after)
    response = _refusal(429, refused.code, _("Wait a little and try again."), retry_after=seconds)
    response.headers["Retry-After"] = str(seconds)
    return response


def _refusal(status: int, code: str, words: str, **more: Any) -> FlaskResponse:
    return make_response(jsonify(ok=False, error=code, message=words, **more), status)
