"""Handing a letter to the mail server. It takes as long as that server likes, so never inside a transaction."""

import smtplib
import ssl
from contextlib import suppress
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from hashlib import sha256

from actions.outbox import Leased
from config import SmtpServer
from policy.texts import clean_line

STEP_SECONDS = 15
"""How long the server may think about one command."""


class SendFailed(Exception):
    """The server did not take the letter; the text says why, in its own words."""


def send_letter(server: SmtpServer, mail_from: str, leased: Leased) -> None:
    """Give the letter to the server; returns when it has taken the letter over."""
    try:
        message = message_of(leased, mail_from)
        connection = _connect(server, mail_from)
        try:
            connection.send_message(message, mail_from, [_reachable(leased.recipient)])
        finally:
            # What was taken stays taken, whatever becomes of the goodbye.
            with suppress(smtplib.SMTPException, OSError):
                connection.quit()
            connection.close()
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise SendFailed(_reason(error)) from error


def message_of(leased: Leased, mail_from: str) -> EmailMessage:
    """The letter in the form of mail; its id depends on its cause alone, so a repetition can be recognised."""
    content = leased.payload
    message = EmailMessage()
    message["Subject"] = leased.subject
    message["From"] = Address(str(content["sender"]), addr_spec=mail_from)
    message["To"] = Address(addr_spec=_reachable(leased.recipient))
    message["Date"] = format_datetime(leased.created_at)
    message["Message-ID"] = message_id(leased.dedupe_key, mail_from)
    # Nobody's absence note answers us.
    message["Auto-Submitted"] = "auto-generated"
    # Encoded, so that servers of every age take it.
    message.set_content(str(content["text"]), cte="quoted-printable")
    message.add_alternative(str(content["html"]), subtype="html", cte="quoted-printable")
    message["Content-Language"] = str(content["language"])
    return message


def message_id(dedupe_key: str, mail_from: str) -> str:
    """The same for the same cause."""
    return f"<{sha256(dedupe_key.encode()).hexdigest()[:40]}@{mail_from.rpartition('@')[2]}>"


def _connect(server: SmtpServer, mail_from: str) -> smtplib.SMTP:
    ourselves = mail_from.rpartition("@")[2]
    connection: smtplib.SMTP
    if server.is_tls:
        connection = smtplib.SMTP_SSL(
            server.host, server.port, local_hostname=ourselves, timeout=STEP_SECONDS, context=_trust()
        )
    else:
        connection = smtplib.SMTP(server.host, server.port, local_hostname=ourselves, timeout=STEP_SECONDS)
    try:
        if server.starts_tls:
            connection.starttls(context=_trust())
        if server.user is not None:
            connection.login(server.user, server.password or "")
    except BaseException:
        connection.close()
        raise
    return connection


@cache
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()


def _reachable(address: str) -> str:
    """The address with its domain as mail servers know it."""
    name, _at, domain = address.rpartition("@")
    return f"{name}@{domain.encode('idna').decode()}"


def _reason(error: Exception) -> str:
    said = str(error) or type(error).__name__
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(error.recipients.values()))
        said = f"{code} {_decoded(words)}"
    elif isinstance(error, smtplib.SMTPResponseException):
        said = f"{error.smtp_code} {_decoded(error.smtp_error)}"
    return clean_line(said, len(said))


def _decoded(words: bytes | str) -> str:
    return words if isinstance(words, str) else words.decode(errors="replace")
