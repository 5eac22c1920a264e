"""The mail server of the environment: what is understood, and what stops the start with a clear word."""

from pathlib import Path

import pytest

from config import BadConfiguration, Config, SmtpServer


def read(tmp_path: Path, **environment: str) -> Config:
    return Config.from_environment({"DATA_DIR": str(tmp_path), **environment})


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://localhost", SmtpServer("localhost", 25, None, None, is_tls=False, starts_tls=False)),
        ("smtp://mail:2525/", SmtpServer("mail", 2525, None, None, is_tls=False, starts_tls=False)),
        ("smtp://mail?starttls=0", SmtpServer("mail", 25, None, None, is_tls=False, starts_tls=False)),
        ("smtp://mail?starttls=1", SmtpServer("mail", 587, None, None, is_tls=False, starts_tls=True)),
        (
            "smtps://chat%40sila.example:p%3A%2F%40@mail.sila.example",
            SmtpServer("mail.sila.example", 465, "chat@sila.example", "p:/@", is_tls=True, starts_tls=False),
        ),
    ],
)
def test_the_address_says_how_letters_leave(tmp_path: Path, url: str, server: SmtpServer) -> None:
    assert read(tmp_path, SMTP_URL=url).smtp == server


@pytest.mark.parametrize(
    "url",
    [
        "mail.sila.example",
        "http://mail",
        "smtp://",
        "smtp://user:hidden@",
        "smtp://user:hidden@mail:many",
        "smtp://user:hidden@mail:99999",
        "smtp://user:hidden@mail/inbox",
        "smtp://user:hidden@mail?starttls=yes",
        "smtp://user:hidden@mail?starttls=1&starttls=0",
        "smtp://user:hidden@mail?tls=1",
        "smtps://user:hidden@mail?starttls=1",
        "smtp://user:hidden#@mail",
    ],
)
def test_another_address_stops_the_start_and_no_password_is_told(tmp_path: Path, url: str) -> None:
    with pytest.raises(BadConfiguration, match="SMTP_URL") as refusal:
        read(tmp_path, SMTP_URL=url)
    assert "hidden" not in str(refusal.value)


def test_a_configuration_that_is_printed_keeps_the_mail_password(tmp_path: Path) -> None:
    assert "hidden" not in repr(read(tmp_path, SMTP_URL="smtp://user:hidden@mail"))


def test_without_a_mail_server_there_is_none_and_letters_still_have_a_sender(tmp_path: Path) -> None:
    config = read(tmp_path, BASE_URL="https://chat.sila.example")
    assert (config.smtp, config.mail_from) == (None, "no-reply@chat.sila.example")


def test_the_sender_may_be_named(tmp_path: Path) -> None:
    assert read(tmp_path, MAIL_FROM="chat@sila.example").mail_from == "chat@sila.example"


@pytest.mark.parametrize(
    "address",
    ["chat", "Sila <chat@sila.example>", "a@b, c@d", "chat@sila.example\nBcc: x@y", "чат@sila.example"],
)
def test_what_is_no_single_address_stops_the_start(tmp_path: Path, address: str) -> None:
    with pytest.raises(BadConfiguration, match="MAIL_FROM"):
        read(tmp_path, MAIL_FROM=address)


def test_receivers_in_the_own_network_are_named(tmp_path: Path) -> None:
    private = read(tmp_path, WEBHOOK_PRIVATE_HOSTS="crm.local, 10.0.5.0/24,127.0.0.1").webhook_private_hosts
    assert private.allow("CRM.local") and private.allow("10.0.5.9") and private.allow("127.0.0.1")
    assert not private.allow("10.0.6.9") and not private.allow("other.local")
    assert not read(tmp_path).webhook_private_hosts.allow("127.0.0.1")


@pytest.mark.parametrize("hosts", ["http://crm.local", "10.0.5.0/33", "crm local", "*"])
def test_what_is_no_host_stops_the_start(tmp_path: Path, hosts: str) -> None:
    with pytest.raises(BadConfiguration, match="WEBHOOK_PRIVATE_HOSTS"):
        read(tmp_path, WEBHOOK_PRIVATE_HOSTS=hosts)
