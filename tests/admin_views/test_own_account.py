"""How people secure their own accounts, and what an administrator does about somebody's way in."""

import re
from urllib.parse import unquote

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Operator, OutboxItem
from models.database import unit_of_work
from models.settings import load_settings
from policy.languages import Language
from policy.statuses import OperatorStatus
from tests.support.cabinet import Cabinet, form_of
from tests.support.clock import SteppingClock
from tests.support.company import PASSWORD, Company
from tests.support.phone import Phone, factor_of, give_phone, sessions_of

PROFILE, SET_UP = "/admin/profile/", "/admin/account/second-factor/"
OFF, CODES = f"{SET_UP}off/", f"{SET_UP}codes/"
BOTH = pytest.mark.databases("sqlite", "postgresql")


@pytest.fixture
def anna(company: Company) -> Operator:
    return company.operator("Anna", interface_language=Language.EN)


@pytest.fixture
def cabinet(app: Flask, anna: Operator) -> Cabinet:
    cabinet = Cabinet(app)
    cabinet.sign_in(anna)
    return cabinet


@pytest.fixture
def key(app: Flask) -> str:
    found: str = app.config["OTVET"].secret_key
    return found


def secret_on(page: str) -> str:
    found = re.search(r'<code class="ltr">([a-z2-7 ]+)</code>', page)
    assert found
    return found[1]


def codes_on(page: str) -> list[str]:
    return re.findall(r"<li><code>([^<]+)</code></li>", page)


def demand(session: Session) -> None:
    with unit_of_work(session):
        load_settings(session).second_factor_demanded = True


class TestSettingUp:
    @BOTH
    def test_the_phone_learns_the_secret_and_proves_it(
        self, app: Flask, cabinet: Cabinet, anna: Operator, clock: SteppingClock
    ) -> None:
        page = cabinet.get(SET_UP)
        assert page.status_code == 200 and "<svg" in page.text
        phone = Phone(secret_on(page.text), clock)
        form = {"code": phone.code(), "current_password": PASSWORD}
        for wrong, field, said in (
            ({"current_password": "not it"}, "current_password", "wrong"),
            ({"current_password": ""}, "current_password", "Enter"),
            ({"code": phone.code(steps=2)}, "code", "not the code"),
            ({"code": ""}, "code", ""),
        ):
            refused = cabinet.post(SET_UP, {**form, **wrong})
            assert refused.status_code == 422
            found = re.search(rf'id="{field}-error">.*?<span>(.*?)</span>', refused.text, re.DOTALL)
            assert found and said in found[1]
            # The next try is made with the same secret.
            assert secret_on(refused.text) == secret_on(page.text)
        assert factor_of(anna) is None
        done = cabinet.post(SET_UP, form)
        assert done.status_code == 200
        codes = codes_on(done.text)
        assert len(codes) == 10
        file = unquote(re.findall(r'href="data:text/plain;charset=utf-8,([^"]+)"', done.text)[0])
        assert all(code in file for code in codes) and "anna@example.com" in file
        # Nothing of it is ever shown again.
        profile = cabinet.get(PROFILE).text
        assert codes[0] not in profile and phone.secret.lower() not in profile.replace(" ", "").lower()
        assert cabinet.get(SET_UP).status_code == 302
        other = Cabinet(app)
        assert other.sign_in(anna).location == "/sign-in/code"
        assert other.post("/sign-in/code", {"code": codes[3]}).status_code == 302

    def test_others_browsers_sign_in_anew(
        self, app: Flask, cabinet: Cabinet, anna: Operator, clock: SteppingClock
    ) -> None:
        elsewhere = Cabinet(app)
        elsewhere.sign_in(anna)
        phone = Phone(secret_on(cabinet.get(SET_UP).text), clock)
        cabinet.post(SET_UP, {"code": phone.code(), "current_password": PASSWORD})
        assert cabinet.get(PROFILE).status_code == 200
        assert elsewhere.get(PROFILE).status_code == 302

    def test_each_browser_that_sets_it_up_has_a_secret_of_its_own(
        self, app: Flask, cabinet: Cabinet, anna: Operator
    ) -> None:
        other = Cabinet(app)
        other.sign_in(anna)
        assert secret_on(cabinet.get(SET_UP).text) != secret_on(other.get(SET_UP).text)


