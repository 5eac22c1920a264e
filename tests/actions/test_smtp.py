"""Letters on the wire: a real mail server takes them, refuses them, or never answers."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from actions import smtp
from actions.letters import Letter, html_of, text_of
from actions.outbox import Leased
from config import SmtpServer
from models import OutboxKind
from policy.languages import Language
from tests.support.mail import MailServer, mail_server, parts_of

FROM = "chat@sila.example"
LETTER = Letter(
    Language.RU,
    "Новый пароль",
    ("Здравствуйте, Иван!", "<b>7*7</b> {{7*7}} %s"),
    ("Задать", "https://x/?a=1&b"),
)
LEASED = Leased(
    id=1,
    kind=OutboxKind.LETTER,
    dedupe_key="cause:1",
    recipient="ivan@sila.example",
    subject=LETTER.subject,
    payload={
        "sender": "ООО «Сила»",
        "language": "ru",
        "text": text_of(LETTER, "ООО «Сила»"),
        "html": html_of(LETTER, "ООО «Сила»"),
    },
    attempts=1,
    created_at=datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
)


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


def send(mail: MailServer, leased: Leased = LEASED) -> None:
    smtp.send_letter(
        SmtpServer("127.0.0.1", mail.port, None, None, is_tls=False, starts_tls=False), FROM, leased
    )


def test_a_letter_arrives_as_it_was_written(mail: MailServer) -> None:
    send(mail)
    (letter,) = mail.letters
    assert str(letter["Subject"]) == "Новый пароль"
    (sender,), (recipient,) = letter["From"].addresses, letter["To"].addresses
    assert (sender.display_name, sender.addr_spec) == ("ООО «Сила»", FROM)
    assert recipient.addr_spec == "ivan@sila.example"
    assert letter["Content-Language"] == "ru"
    text, html = parts_of(letter)
    assert "Здравствуйте, Иван!\n\n<b>7*7</b> {{7*7}} %s\n\nЗадать\nhttps://x/?a=1&b\n" in text
    assert "&lt;b&gt;7*7&lt;/b&gt; {{7*7}} %s" in html
    assert 'href="https://x/?a=1&amp;b"' in html and 'lang="ru"' in html


def test_the_same_cause_has_the_same_id_and_another_has_another(mail: MailServer) -> None:
    send(mail)
    send(mail, replace(LEASED, attempts=2))
    send(mail, replace(LEASED, dedupe_key="cause:2"))
    ids = [str(letter["Message-ID"]) for letter in mail.letters]
    assert ids[0] == ids[1] != ids[2]
    assert ids[0].endswith("@sila.example>")


@pytest.mark.parametrize("field", ["subject", "sender", "recipient"])
def test_nothing_typed_becomes_a_header_or_another_recipient(mail: MailServer, field: str) -> None:
    evil = "Sila\r\nBcc: victim@example.com\r\n\r\nbody"
    payload = {**LEASED.payload, "sender": evil} if field == "sender" else LEASED.payload
    changed = {field: evil} if field != "sender" else {"payload": payload}
    with pytest.raises(smtp.SendFailed):
        send(mail, replace(LEASED, **changed))
    assert mail.tried == []


def test_two_addresses_in_one_are_not_two_letters(mail: MailServer) -> None:
    with pytest.raises(smtp.SendFailed):
        send(mail, replace(LEASED, recipient="ivan@sila.example, victim@example.com"))
    assert mail.letters == []


def test_a_domain_of_any_alphabet_is_reached(mail: MailServer) -> None:
    send(mail, replace(LEASED, recipient="ivan@сила.рф"))
    assert mail.tried == ["ivan@xn--80apjw.xn--p1ai"]


@pytest.mark.parametrize("answer", ["451 4.3.0 Try again later", "550 5.1.1 No such person"])
def test_a_refusal_is_told_in_the_servers_words(mail: MailServer, answer: str) -> None:
    mail.answers = lambda _recipient: answer
    with pytest.raises(smtp.SendFailed, match=answer):
        send(mail)


def test_a_server_that_never_answers_is_given_up(mail: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "STEP_SECONDS", 0.3)
    mail.answers = lambda _recipient: None
    with pytest.raises(smtp.SendFailed, match="timed out"):
        send(mail)


def test_a_server_that_is_not_there_is_a_failure_like_any_other(mail: MailServer) -> None:
    with pytest.raises(smtp.SendFailed, match="refused"):
        send(replace(mail, port=1))


def test_a_server_that_cannot_encrypt_gets_no_letter_meant_to_be_encrypted(mail: MailServer) -> None:
    server = SmtpServer("127.0.0.1", mail.port, "user", "hidden", is_tls=False, starts_tls=True)
    with pytest.raises(smtp.SendFailed) as refusal:
        smtp.send_letter(server, FROM, LEASED)
    assert mail.tried == [] and "hidden" not in str(refusal.value)
