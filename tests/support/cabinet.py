"""Somebody's browser in the cabinet, without a browser: cookies, the page's token, and a fresh context per request."""

import re
from contextvars import Context
from html import unescape
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from models import Operator
from tests.support.company import PASSWORD

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_FIELD = re.compile(r"<(input|textarea|select|option)\b([^>]*)>([^<]*)")
_ATTRIBUTE = re.compile(r'([\w-]+)(?:="([^"]*)")?')


class Cabinet:
    """One browser. A test runs within an application context; requests must not share its `g`, so each has its own."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.open("GET", path, **options)

    def open(self, method: str, path: str, **options: Any) -> TestResponse:
        return Context().run(self.client.open, path, method=method, buffered=True, **options)

    def post(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> TestResponse:
        """Send a form as a page of this site would."""
        return self.send(path, {"csrf_token": self.token(), **(data or {})}, **options)

    def send(self, path: str, data: dict[str, Any], **options: Any) -> TestResponse:
        """Send a form just as it is."""
        return self.open("POST", path, data=data, **options)

    def token(self) -> str:
        found = _TOKEN.search(self.get("/requirements").text)
        assert found
        return found[1]

    def sign_in(self, who: Operator | str, password: str = PASSWORD, **fields: Any) -> TestResponse:
        email = who if isinstance(who, str) else who.email
        return self.post("/sign-in", {"email": email, "password": password, "status": "online", **fields})

    def cookie(self) -> str:
        cookie = self.client.get_cookie("otvet")
        assert cookie
        return cookie.value


def form_of(page: str) -> dict[str, Any]:
    """What a browser would send of the page's record form, unchanged."""
    form = page[page.index("data-form") :]
    form = form[: form.index("</form>")]
    values: dict[str, Any] = {}
    select = ""
    for tag, attributes_text, inner in _FIELD.findall(form):
        attributes = dict(_ATTRIBUTE.findall(attributes_text))
        if tag != "option" and "name" not in attributes:
            continue
        if tag == "select":
            select = attributes["name"]
        elif tag == "option" and "selected" in attributes:
            values.setdefault(select, []).append(unescape(attributes["value"]))
        elif tag == "textarea":
            values[attributes["name"]] = unescape(inner).lstrip("\r\n")
        elif (
            tag == "input" and attributes.get("type") in ("checkbox", "radio") and "checked" not in attributes
        ):
            continue
        elif tag == "input" and attributes.get("type") != "file":
            values[attributes["name"]] = unescape(attributes.get("value", "y"))
    return values