class TestAfterwards:
    @pytest.fixture
    def phone(self, cabinet: Cabinet, clock: SteppingClock) -> Phone:
        phone = Phone(secret_on(cabinet.get(SET_UP).text), clock)
        cabinet.post(SET_UP, {"code": phone.code(), "current_password": PASSWORD})
        return phone

    def test_new_codes_are_made_by_the_password(
        self, app: Flask, cabinet: Cabinet, anna: Operator, phone: Phone
    ) -> None:
        refused = cabinet.post(CODES, {"current_password": "not it"})
        assert refused.status_code == 422 and codes_on(refused.text) == []
        codes = codes_on(cabinet.post(CODES, {"current_password": PASSWORD}).text)
        other = Cabinet(app)
        other.sign_in(anna)
        assert other.post("/sign-in/code", {"code": codes[0]}).status_code == 302
        assert ">9<" in cabinet.get(PROFILE).text

    def test_it_is_switched_off_by_the_password(self, cabinet: Cabinet, anna: Operator, phone: Phone) -> None:
        assert f'href="{OFF}"' in cabinet.get(PROFILE).text
        assert cabinet.post(OFF, {"current_password": "not it"}).status_code == 422
        assert factor_of(anna) is not None
        assert cabinet.post(OFF, {"current_password": PASSWORD}).location == PROFILE
        assert factor_of(anna) is None
        assert [cabinet.get(page).status_code for page in (OFF, CODES)] == [404, 404]

    def test_where_it_is_demanded_nobody_switches_it_off(
        self, cabinet: Cabinet, anna: Operator, phone: Phone, session: Session
    ) -> None:
        demand(session)
        assert f'href="{OFF}"' not in cabinet.get(PROFILE).text
        assert cabinet.post(OFF, {"current_password": PASSWORD}).status_code == 409
        assert factor_of(anna) is not None

    def test_guesses_of_the_password_are_counted_together_with_the_profiles(
        self, cabinet: Cabinet, phone: Phone
    ) -> None:
        for page in (OFF, CODES, OFF, CODES, OFF):
            assert cabinet.post(page, {"current_password": "not it"}).status_code == 422
        assert "Too many attempts" in cabinet.post(CODES, {"current_password": PASSWORD}).text


class TestDemanded:
    @BOTH
    def test_who_has_none_sets_it_up_and_opens_nothing_else(
        self, app: Flask, company: Company, anna: Operator, session: Session, clock: SteppingClock
    ) -> None:
        demand(session)
        cabinet = Cabinet(app)
        assert cabinet.sign_in(anna, status="invisible", next="/workplace").location == "/workplace"
        session.rollback()
        assert anna.presence.status is OperatorStatus.OFFLINE
        assert cabinet.get("/workplace").location == "/admin/account/?next=/workplace"
        aim = f"{SET_UP}?next=/workplace"
        assert cabinet.get("/admin/account/?next=/workplace").location == aim
        for path in ("/admin/", PROFILE, "/workplace"):
            assert (cabinet.get(path).location or "").startswith("/admin/account/"), path
        token = cabinet.token()
        answer = cabinet.open("POST", "/operator/api/snapshot", json={}, headers={"X-CSRFToken": token})
        assert answer.status_code == 401
        page = cabinet.get(aim).text
        assert "Your company asks everybody" in page
        phone = Phone(secret_on(page), clock)
        done = cabinet.post(aim, {"code": phone.code(), "current_password": PASSWORD})
        assert 'href="/workplace"' in done.text
        assert cabinet.get("/workplace").status_code == 200
        session.rollback()
        assert anna.presence.status is OperatorStatus.INVISIBLE

    def test_it_holds_at_once_for_those_who_are_in(self, cabinet: Cabinet, session: Session) -> None:
        assert cabinet.get(PROFILE).status_code == 200
        demand(session)
        assert cabinet.get(PROFILE).location == "/admin/account/?next=/admin/profile/"

    def test_a_waiting_person_may_sign_out_and_choose_a_language(
        self, cabinet: Cabinet, session: Session
    ) -> None:
        demand(session)
        assert cabinet.post("/language", {"language": "he"}).status_code == 302
        assert '<html lang="he" dir="rtl"' in cabinet.get(SET_UP).text
        cabinet.post("/sign-out")
        assert cabinet.get(SET_UP).location == "/sign-in?next=/admin/account/second-factor/"


