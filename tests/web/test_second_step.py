"""Signing in with a code: nothing opens before it, none is guessed or used twice; known browsers are let in."""

import re

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from actions import operators as accounts
from actions import password_links
from models import Operator, OperatorSession, OutboxItem
from models.database import unit_of_work
from policy.statuses import OperatorStatus
from tests.support.cabinet import Cabinet
from tests.support.clock import SteppingClock
from tests.support.company import PASSWORD, Company
from tests.support.phone import Phone, give_phone

CODE_PAGE = "/sign-in/code"
WRONG = "not the password"


@pytest.fixture
def cabinet(app: Flask) -> Cabinet:
    return Cabinet(app)


@pytest.fixture
def anna(company: Company) -> Operator:
    return company.operator("Anna")


@pytest.fixture
def phone(app: Flask, anna: Operator, clock: SteppingClock) -> Phone:
    return give_phone(anna, app.config["OTVET"].secret_key, clock)[0]


@pytest.fixture
def codes(app: Flask, company: Company, clock: SteppingClock) -> tuple[Operator, list[str]]:
    boris = company.operator("Boris")
    return boris, give_phone(boris, app.config["OTVET"].secret_key, clock)[1]


def is_signed_in(cabinet: Cabinet) -> bool:
    return cabinet.get("/admin/").status_code == 200


def from_address(cabinet: Cabinet, email: str, password: str, address: str) -> int:
    form = {"csrf_token": cabinet.token(), "email": email, "password": password}
    return cabinet.send("/sign-in", form, environ_base={"REMOTE_ADDR": address}).status_code


