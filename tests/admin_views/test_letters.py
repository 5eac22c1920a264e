"""Letters in the panel: what waits, what failed and why, and a test letter whose outcome is said."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from actions import outbox, password_links
from models import OutboxItem, OutboxState
from models.database import unit_of_work
from models.settings import load_settings
from tests.support.cabinet import Cabinet
from tests.support.clock import SteppingClock
from tests.support.company import Company
from tests.support.databases import config_for
from tests.support.mail import MailServer, mail_server

LIST, TEST = "/admin/letters/", "/admin/letters/test/"


@pytest.fixture
def mail(app: Flask, engine_url: str, tmp_path: Path) -> Iterator[MailServer]:
    """A mail server that the application knows."""
    with mail_server() as server:
        app.config["OTVET"] = config_for(engine_url, tmp_path, SMTP_URL=server.url)
        yield server


def invite(session: Session, company: Company, clock: SteppingClock, name: str = "Anna") -> OutboxItem:
    anna = company.operator(name)
    with unit_of_work(session) as unit:
        password_links.invite(unit, anna, "https://chat.sila.example", clock())
    return newest(session)


def newest(session: Session) -> OutboxItem:
    session.rollback()
    item = session.scalar(
        select(OutboxItem).order_by(OutboxItem.id.desc()).limit(1).execution_options(populate_existing=True)
    )
    assert item is not None
    return item


def fail(session: Session, clock: SteppingClock, reason: str, *, is_final: bool = False) -> None:
    with unit_of_work(session) as unit:
        (leased,) = outbox.lease_due(unit, clock(), 1)
        outbox.mark_failed(unit, leased, reason, clock(), is_final=is_final)


def settings_facts(admin: Cabinet) -> list[str]:
    page = admin.get("/admin/settings/").text
    card = page[page.index('id="outgoing-mail"') :]
    cells = re.findall(r"<dd[^>]*>(.*?)</dd>", card, re.DOTALL)
    return [re.sub(r"<[^>]+>", "", cell) for cell in cells]


def test_without_a_mail_server_every_letter_can_be_read(
    admin: Cabinet, session: Session, company: Company, clock: SteppingClock
) -> None:
    item = invite(session, company, clock)
    page = admin.get(LIST).text
    assert "anna@example.com" in page and "SMTP_URL" in page and "Waits" in page
    details = admin.get(f"{LIST}details/?id={item.id}").text
    assert re.search(r'href="https://chat\.sila\.example/new-password\?token=[\w-]{43}"', details)


def test_where_letters_reach_people_their_links_are_for_them_alone(
    admin: Cabinet, session: Session, company: Company, clock: SteppingClock, mail: MailServer
) -> None:
    item = invite(session, company, clock)
    for path in (LIST, f"{LIST}details/?id={item.id}"):
        assert "token=" not in admin.get(path).text


def test_the_settings_say_how_letters_leave(
    admin: Cabinet, session: Session, company: Company, clock: SteppingClock, mail: MailServer
) -> None:
    assert settings_facts(admin) == [f"127.0.0.1:{mail.port}", "no-reply@localhost", "0", "0"]
    for name in ("Anna", "Boris"):
        invite(session, company, clock, name)
    fail(session, clock, "451 <b>later</b>", is_final=True)
    facts = settings_facts(admin)
    assert facts[2:] == ["1", "1", "451 &lt;b&gt;later&lt;/b&gt;"]


def test_the_settings_say_that_no_mail_server_is_known(admin: Cabinet) -> None:
    assert settings_facts(admin)[0] == "Not configured"


@pytest.mark.parametrize(
    ("answer", "said", "state"),
    [
        ("250 OK", "The test letter is sent to administrator@example.com.", OutboxState.SENT),
        ("550 5.1.1 No such person", "550 5.1.1 No such person", OutboxState.FAILED),
        ("451 later", "451 later", OutboxState.FAILED),
    ],
)
def test_a_test_letter_is_sent_at_once_and_its_outcome_said(
    admin: Cabinet, session: Session, mail: MailServer, answer: str, said: str, state: OutboxState
) -> None:
    mail.answers = lambda _recipient: answer
    assert admin.post(TEST, {"url": "/admin/settings/"}).status_code == 302
    assert said in admin.get("/admin/settings/").text
    assert mail.tried == ["administrator@example.com"]
    assert newest(session).state is state
    assert len(mail.letters) == (1 if state is OutboxState.SENT else 0)


def test_without_a_mail_server_the_test_letter_waits(admin: Cabinet, session: Session) -> None:
    admin.post(TEST)
    assert "the test letter waits" in admin.get(LIST).text
    assert newest(session).state is OutboxState.WAITING


def test_nobody_else_sends_a_letter_that_is_being_sent(
    admin: Cabinet, session: Session, mail: MailServer, clock: SteppingClock
) -> None:
    seen: list[bool] = []
    mail.answers = lambda _recipient: (seen.append(True), "250 OK")[1]
    admin.post(TEST)
    with unit_of_work(session) as unit:
        assert outbox.lease_due(unit, clock(), 10) == []
    assert seen == [True]


def test_the_list_is_searched_and_filtered(
    admin: Cabinet, session: Session, company: Company, clock: SteppingClock
) -> None:
    invite(session, company, clock, "Anna")
    fail(session, clock, "451 later")
    invite(session, company, clock, "Boris")
    for query, shown in (
        ("search=boris", {"boris"}),
        ("flt0_state_is=waiting", {"boris"}),
        ("flt0_state_is=retrying", {"anna"}),
        ("flt0_state_is=sent", set()),
        ("flt0_state_is=failed", set()),
        ("sort=1", {"anna", "boris"}),
    ):
        name = re.search(r'name="(flt0_[^"]+)"', admin.get(LIST).text)
        assert name
        page = admin.get(f"{LIST}?{query.replace('flt0_state_is', name[1])}").text
        rows = page[page.index("<tbody>") :] if "<tbody>" in page else ""
        assert set(re.findall(r"(\w+)@example\.com", rows)) == shown, query


def test_letters_are_not_made_changed_or_deleted_by_hand(
    admin: Cabinet, session: Session, company: Company, clock: SteppingClock
) -> None:
    item = invite(session, company, clock)
    assert admin.get(f"{LIST}new/").status_code == 404
    assert admin.get(f"{LIST}edit/?id={item.id}").status_code == 404
    assert admin.post(f"{LIST}delete/", {"id": str(item.id)}).status_code == 404
    assert admin.get(f"{LIST}details/?id=999").status_code == 404


def test_a_letter_tells_its_next_attempt_and_what_went_wrong(
    admin: Cabinet, session: Session, company: Company, clock: SteppingClock
) -> None:
    item = invite(session, company, clock)
    fail(session, clock, "451 later")
    page = admin.get(f"{LIST}details/?id={item.id}").text
    assert "451 later" in page and "12:00" in page  # Moscow's time of the clock, and ten seconds more


def test_what_people_typed_is_text_on_the_pages(
    admin: Cabinet, session: Session, company: Company, clock: SteppingClock
) -> None:
    with unit_of_work(session) as unit:
        load_settings(unit).company_name = '<img src=x onerror="alert(1)">'
    item = invite(session, company, clock)
    for path in (LIST, f"{LIST}details/?id={item.id}"):
        assert "<img" not in admin.get(path).text
