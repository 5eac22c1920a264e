"""Signing in: one message for a wrong pair, limits that parallel guesses cannot slip past, sessions that end."""

import re
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from actions import passwords
from models import ActorKind, AuditEntry, AuditKind, Operator, OperatorSession, SignInAttempt
from models.database import unit_of_work
from policy.statuses import OperatorStatus
from tests.support.cabinet import Cabinet
from tests.support.clock import SteppingClock
from tests.support.company import PASSWORD, Company
from web import auth, first_run

pytestmark = pytest.mark.usefixtures("company")

WRONG = "not the password"


@pytest.fixture
def cabinet(app: Flask) -> Cabinet:
    return Cabinet(app)


@pytest.fixture
def anna(company: Company) -> Operator:
    return company.operator("Anna")


def is_signed_in(cabinet: Cabinet) -> bool:
    return cabinet.get("/admin/").status_code == 200


def session_cookie(answer: TestResponse) -> str:
    return next(cookie for cookie in answer.headers.getlist("Set-Cookie") if cookie.startswith("otvet="))


def refusal(page: str) -> str:
    found = re.search(r'id="refusal">.*?<span>(.*?)</span>', page, re.DOTALL)
    assert found
    return found[1]


def test_the_home_address_leads_a_stranger_to_sign_in_and_a_person_to_the_main_page(
    cabinet: Cabinet, anna: Operator
) -> None:
    assert cabinet.get("/").location == "/sign-in"
    cabinet.sign_in(anna)
    assert cabinet.get("/").location == "/admin/"


def test_a_hash_made_at_other_costs_is_made_anew_when_its_owner_signs_in(
    cabinet: Cabinet, anna: Operator, session: Session
) -> None:
    old = PasswordHasher(memory_cost=16, time_cost=2, parallelism=1).hash(PASSWORD)
    with unit_of_work(session):
        anna.password_hash = old
    assert cabinet.post("/sign-in", {"email": anna.email, "password": WRONG}).status_code == 401
    session.rollback()
    assert anna.password_hash == old
    cabinet.sign_in(anna)
    session.rollback()
    assert anna.password_hash != old
    assert passwords.renewed_hash(anna.password_hash, PASSWORD) is None
    assert passwords.verify_password(anna.password_hash, PASSWORD)


def test_the_page_offers_every_status_but_offline_and_online_first(cabinet: Cabinet) -> None:
    page = cabinet.get("/sign-in").text
    assert re.findall(r'<option value="(\w+)"', page) == [
        "online",
        "invisible",
        "before_lunch",
        "lunch",
        "break",
    ]
    assert re.findall(r'<option value="(\w+)" selected', page) == ["online"]
    assert 'href="/requirements"' in page


def test_the_right_pair_signs_in_with_the_chosen_status(
    cabinet: Cabinet, anna: Operator, session: Session
) -> None:
    answer = cabinet.sign_in(" ANNA@example.com ", status="lunch")
    assert (answer.status_code, answer.location) == (302, "/admin/")
    assert is_signed_in(cabinet)
    session.rollback()
    assert anna.presence.status is OperatorStatus.LUNCH


def test_nobody_signs_in_offline(cabinet: Cabinet, anna: Operator, session: Session) -> None:
    cabinet.sign_in(anna, status="offline")
    session.rollback()
    assert anna.presence.status is OperatorStatus.ONLINE


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(
    cabinet: Cabinet, anna: Operator
) -> None:
    wrong, unknown = cabinet.sign_in(anna, WRONG), cabinet.sign_in("nobody@example.com", WRONG)
    assert wrong.status_code == unknown.status_code == 401
    assert refusal(wrong.text) == refusal(unknown.text)
    assert not is_signed_in(cabinet)


@pytest.mark.databases("sqlite", "postgresql")
@pytest.mark.parametrize("typed", ["\x00", "anna\x00@example.com", "\udc80", "x" * 254, ""])
def test_whatever_is_typed_as_an_address_is_a_wrong_one(cabinet: Cabinet, typed: str) -> None:
    assert cabinet.sign_in(typed.encode("utf-8", "replace").decode(), WRONG).status_code == 401


def test_an_unknown_address_costs_a_hash_too(cabinet: Cabinet, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str | None] = []
    real = passwords.verify_password

    def verify(password_hash: str | None, password: str) -> bool:
        checked.append(password_hash)
        return real(password_hash, password)

    monkeypatch.setattr(passwords, "verify_password", verify)
    cabinet.sign_in("nobody@example.com", WRONG)
    assert checked == [None]


def test_what_was_typed_stays_but_the_password(cabinet: Cabinet, anna: Operator) -> None:
    page = cabinet.sign_in(anna, WRONG, status="break", remember="on").text
    assert 'value="anna@example.com"' in page
    assert '<option value="break" selected' in page
    assert 'name="remember" checked' in page
    assert WRONG not in page