class TestTheCode:
    def test_what_was_chosen_at_the_door_waits_for_it(
        self, cabinet: Cabinet, anna: Operator, phone: Phone, session: Session
    ) -> None:
        asked = cabinet.sign_in(anna, status="lunch", remember="on", next="/workplace?x=1")
        assert asked.location == CODE_PAGE
        assert not is_signed_in(cabinet)
        assert session.scalars(select(OperatorSession)).all() == []
        answer = cabinet.post(CODE_PAGE, {"code": phone.code()})
        assert answer.location == "/workplace?x=1"
        cookie = next(text for text in answer.headers.getlist("Set-Cookie") if text.startswith("otvet="))
        assert "Expires" in cookie
        assert is_signed_in(cabinet)
        session.rollback()
        assert anna.presence.status is OperatorStatus.LUNCH

    def test_a_code_lets_in_once(self, app: Flask, cabinet: Cabinet, anna: Operator, phone: Phone) -> None:
        code = phone.code()
        cabinet.sign_in(anna)
        assert cabinet.post(CODE_PAGE, {"code": code}).status_code == 302
        other = Cabinet(app)
        other.sign_in(anna)
        refused = other.post(CODE_PAGE, {"code": code})
        assert refused.status_code == 401 and 'role="alert"' in refused.text
        assert not is_signed_in(other)

    def test_guessing_is_stopped_even_for_the_right_code(
        self, app: Flask, cabinet: Cabinet, anna: Operator, phone: Phone, clock: SteppingClock
    ) -> None:
        cabinet.sign_in(anna)
        for number in range(5):
            assert cabinet.post(CODE_PAGE, {"code": f"00000{number}"}).status_code == 401
        # Neither a new first step nor another browser begins anew.
        for browser in (cabinet, Cabinet(app)):
            browser.sign_in(anna)
            refused = browser.post(CODE_PAGE, {"code": phone.code()})
            assert (refused.status_code, refused.headers["Retry-After"]) == (429, "300")
        clock.forward(minutes=5)
        assert cabinet.post(CODE_PAGE, {"code": phone.code()}).status_code == 302

    def test_a_recovery_code_lets_in_once(
        self, app: Flask, cabinet: Cabinet, codes: tuple[Operator, list[str]]
    ) -> None:
        boris, paper = codes
        cabinet.sign_in(boris)
        assert 'name="paper"' in cabinet.get(f"{CODE_PAGE}?paper=1").text
        assert cabinet.post(CODE_PAGE, {"code": paper[0], "paper": "1"}).status_code == 302
        other = Cabinet(app)
        other.sign_in(boris)
        refused = other.post(CODE_PAGE, {"code": paper[0], "paper": "1"})
        assert refused.status_code == 401 and 'name="paper"' in refused.text

    def test_who_uses_up_the_paper_is_warned(self, app: Flask, codes: tuple[Operator, list[str]]) -> None:
        boris, paper = codes
        for number, code in enumerate(paper[:7], 1):
            cabinet = Cabinet(app)
            cabinet.sign_in(boris)
            cabinet.post(CODE_PAGE, {"code": code})
            assert ("запасных кода" in cabinet.get("/admin/").text) == (number == 7)

    def test_without_the_password_nobody_is_asked(
        self, cabinet: Cabinet, anna: Operator, phone: Phone
    ) -> None:
        assert cabinet.get(CODE_PAGE).location == "/sign-in"
        assert cabinet.post(CODE_PAGE, {"code": phone.code()}).location == "/sign-in"
        cabinet.sign_in(anna, WRONG)
        assert cabinet.post(CODE_PAGE, {"code": phone.code()}).location == "/sign-in"
        assert not is_signed_in(cabinet)

    def test_the_first_step_does_not_wait_for_ever(
        self, cabinet: Cabinet, anna: Operator, phone: Phone, clock: SteppingClock
    ) -> None:
        cabinet.sign_in(anna)
        clock.forward(minutes=10, seconds=1)
        assert cabinet.post(CODE_PAGE, {"code": phone.code()}).location == "/sign-in"
        assert not is_signed_in(cabinet)

    def test_a_password_that_was_changed_meanwhile_is_asked_anew(
        self, cabinet: Cabinet, anna: Operator, phone: Phone, session: Session
    ) -> None:
        cabinet.sign_in(anna)
        with unit_of_work(session):
            anna.password_hash = "another"
        assert cabinet.post(CODE_PAGE, {"code": phone.code()}).location == "/sign-in"

    def test_an_account_switched_off_meanwhile_stays_shut(
        self, cabinet: Cabinet, anna: Operator, phone: Phone, session: Session
    ) -> None:
        cabinet.sign_in(anna)
        with unit_of_work(session):
            anna.is_active = False
        assert cabinet.post(CODE_PAGE, {"code": phone.code()}).location == "/sign-in"

    def test_the_code_needs_the_pages_own_token(self, cabinet: Cabinet, anna: Operator, phone: Phone) -> None:
        cabinet.sign_in(anna)
        assert cabinet.send(CODE_PAGE, {"code": phone.code()}).status_code == 400

    def test_a_reset_by_letter_keeps_the_second_factor(
        self, cabinet: Cabinet, anna: Operator, phone: Phone, session: Session, clock: SteppingClock
    ) -> None:
        with unit_of_work(session):
            password_links.request_reset(
                session, "anna@example.com", "192.0.2.1", "http://localhost", clock()
            )
        letter = session.scalars(
            select(OutboxItem).where(OutboxItem.dedupe_key.startswith("password-link"))
        ).one()
        found = re.search(r"token=(\S+)", letter.payload["text"])
        assert found
        new = "a phrase to remember"
        cabinet.post("/new-password", {"token": found[1], "password": new, "confirmation": new})
        assert cabinet.sign_in(anna, new).location == CODE_PAGE


