"""A real mail server in the test's own process, which can be told to misbehave."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.support.server import free_port

WITHIN_SECONDS = 20
Answer = Callable[[str], str | None]


@dataclass
class MailServer:
    """Keeps every letter that it took; `answers` says otherwise for a recipient (None = never answers)."""

    port: int
    letters: list[EmailMessage] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    """Recipients of every try, refused ones too."""
    answers: Answer = lambda _recipient: "250 OK"
    on_letter: Callable[[EmailMessage], None] = lambda _letter: None
    """Called when a letter was taken, before the sender hears of it."""
    _moved: threading.Condition = field(default_factory=threading.Condition)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_RCPT(  # noqa: N802  (aiosmtpd's name)
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        answer = self.answers(address)
        with self._moved:
            self.tried.append(address)
            self._moved.notify_all()
        if answer is None:
            await asyncio.sleep(3600)
        if answer is not None and answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer or ""

    async def handle_DATA(  # noqa: N802  (aiosmtpd's name)
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        assert isinstance(envelope.content, bytes)
        letter = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        with self._moved:
            self.letters.append(letter)
            self._moved.notify_all()
        self.on_letter(letter)
        return "250 OK"

    def wait_for(self, promise: Callable[["MailServer"], bool]) -> None:
        """Return as soon as the promise holds; it is looked at whenever a letter or a recipient comes."""
        with self._moved:
            assert self._moved.wait_for(lambda: promise(self), WITHIN_SECONDS), (self.tried, self.letters)


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """Runs in a thread of its own until the block ends."""
    server = MailServer(free_port())
    controller = Controller(server, hostname="127.0.0.1", port=server.port)
    controller.start()
    try:
        yield server
    finally:
        controller.stop(no_assert=True)


def parts_of(letter: EmailMessage) -> tuple[str, str]:
    """Its text and its HTML."""
    text, html = letter.get_body(("plain",)), letter.get_body(("html",))
    assert text and html
    return text.get_content().replace("\r\n", "\n"), html.get_content().replace("\r\n", "\n")