class TestSessions:
    def sign_in(self, app: Flask, who: Operator, user_agent: str = "", address: str = "127.0.0.1") -> Cabinet:
        cabinet = Cabinet(app)
        form = {"csrf_token": cabinet.token(), "email": who.email or "", "password": PASSWORD}
        cabinet.send(
            "/sign-in", form, headers={"User-Agent": user_agent}, environ_base={"REMOTE_ADDR": address}
        )
        return cabinet

    def test_the_list_says_which_browser_where_and_since_when(
        self, app: Flask, cabinet: Cabinet, anna: Operator, clock: SteppingClock
    ) -> None:
        firefox = "Mozilla/5.0 (Android 15; Mobile; rv:144.0) Gecko/144.0 Firefox/144.0"
        self.sign_in(app, anna, firefox, "77.88.8.8")
        self.sign_in(app, anna, "<img src=x onerror=alert(1)>")
        page = cabinet.get(PROFILE).text
        assert "Firefox 144, Android" in page and "77.88.8.8" in page and "Moscow" in page
        assert "Unknown browser" in page and "onerror" not in page
        assert page.count("This browser") == 1
        assert page.count('action="/admin/account/sessions/end/"') == 2

    def test_one_is_ended_or_all_but_this_one(self, app: Flask, cabinet: Cabinet, anna: Operator) -> None:
        others = [self.sign_in(app, anna) for _ in range(3)]
        ids = re.findall(r'name="id" value="(\d+)"', cabinet.get(PROFILE).text)
        assert len(ids) == 3
        ended = cabinet.post("/admin/account/sessions/end/", {"id": ids[0]})
        assert ended.location == f"{PROFILE}#sessions"
        assert sessions_of(anna) == [True, True, True, False]
        assert others[2].get(PROFILE).status_code == 302
        cabinet.post("/admin/account/sessions/end/", {"id": ids[0]})
        assert "has ended already" in cabinet.get(PROFILE).text
        cabinet.post("/admin/account/sessions/end-others/")
        assert sessions_of(anna) == [True, False, False, False]
        page = cabinet.get(PROFILE).text
        assert "You are signed in nowhere else." in page

    def test_somebody_elses_is_not_found_and_ones_own_ends_by_signing_out(
        self, app: Flask, cabinet: Cabinet, anna: Operator, company: Company
    ) -> None:
        self.sign_in(app, company.administrator)
        for number in ("2", "999", "x", ""):
            cabinet.post("/admin/account/sessions/end/", {"id": number})
        assert sessions_of(company.administrator) == [True]
        assert cabinet.post("/admin/account/sessions/end/", {"id": "1"}).status_code == 400
        assert sessions_of(anna) == [True]

    def test_the_one_who_is_ended_keeps_their_shift_where_they_are_still_in(
        self, app: Flask, cabinet: Cabinet, anna: Operator, session: Session
    ) -> None:
        self.sign_in(app, anna)
        cabinet.post("/admin/account/sessions/end-others/")
        session.rollback()
        assert anna.presence.status is OperatorStatus.ONLINE