def test_an_account_that_is_switched_off_cannot_sign_in(
    cabinet: Cabinet, anna: Operator, session: Session
) -> None:
    with unit_of_work(session):
        anna.is_active = False
    assert cabinet.sign_in(anna).status_code == 401


def test_too_many_attempts_are_refused_with_the_time_to_wait_even_with_the_right_password(
    cabinet: Cabinet, anna: Operator, clock: SteppingClock
) -> None:
    for _ in range(5):
        assert cabinet.sign_in(anna, WRONG).status_code == 401
    refused = cabinet.sign_in(anna)
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == str(30 * 60)
    assert "30" in refusal(refused.text)
    clock.forward(minutes=30)
    assert cabinet.sign_in(anna).status_code == 302


def test_an_attempt_counts_before_its_password_is_looked_at(
    cabinet: Cabinet, anna: Operator, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[int | None] = []

    def verify(_hash: str | None, _password: str) -> bool:
        session.rollback()
        counted.append(session.scalar(select(func.count()).select_from(SignInAttempt)))
        return False

    monkeypatch.setattr(auth.passwords, "verify_password", verify)
    cabinet.sign_in(anna, WRONG)
    assert counted == [1]


def test_signing_in_often_is_not_guessing(cabinet: Cabinet, anna: Operator) -> None:
    for _ in range(7):
        assert cabinet.sign_in(anna).status_code == 302
        cabinet.post("/sign-out")


def test_signing_in_begins_a_fresh_session(cabinet: Cabinet, anna: Operator) -> None:
    cabinet.get("/sign-in")
    before = cabinet.cookie()
    cabinet.sign_in(anna)
    assert cabinet.cookie() != before
    assert "HttpOnly" in session_cookie(cabinet.sign_in(anna))


def test_one_comes_back_to_the_page_that_was_asked_for(cabinet: Cabinet, company: Company) -> None:
    asked = cabinet.get("/admin/departments/?search=x").location
    assert asked == "/sign-in?next=/admin/departments/?search%3Dx"
    answer = cabinet.sign_in(company.administrator, next="/admin/departments/?search=x")
    assert answer.location == "/admin/departments/?search=x"


@pytest.mark.parametrize(
    "address",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "https:evil.example",
        "/\t/evil.example",
        "/\n/e",
        "evil",
    ],
)
def test_nobody_is_sent_away_from_this_site(cabinet: Cabinet, anna: Operator, address: str) -> None:
    assert cabinet.sign_in(anna, next=address).location == "/admin/"


def test_signing_out_ends_the_session_on_the_server_and_takes_the_person_offline(
    cabinet: Cabinet, anna: Operator, session: Session
) -> None:
    cabinet.sign_in(anna)
    stolen = cabinet.cookie()
    assert cabinet.post("/sign-out").location == "/sign-in"
    session.rollback()
    assert session.scalars(select(OperatorSession)).one().ended_at is not None
    assert anna.presence.status is OperatorStatus.OFFLINE
    cabinet.client.set_cookie("otvet", stolen)
    assert not is_signed_in(cabinet)


def test_signing_out_needs_the_pages_own_token(cabinet: Cabinet, anna: Operator) -> None:
    cabinet.sign_in(anna)
    assert cabinet.send("/sign-out", {}).status_code == 400
    assert cabinet.get("/sign-out").status_code == 405
    assert is_signed_in(cabinet)


def test_signing_in_needs_the_pages_own_token(cabinet: Cabinet, anna: Operator) -> None:
    answer = cabinet.send("/sign-in", {"email": anna.email or "", "password": PASSWORD})
    assert answer.status_code == 400
    assert not is_signed_in(cabinet)


def test_an_idle_session_ends_and_a_used_one_does_not(
    cabinet: Cabinet, anna: Operator, clock: SteppingClock
) -> None:
    cabinet.sign_in(anna)
    for _ in range(3):
        clock.forward(hours=11)
        assert is_signed_in(cabinet)
    clock.forward(hours=13)
    assert cabinet.get("/admin/").location == "/sign-in?next=/admin/"


def test_remember_me_outlives_the_browser_but_not_a_week(
    cabinet: Cabinet, anna: Operator, clock: SteppingClock
) -> None:
    assert "Expires" not in session_cookie(cabinet.sign_in(anna))
    cabinet.post("/sign-out")
    assert "Expires" in session_cookie(cabinet.sign_in(anna, remember="on"))
    clock.forward(days=6)
    assert is_signed_in(cabinet)
    clock.forward(days=2)
    assert not is_signed_in(cabinet)


def test_a_stranger_who_sends_a_form_is_told_to_sign_in(cabinet: Cabinet) -> None:
    assert cabinet.post("/admin/departments/new/").status_code == 401


@pytest.mark.parametrize(
    ("old", "today"),
    [("settings", "/admin/settings/"), ("getcode", "/admin/placements/"), ("payments", "/admin/")],
)
def test_old_bookmarks_lead_to_the_sections_of_today(cabinet: Cabinet, old: str, today: str) -> None:
    assert cabinet.get(f"/operator/{old}.php").location == today


