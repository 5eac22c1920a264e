"""Letters leave a real server by a real mail server, whatever either of them does meanwhile."""

import threading
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from actions import password_links
from clock import system_now
from models import Operator, OutboxItem
from models.database import unit_of_work
from tests.support.company import Company
from tests.support.mail import WITHIN_SECONDS, MailServer, mail_server, parts_of
from tests.support.server import ServerProcess


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def otvet(mail: MailServer, engine_url: str, company: Company, tmp_path: Path) -> Iterator[ServerProcess]:
    """A server that sends its letters there."""
    with ServerProcess(tmp_path, engine_url, SMTP_URL=mail.url, MAIL_FROM="chat@sila.example") as process:
        yield process
        print(process.log)


def invite(session: Session, who: Operator) -> None:
    """Written by another process than the one that sends: it looks by itself."""
    with unit_of_work(session) as unit:
        password_links.invite(unit, who, "https://chat.sila.example", system_now())


def row(session: Session) -> OutboxItem:
    session.rollback()
    return session.scalars(select(OutboxItem).execution_options(populate_existing=True)).one()


def ids(letters: list[EmailMessage]) -> set[str]:
    return {str(letter["Message-ID"]) for letter in letters}


def recipient_of(letter: EmailMessage) -> str:
    return str(letter["To"].addresses[0].addr_spec)


@pytest.mark.databases("sqlite", "postgresql")
def test_a_letter_leaves_by_itself(
    otvet: ServerProcess, mail: MailServer, session: Session, company: Company
) -> None:
    invite(session, company.operator("Anna"))
    mail.wait_for(lambda mail: len(mail.letters) == 1)
    (letter,) = mail.letters
    assert recipient_of(letter) == "anna@example.com"
    assert "https://chat.sila.example/new-password?token=" in parts_of(letter)[0]


def test_one_broken_receiver_delays_nobody_else(
    otvet: ServerProcess, mail: MailServer, session: Session, company: Company
) -> None:
    mail.answers = lambda to: {"silent@example.com": None, "broken@example.com": "550 no"}.get(to, "250 OK")
    for name in ("Silent", "Broken", "Anna", "Boris", "Clara"):
        invite(session, company.operator(name))
    mail.wait_for(lambda mail: len(mail.letters) == 3)
    assert {recipient_of(letter) for letter in mail.letters} == {
        "anna@example.com",
        "boris@example.com",
        "clara@example.com",
    }
    assert "silent@example.com" not in otvet.log and "broken@example.com" not in otvet.log


def test_a_refused_letter_is_tried_again(
    otvet: ServerProcess, mail: MailServer, session: Session, company: Company
) -> None:
    mail.answers = lambda _to: "451 4.3.0 later" if len(mail.tried) < 1 else "250 OK"
    invite(session, company.operator("Anna"))
    mail.wait_for(lambda mail: mail.tried == ["anna@example.com"])
    mail.wait_for(lambda mail: len(mail.letters) == 1)
    assert mail.tried == ["anna@example.com"] * 2


def test_letters_that_found_no_server_leave_when_there_is_one(
    mail: MailServer, engine_url: str, company: Company, session: Session, tmp_path: Path
) -> None:
    with ServerProcess(tmp_path, engine_url) as without:
        invite(session, company.operator("Anna"))
        assert without.stop() == 0
    assert row(session).attempts == 0
    with ServerProcess(tmp_path, engine_url, SMTP_URL=mail.url):
        mail.wait_for(lambda mail: len(mail.letters) == 1)


def test_a_process_killed_before_it_could_mark_repeats_the_letter_under_the_same_id(
    otvet: ServerProcess, mail: MailServer, session: Session, company: Company
) -> None:
    killed = threading.Event()

    def kill(_letter: EmailMessage) -> None:
        # The mail server has taken the letter; the process dies before it hears of that.
        mail.on_letter = lambda _letter: None
        otvet.kill()
        killed.set()

    mail.on_letter = kill
    invite(session, company.operator("Anna"))
    assert killed.wait(WITHIN_SECONDS)
    assert row(session).sent_at is None
    with unit_of_work(session) as unit:
        unit.execute(update(OutboxItem).values(lease_until=system_now()))
    otvet.start()
    mail.wait_for(lambda mail: len(mail.letters) == 2)
    assert len(ids(mail.letters)) == 1