class TestKnownBrowsers:
    def attack(self, app: Flask, email: str) -> None:
        for number in range(20):
            assert from_address(Cabinet(app), email, WRONG, f"198.51.100.{number}") == 401

    def test_the_owner_gets_in_while_strangers_guess(
        self, app: Flask, cabinet: Cabinet, anna: Operator
    ) -> None:
        cabinet.sign_in(anna)
        cabinet.post("/sign-out")
        self.attack(app, "anna@example.com")
        assert Cabinet(app).sign_in(anna).status_code == 429
        assert cabinet.sign_in(anna).status_code == 302
        assert is_signed_in(cabinet)

    def test_a_known_browser_may_not_guess_either(self, cabinet: Cabinet, anna: Operator) -> None:
        cabinet.sign_in(anna)
        cabinet.post("/sign-out")
        for _ in range(5):
            assert cabinet.sign_in(anna, WRONG).status_code == 401
        assert cabinet.sign_in(anna).status_code == 429

    def test_it_is_known_for_the_accounts_that_signed_in_by_it_only(
        self, app: Flask, cabinet: Cabinet, anna: Operator, company: Company
    ) -> None:
        boris, clara = company.operator("Boris"), company.operator("Clara")
        for person in (anna, boris):
            cabinet.sign_in(person)
            cabinet.post("/sign-out")
        for person in (anna, boris, clara):
            self.attack_by_one(app, person)
        assert [cabinet.sign_in(person).status_code for person in (anna, boris)] == [302, 302]
        assert cabinet.sign_in(clara).status_code == 429

    def attack_by_one(self, app: Flask, person: Operator) -> None:
        """Five from the very address from which the owner comes, too."""
        for _ in range(5):
            from_address(Cabinet(app), person.email or "", WRONG, "127.0.0.1")

    @pytest.mark.parametrize("cookie", ["", "nonsense", "WzEsMiwzXQ.forged"])
    def test_a_cookie_of_ones_own_making_is_none(
        self, app: Flask, cabinet: Cabinet, anna: Operator, cookie: str
    ) -> None:
        self.attack(app, "anna@example.com")
        cabinet.client.set_cookie("otvet-device", cookie)
        assert cabinet.sign_in(anna).status_code == 429

    def test_it_is_forgotten_in_half_a_year(
        self, app: Flask, cabinet: Cabinet, anna: Operator, clock: SteppingClock
    ) -> None:
        cabinet.sign_in(anna)
        clock.forward(days=181)
        self.attack(app, "anna@example.com")
        assert cabinet.sign_in(anna).status_code == 429

    def test_a_right_password_alone_makes_no_known_browser(
        self, app: Flask, cabinet: Cabinet, anna: Operator, phone: Phone
    ) -> None:
        cabinet.sign_in(anna)
        assert cabinet.client.get_cookie("otvet-device") is None
        cabinet.post(CODE_PAGE, {"code": phone.code()})
        cookie = cabinet.client.get_cookie("otvet-device")
        assert cookie is not None and cookie.http_only and cookie.same_site == "Lax"
        assert "anna" not in cookie.value

    def test_its_cookie_signs_nobody_in(self, app: Flask, cabinet: Cabinet, anna: Operator) -> None:
        cabinet.sign_in(anna)
        cookie = cabinet.client.get_cookie("otvet-device")
        assert cookie
        other = Cabinet(app)
        other.client.set_cookie("otvet-device", cookie.value)
        assert not is_signed_in(other)


def test_a_password_given_by_an_administrator_can_be_changed_before_anything_opens(
    app: Flask, cabinet: Cabinet, anna: Operator, session: Session, clock: SteppingClock
) -> None:
    with unit_of_work(session):
        anna.must_change_password = True
        accounts.save_operator(session, anna, clock())
    cabinet.sign_in(anna, status="lunch", next="/workplace")
    session.rollback()
    assert anna.presence.status is OperatorStatus.OFFLINE
    page = "/admin/account/password/?next=/workplace"
    assert cabinet.get("/workplace").location == "/admin/account/?next=/workplace"
    assert cabinet.get("/admin/account/?next=/workplace").location == page
    for path in ("/", "/sign-in", "/admin/", "/admin/profile/", "/admin/account/second-factor/"):
        assert cabinet.get(path).status_code == 302, path
    assert cabinet.post("/admin/profile/").status_code == 401
    assert cabinet.post("/admin/account/sessions/end-others/").status_code == 302
    new = "a phrase to remember"
    for typed, again, said in (
        (PASSWORD, PASSWORD, "Это тот самый пароль"),
        ("short", "short", "короткий"),
        (new, "different", "не совпадают"),
    ):
        refused = cabinet.post(page, {"password": typed, "confirmation": again})
        assert refused.status_code == 422 and said in refused.text, said
    done = cabinet.post(page, {"password": new, "confirmation": new})
    assert done.location == "/admin/account/?next=/workplace"
    assert cabinet.get(done.location).location == "/workplace"
    assert cabinet.get("/workplace").status_code == 200
    session.rollback()
    assert anna.presence.status is OperatorStatus.LUNCH
    assert Cabinet(app).sign_in(anna).status_code == 401
