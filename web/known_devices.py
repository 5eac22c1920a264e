"""Browsers in which somebody has signed in before, known by a signed cookie.

Whoever guesses at an account from elsewhere can make everybody wait; its owner, in a browser of their own, does not.
The cookie opens nothing by itself, and wrong passwords beside it are counted too, for this browser alone.
"""

import hashlib
from datetime import timedelta
from typing import Any

from flask import Response, after_this_request, current_app, request
from itsdangerous import BadData, URLSafeSerializer

from actions.ids import new_public_id
from clock import now
from config import Config

REMEMBERED = timedelta(days=180)
MOST_ACCOUNTS = 8
"""People of several shifts may share a computer."""
Known = list[tuple[str, str, int]]
"""Whose account, as a mark; the browser's name for it; when they signed in last."""


def device_of(email: str) -> str:
    """The name of this browser for the account's throttle; empty where its owner has never signed in by it."""
    return next((device for account, device, _at in _known() if account == _mark(email)), "")


def remember(email: str) -> None:
    """The owner has just signed in here; the cookie goes out with this answer."""
    account = (_mark(email), device_of(email) or new_public_id(), int(now().timestamp()))
    others = [one for one in _known() if one[0] != account[0]]
    text = _serializer().dumps([account, *others[: MOST_ACCOUNTS - 1]])

    @after_this_request
    def _set(response: Response) -> Response:
        response.set_cookie(
            cookie_name(),
            text,
            max_age=REMEMBERED,
            secure=_config().is_secure,
            httponly=True,
            samesite="Lax",
        )
        return response


def cookie_name() -> str:
    """A browser sends it to this host only, and by https where we are reached so."""
    return "__Host-otvet-device" if _config().is_secure else "otvet-device"


def _known() -> Known:
    """What the cookie says, newest first; one that is not ours says nothing."""
    try:
        found: Any = _serializer().loads(request.cookies.get(cookie_name(), ""))
    except BadData:
        return []
    oldest = (now() - REMEMBERED).timestamp()
    return [(account, device, at) for account, device, at in found if at > oldest]


def _mark(email: str) -> str:
    """The address itself stands in no cookie."""
    return hashlib.sha256(email.encode()).hexdigest()[:22]


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(_config().secret_key, salt="known device")


def _config() -> Config:
    config: Config = current_app.config["OTVET"]
    return config