class TestAnAdministrator:
    def test_ends_every_session_of_somebody(
        self, admin: Cabinet, cabinet: Cabinet, anna: Operator, session: Session
    ) -> None:
        page = admin.get(f"/admin/operators/edit/?id={anna.id}").text
        assert 'action="/admin/operators/sign-out/"' in page
        assert 'action="/admin/operators/reset-second-factor/"' not in page
        done = admin.post("/admin/operators/sign-out/", {"id": anna.id})
        assert done.location == f"/admin/operators/edit/?id={anna.id}"
        assert cabinet.get(PROFILE).status_code == 302
        session.rollback()
        assert anna.presence.status is OperatorStatus.OFFLINE
        assert 'action="/admin/operators/sign-out/"' not in admin.get(done.location).text

    def test_resets_the_second_factor_of_who_lost_the_phone(
        self, app: Flask, admin: Cabinet, anna: Operator, key: str, session: Session, clock: SteppingClock
    ) -> None:
        give_phone(anna, key, clock)
        clock.forward(minutes=1)
        assert (
            'action="/admin/operators/reset-second-factor/"'
            in admin.get(f"/admin/operators/edit/?id={anna.id}").text
        )
        admin.post("/admin/operators/reset-second-factor/", {"id": anna.id})
        assert factor_of(anna) is None
        assert Cabinet(app).sign_in(anna).location == "/admin/"
        subjects = session.scalars(select(OutboxItem.subject).order_by(OutboxItem.id)).all()
        assert subjects[-1] == "The second factor is off"

    def test_does_neither_to_themselves_nor_to_nobody(self, admin: Cabinet, company: Company) -> None:
        for what in ("sign-out", "reset-second-factor"):
            own = admin.post(f"/admin/operators/{what}/", {"id": company.administrator.id})
            assert own.status_code == 403
            assert admin.post(f"/admin/operators/{what}/", {"id": "999"}).status_code == 404

    @BOTH
    def test_asks_for_another_password_at_the_first_sign_in(
        self, app: Flask, admin: Cabinet, session: Session
    ) -> None:
        form = form_of(admin.get("/admin/operators/new/").text)
        assert "must_change_password" not in form
        given = {
            "internal_name": "Boris",
            "public_name": "Boris",
            "email": "boris@example.com",
            "new_password": "a phrase to remember",
            "new_password_again": "a phrase to remember",
        }
        made = admin.send("/admin/operators/new/", {**form, **given, "must_change_password": "y"})
        assert made.status_code == 302
        session.rollback()
        boris = session.scalars(select(Operator).where(Operator.email == "boris@example.com")).one()
        assert boris.must_change_password
        assert form_of(admin.get(f"/admin/operators/edit/?id={boris.id}").text)["must_change_password"]
        cabinet = Cabinet(app)
        cabinet.sign_in(boris, "a phrase to remember")
        assert (cabinet.get("/admin/").location or "").startswith("/admin/account/")

    def test_does_not_ask_unless_told_to(self, admin: Cabinet, anna: Operator, session: Session) -> None:
        page = f"/admin/operators/edit/?id={anna.id}"
        form = form_of(admin.get(page).text)
        given = {"new_password": "a phrase to remember", "new_password_again": "a phrase to remember"}
        assert admin.send(page, {**form, **given}).status_code == 302
        session.rollback()
        assert not anna.must_change_password


def test_no_secret_leaves_by_any_page(
    app: Flask, admin: Cabinet, cabinet: Cabinet, anna: Operator, key: str, clock: SteppingClock
) -> None:
    phone, codes = give_phone(anna, key, clock)
    clock.forward(minutes=1)
    cabinet.sign_in(anna)
    cabinet.post("/sign-in/code", {"code": phone.code()})
    factor = factor_of(anna)
    assert factor is not None
    secrets = [phone.secret, factor.seed.hex(), codes[0], anna.password_hash or "x"]
    pages = [
        admin.get(path).text
        for path in ("/admin/operators/", f"/admin/operators/edit/?id={anna.id}", "/admin/letters/")
    ]
    pages += [cabinet.get(path).text for path in (PROFILE, "/workplace", CODES, OFF)]
    for secret in secrets:
        assert not any(secret.lower() in page.lower() for page in pages)
