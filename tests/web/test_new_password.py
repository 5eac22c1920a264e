"""A forgotten password: nobody learns who is registered, and only the newest letter's owner gets in, once."""

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from actions import password_links
from models import Operator, OutboxItem, db
from models.database import unit_of_work
from models.settings import load_settings
from policy.languages import Language
from tests.support.cabinet import Cabinet
from tests.support.clock import SteppingClock
from tests.support.company import PASSWORD, Company

pytestmark = pytest.mark.usefixtures("company")

NEW = "a quiet evening by the river"


@pytest.fixture
def cabinet(app: Flask, session: Session) -> Cabinet:
    with unit_of_work(session) as unit:
        load_settings(unit).language = Language.EN
    return Cabinet(app)


@pytest.fixture
def anna(company: Company) -> Operator:
    return company.operator("Anna")


def letters(session: Session) -> list[OutboxItem]:
    session.rollback()
    return list(session.scalars(select(OutboxItem).order_by(OutboxItem.id)))


def link_in(session: Session) -> str:
    found = re.search(
        r"http://localhost:8000(/new-password\?token=\S+)", letters(session)[-1].payload["text"]
    )
    assert found
    return found[1]


def ask(cabinet: Cabinet, email: str = "anna@example.com", **options: Any) -> Any:
    return cabinet.post("/forgot-password", {"email": email}, **options)


def choose(cabinet: Cabinet, link: str, password: str = NEW, again: str = "") -> Any:
    token = link.partition("token=")[2]
    fields = {"token": token, "password": password, "confirmation": again or password}
    return cabinet.post("/new-password", fields)


def test_from_the_sign_in_page_to_a_new_password(
    cabinet: Cabinet, anna: Operator, session: Session, app: Flask
) -> None:
    elsewhere = Cabinet(app)
    elsewhere.sign_in(anna)
    assert 'href="/forgot-password"' in cabinet.get("/sign-in").text
    assert ask(cabinet).location == "/forgot-password/sent"
    link = link_in(session)
    for _ in range(2):  # a mail program opens the link before its reader does
        assert "anna@example.com" in cabinet.get(link).text
    answer = choose(cabinet, link)
    assert (answer.status_code, answer.location) == (302, "/sign-in")
    assert elsewhere.get("/admin/").status_code == 302
    assert cabinet.sign_in(anna, PASSWORD).status_code == 401
    assert cabinet.sign_in(anna, NEW).status_code == 302
    assert cabinet.get(link).status_code == choose(Cabinet(app), link).status_code == 410


def test_nobody_learns_who_is_registered(
    cabinet: Cabinet, anna: Operator, app: Flask, session: Session
) -> None:
    known, unknown = ask(cabinet), ask(cabinet, "nobody@example.com")
    assert (known.status_code, known.location, known.data) == (
        unknown.status_code,
        unknown.location,
        unknown.data,
    )
    assert len(letters(session)) == 1
    for email in ("anna@example.com", "nobody@example.com"):
        assert ask(cabinet, email).status_code == 302
        refused = ask(cabinet, email)
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "3600")


def test_the_same_work_is_done_for_an_address_that_nobody_has(cabinet: Cabinet, anna: Operator) -> None:
    def statements_of(email: str) -> list[str]:
        sent: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            sent.append(statement)

        token = cabinet.token()
        event.listen(db.engine, "before_cursor_execute", note)
        try:
            cabinet.send("/forgot-password", {"csrf_token": token, "email": email})
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        return sent

    statements_of("warm@example.com")
    unknown, known = statements_of("nobody@example.com"), statements_of("anna@example.com")
    # Who has the address gets one more row: the letter.
    assert [one for one in known if "outbox" not in one] == unknown
    assert len(known) <= len(unknown) + 2


def test_a_link_leads_to_the_address_of_the_settings_whatever_the_request_names(
    app: Flask, anna: Operator, session: Session
) -> None:
    cabinet = Cabinet(app)
    answer = ask(cabinet, headers={"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"})
    assert answer.status_code == 302
    assert "evil.example" not in letters(session)[0].payload["text"]
    forged = cabinet.post("/forgot-password", {"email": "anna@example.com"}, headers={"Host": "evil.example"})
    assert forged.status_code == 400
    assert len(letters(session)) == 1


@pytest.mark.parametrize(
    ("password", "again", "field"),
    [
        ("short", "", "password"),
        ("password1", "", "password"),
        ("x" * 129, "", "password"),
        ("anna@example.com", "", "password"),
        (NEW, "another", "confirmation"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_the_link_still_works(
    cabinet: Cabinet, anna: Operator, session: Session, password: str, again: str, field: str
) -> None:
    ask(cabinet)
    link = link_in(session)
    refused = choose(cabinet, link, password, again)
    assert refused.status_code == 422
    assert f'id="{field}-error"' in refused.text
    assert NEW not in refused.text
    assert choose(cabinet, link).status_code == 302


def test_an_empty_address_is_asked_for_again(cabinet: Cabinet) -> None:
    assert ask(cabinet, "").status_code == 422


@pytest.mark.parametrize("link", ["/new-password", "/new-password?token=", "/new-password?token=x"])
def test_what_is_no_link_is_told_as_a_link_that_is_void(cabinet: Cabinet, link: str) -> None:
    assert cabinet.get(link).status_code == 410
    assert choose(cabinet, link).status_code == 410


def test_a_link_is_used_once_even_by_two_at_the_same_time(
    cabinet: Cabinet, anna: Operator, session: Session, monkeypatch: pytest.MonkeyPatch, app: Flask
) -> None:
    ask(cabinet)
    link = link_in(session)
    real, entered = password_links.set_password, False

    def set_password(*arguments: Any) -> None:
        nonlocal entered
        if not entered:
            entered = True
            db.session.rollback()
            assert choose(Cabinet(app), link, "the second was quicker").status_code == 302
        real(*arguments)

    monkeypatch.setattr(password_links, "set_password", set_password)
    assert choose(cabinet, link).status_code == 410
    assert cabinet.sign_in(anna, "the second was quicker").status_code == 302


def test_both_pages_need_their_own_token(cabinet: Cabinet, anna: Operator, session: Session) -> None:
    assert cabinet.send("/forgot-password", {"email": "anna@example.com"}).status_code == 400
    ask(cabinet)
    token = link_in(session).partition("token=")[2]
    fields = {"token": token, "password": NEW, "confirmation": NEW}
    assert cabinet.send("/new-password", fields).status_code == 400
    assert len(letters(session)) == 1


def test_the_limit_of_a_day_is_told_in_hours(cabinet: Cabinet, clock: SteppingClock) -> None:
    for number in range(5):
        assert ask(cabinet, f"person{number}@example.com").status_code == 302
    refused = ask(cabinet, "anna@example.com")
    assert refused.status_code == 429 and "24 hours" in refused.text
    clock.forward(hours=24)
    assert ask(cabinet).status_code == 302
