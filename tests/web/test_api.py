"""The API's door: a token is asked for at every call, and every refusal is JSON that a program understands."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from actions import api_tokens
from config import RATES, Rate
from limits import limiter
from models import ApiToken
from models.database import unit_of_work
from policy.scopes import TokenScope
from tests.support.cabinet import Cabinet
from tests.support.clock import SteppingClock
from tests.support.company import Company
from web.api.access import for_tokens

URL = "/api/v1/token"


@pytest.fixture
def limits() -> Iterator[dict[str, Rate]]:
    """The rates of this test; buckets that earlier tests have drunk from are full again."""
    own = dict(RATES)
    limiter._buckets.clear()
    limiter.configure(own)
    yield own
    limiter.configure(RATES)


@pytest.fixture
def issued(app: Flask, session: Session, company: Company, clock: SteppingClock, limits: object) -> str:
    with unit_of_work(session) as unit:
        token = ApiToken(
            name="CRM", scopes=["chats:read", "messages:read"], expires_at=clock() + timedelta(days=1)
        )
        return api_tokens.issue_token(unit, token, clock(), by_operator_id=company.administrator.id)


def call(app: Flask, token: str | None, path: str = URL, method: str = "GET", **options: Any) -> TestResponse:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return Cabinet(app).open(method, path, headers=headers, **options)


def test_a_token_says_what_it_may_do(app: Flask, issued: str, clock: SteppingClock) -> None:
    answer = call(app, issued)
    assert answer.status_code == 200
    told = answer.get_json()
    assert told["ok"] is True
    assert told["token"] == {
        "name": "CRM",
        "mark": f"{issued[:8]}…{issued[-4:]}",
        "scopes": ["chats:read", "messages:read"],
        "created_at": "2026-03-02T09:00:00.000Z",
        "expires_at": "2026-03-03T09:00:00.000Z",
    }
    assert "Set-Cookie" not in answer.headers and issued not in answer.text


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "token_missing"),
        ({"Authorization": ""}, "token_missing"),
        ({"Authorization": "Bearer"}, "token_missing"),
        ({"Authorization": "Basic b3R2ZXQ6b3R2ZXQ="}, "token_missing"),
        ({"Authorization": "Bearer otvet_nothing"}, "token_unknown"),
        ({"Authorization": "Bearer \x7f"}, "token_unknown"),
        ({"Authorization": "Bearer " + "a" * 20_000}, "token_unknown"),
    ],
)
def test_whoever_has_no_token_is_told_so(app: Flask, issued: str, headers: dict[str, str], code: str) -> None:
    answer = Cabinet(app).open("GET", URL, headers=headers)
    assert (answer.status_code, answer.get_json()["error"]) == (401, code)
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.get_json()["message"]


def test_a_token_in_the_address_opens_nothing(app: Flask, issued: str) -> None:
    assert call(app, None, f"{URL}?access_token={issued}&token={issued}").status_code == 401


def test_a_signed_in_administrator_is_no_token(app: Flask, company: Company, limits: dict[str, Rate]) -> None:
    cabinet = Cabinet(app)
    cabinet.sign_in(company.administrator)
    assert cabinet.get(URL).status_code == 401


def test_a_token_opens_nothing_of_the_cabinet(app: Flask, issued: str) -> None:
    assert call(app, issued, "/admin/").status_code == 302
    assert call(app, issued, "/operator/api/sync", method="POST").status_code in (400, 401, 404, 405)


def test_expired_and_revoked_tokens_are_told_apart(
    app: Flask, issued: str, session: Session, clock: SteppingClock
) -> None:
    clock.forward(days=1)
    assert call(app, issued).get_json()["error"] == "token_expired"
    with unit_of_work(session) as unit:
        api_tokens.revoke_token(unit, unit.query(ApiToken).one(), clock())
    answer = call(app, issued)
    assert (answer.status_code, answer.get_json()["error"]) == (401, "token_revoked")


def test_a_scope_that_is_missing_is_named(app: Flask, issued: str) -> None:
    @for_tokens(TokenScope.CHATS_READ, TokenScope.MESSAGES_WRITE)
    def write() -> dict[str, bool]:
        return {"ok": True}

    app._got_first_request = False
    app.add_url_rule("/api/v1/write-for-a-test", view_func=write)
    answer = call(app, issued, "/api/v1/write-for-a-test")
    assert answer.status_code == 403
    assert answer.get_json()["error"] == "scope_missing"
    assert answer.get_json()["scopes"] == ["messages:write"]


def test_each_token_has_its_own_rate(
    app: Flask, issued: str, session: Session, company: Company, clock: SteppingClock, limits: dict[str, Rate]
) -> None:
    limits["LIMIT_API"] = Rate(0.01, 2)
    with unit_of_work(session) as unit:
        token = ApiToken(name="Other", scopes=["chats:read"])
        other = api_tokens.issue_token(unit, token, clock(), by_operator_id=company.administrator.id)
    assert [call(app, issued).status_code for _ in range(3)] == [200, 200, 429]
    answer = call(app, issued)
    assert answer.get_json()["error"] == "too_fast"
    assert 0 < int(answer.headers["Retry-After"]) == answer.get_json()["retry_after"] <= 100
    assert call(app, other).status_code == 200


def test_guessing_is_slowed_down_and_right_tokens_behind_the_same_address_are_not(
    app: Flask, issued: str, limits: dict[str, Rate]
) -> None:
    limits["LIMIT_API_REFUSED"] = Rate(0.01, 3)
    assert [call(app, f"otvet_{number}").status_code for number in range(4)] == [401, 401, 401, 429]
    assert call(app, issued).status_code == 200


def test_a_use_is_noted_once_in_a_while_with_its_address(
    app: Flask, issued: str, session: Session, clock: SteppingClock
) -> None:
    for _ in range(2):
        call(app, issued, environ_base={"REMOTE_ADDR": "192.0.2.44"})
        clock.forward(minutes=6)
    session.rollback()
    token = session.query(ApiToken).one()
    assert token.last_used_from == "192.0.2.44"
    assert token.last_used_at == clock() - timedelta(minutes=12)


def test_no_call_of_the_api_forgets_to_ask(app: Flask) -> None:
    calls = [rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint.startswith("api.")]
    assert calls
    assert [name for name in calls if not hasattr(app.view_functions[name], "scopes")] == []


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/api/v1/nothing", 404), ("POST", URL, 405)])
def test_what_is_not_there_is_typed_json_too(
    app: Flask, issued: str, method: str, path: str, status: int
) -> None:
    answer = call(app, issued, path, method)
    assert answer.status_code == status and answer.get_json()["ok"] is False