def test_the_language_changes_at_once_and_is_the_persons_everywhere(app: Flask, anna: Operator) -> None:
    here, elsewhere = Cabinet(app), Cabinet(app)
    here.sign_in(anna)
    elsewhere.sign_in(anna)
    assert here.post("/language", {"language": "he", "next": "/admin/"}).location == "/admin/"
    assert '<html lang="he" dir="rtl"' in elsewhere.get("/admin/").text


def test_a_stranger_may_choose_a_language_and_a_look_for_this_browser(cabinet: Cabinet) -> None:
    cabinet.post("/language", {"language": "tr", "next": "//evil.example"})
    cabinet.post("/theme", {"theme": "dark"})
    page = cabinet.get("/sign-in").text
    assert '<html lang="tr" dir="ltr"' in page
    assert 'data-theme="dark"' in page
    assert cabinet.post("/language", {"language": "xx"}).status_code == 400
    assert cabinet.post("/theme", {"theme": "pink"}).status_code == 400


def first_account(**changed: str) -> dict[str, str]:
    return {
        "code": first_run.code(),
        "name": "Olga",
        "email": "olga@example.com",
        "password": PASSWORD,
        "confirmation": PASSWORD,
        **changed,
    }


class TestFirstRun:
    @pytest.fixture
    def empty(self, app: Flask, session: Session) -> Cabinet:
        with unit_of_work(session) as own:
            own.delete(own.scalars(select(Operator)).one())
        return Cabinet(app)

    def test_the_sign_in_page_leads_there_while_nobody_has_an_account(self, empty: Cabinet) -> None:
        assert empty.get("/sign-in").location == "/first-run"

    def test_the_code_makes_the_administrator_who_is_signed_in_and_shown_the_way_to_the_settings(
        self, empty: Cabinet, session: Session
    ) -> None:
        answer = empty.post("/first-run", first_account())
        assert answer.location == "/first-run/done"
        assert 'href="/admin/settings/"' in empty.get("/first-run/done").text
        assert is_signed_in(empty)
        made = session.scalars(select(Operator)).one()
        assert (made.email, made.is_admin, made.is_active) == ("olga@example.com", True, True)

    def test_afterwards_the_page_is_gone(self, empty: Cabinet) -> None:
        empty.post("/first-run", first_account())
        assert empty.get("/first-run").status_code == 404
        assert empty.post("/first-run", first_account()).status_code == 404

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("code", "AAAA-AAAA"),
            ("name", ""),
            ("email", "olga"),
            ("password", "short"),
            ("password", "password1"),
            ("confirmation", "another"),
        ],
    )
    def test_what_is_wrong_is_said_beside_its_field(
        self, empty: Cabinet, session: Session, field: str, value: str
    ) -> None:
        fields = first_account(**{field: value})
        if field == "password":
            fields["confirmation"] = value
        answer = empty.post("/first-run", fields)
        assert answer.status_code == 422
        assert f'id="{field}-error"' in answer.text
        assert PASSWORD not in answer.text
        assert session.scalars(select(Operator)).all() == []

    def test_the_code_cannot_be_guessed_at_leisure(self, empty: Cabinet) -> None:
        for _ in range(5):
            assert empty.post("/first-run", first_account(code="AAAA")).status_code == 422
        assert empty.post("/first-run", first_account()).status_code == 429


def test_the_first_run_page_is_not_there_where_somebody_has_an_account(cabinet: Cabinet) -> None:
    assert cabinet.get("/first-run").status_code == 404
    data: dict[str, Any] = first_account()
    assert cabinet.post("/first-run", data).status_code == 404


def test_a_password_changed_while_it_is_checked_opens_nothing(
    app: Flask, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = company.operator("Anna")
    number, real = anna.id, passwords.verify_password

    def verify(known: str | None, given: str) -> bool:
        with unit_of_work() as database:
            database.get_one(Operator, number).password_hash = passwords.hash_password("another one entirely")
        return real(known, given)

    monkeypatch.setattr(passwords, "verify_password", verify)
    assert Cabinet(app).sign_in(anna).status_code == 401


def test_the_audit_log_tells_who_came_from_where(app: Flask, company: Company, session: Session) -> None:
    company.operator("Anna")
    cabinet = Cabinet(app)
    cabinet.sign_in("anna@example.com", "wrong")
    cabinet.sign_in("anna@example.com")
    cabinet.post("/sign-out")
    session.rollback()
    told = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(3)).all()
    assert [(one.kind, one.actor_kind, one.actor_name, one.address) for one in reversed(told)] == [
        (AuditKind.SIGN_IN_FAILED, ActorKind.STRANGER, "", "127.0.0.1"),
        (AuditKind.SIGNED_IN, ActorKind.OPERATOR, "Anna", "127.0.0.1"),
        (AuditKind.SIGNED_OUT, ActorKind.OPERATOR, "Anna", "127.0.0.1"),
    ]
