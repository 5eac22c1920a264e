"""The headers of every answer, and what the strict policy forbids in our templates."""

import dataclasses
import re
from pathlib import Path

import pytest
from flask import Flask

from tests.support.cabinet import Cabinet
from tests.support.company import Company

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*.html") if "demo_shop" not in path.parts)
INLINE = re.compile(r"""<[^>]*\s(?:on[a-z]+|style)\s*=\s*["']""")
BARE_SCRIPT = re.compile(r"<(?:script|style)(?![^>]*(?:\bsrc=|\bnonce=|application/json))")


@pytest.fixture
def cabinet(app: Flask) -> Cabinet:
    return Cabinet(app)


def policy(header: str) -> dict[str, list[str]]:
    parts = (part.split() for part in header.split(";"))
    return {name: values for name, *values in parts}


ANSWERS = {
    "a page": "/sign-in",
    "a redirect": "/admin/",
    "a page that is not there": "/nothing",
    "a file": "/static/css/tokens.css",
    "a file that is not there": "/static/nothing.css",
    "a method that is not allowed": "/sign-out",
    "an answer of the API": "/operator/api/nothing",
}


@pytest.mark.parametrize("path", ANSWERS.values(), ids=ANSWERS.keys())
def test_every_answer_carries_them(cabinet: Cabinet, company: Company, path: str) -> None:
    headers = cabinet.get(path).headers
    rules = policy(headers["Content-Security-Policy"])
    assert rules["default-src"] == ["'none'"]
    assert rules["frame-ancestors"] == ["'none'"]
    assert rules["object-src"] == rules["base-uri"] == ["'none'"]
    assert rules["form-action"] == ["'self'"]
    assert not [value for values in rules.values() for value in values if "unsafe" in value or value == "*"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


def test_the_nonce_is_new_on_every_answer_and_stands_on_the_pages_own_scripts(
    cabinet: Cabinet, company: Company
) -> None:
    pages = [cabinet.get("/sign-in") for _ in range(2)]
    nonces = [policy(page.headers["Content-Security-Policy"])["script-src"][1] for page in pages]
    assert nonces[0] != nonces[1]
    for page, nonce in zip(pages, nonces, strict=True):
        own = re.findall(r'<script[^>]*\bnonce="([^"]+)"', page.text)
        assert own
        assert {f"'nonce-{word}'" for word in own} == {nonce}


def test_a_failure_of_ours_carries_them_too_and_tells_nothing(
    app: Flask, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> str:
        raise RuntimeError("the secret of the house")

    app.config["PROPAGATE_EXCEPTIONS"] = False
    monkeypatch.setitem(app.view_functions, "auth.show_requirements", fail)
    answer = Cabinet(app).get("/requirements")
    assert answer.status_code == 500
    assert "Content-Security-Policy" in answer.headers
    assert "secret of the house" not in answer.text


def test_personal_pages_are_not_kept(cabinet: Cabinet, company: Company) -> None:
    cabinet.sign_in(company.administrator)
    assert cabinet.get("/admin/").headers["Cache-Control"] == "no-store"


def test_a_file_named_with_its_mark_is_kept_for_good(cabinet: Cabinet) -> None:
    assert "immutable" in cabinet.get("/static/css/tokens.css?v=1").headers["Cache-Control"]
    assert "immutable" not in cabinet.get("/static/css/tokens.css").headers.get("Cache-Control", "")
    assert "immutable" not in cabinet.get("/static/nothing.css?v=1").headers.get("Cache-Control", "")


@pytest.mark.parametrize("path", ["/js/button.js", "/button/default", "/static/css/tokens.css", "/health"])
def test_what_strangers_pages_load_does_not_depend_on_a_cookie(
    cabinet: Cabinet, company: Company, path: str
) -> None:
    cabinet.sign_in(company.administrator)
    answer = cabinet.get(path)
    assert answer.status_code == 200
    assert "Cookie" not in answer.headers.get("Vary", "")
    assert "Set-Cookie" not in answer.headers


def test_browsers_are_bound_to_https_only_where_we_are_reached_by_it(
    app: Flask, cabinet: Cabinet, company: Company
) -> None:
    assert "Strict-Transport-Security" not in cabinet.get("/sign-in").headers
    app.config["OTVET"] = dataclasses.replace(app.config["OTVET"], base_url="https://chat.example.com")
    assert "max-age=63072000" in cabinet.get("/sign-in").headers["Strict-Transport-Security"]


def test_a_foreign_host_name_is_refused(cabinet: Cabinet) -> None:
    assert cabinet.get("/sign-in", headers={"Host": "evil.example"}).status_code == 400


@pytest.mark.parametrize("path", ["/operator/api/nothing", "/visitor/api/nothing"])
def test_programs_are_answered_in_their_own_words(cabinet: Cabinet, company: Company, path: str) -> None:
    answer = cabinet.get(path)
    assert answer.status_code in (404, 405)
    assert answer.get_json()["ok"] is False
    assert answer.get_json()["error"] in ("not_found", "malformed")


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_no_template_needs_what_the_policy_forbids(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    assert not INLINE.findall(text)
    assert not BARE_SCRIPT.findall(text)
