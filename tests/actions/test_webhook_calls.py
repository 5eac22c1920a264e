"""One call of a receiver: signed, bounded in time and size, and never to where nobody allowed it."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any

import pytest

from actions import webhook_calls
from actions.webhook_calls import Failure, Outcome, call_receiver
from policy.addresses import PrivateHosts
from policy.signatures import secret_text
from tests.support.receiver import Receiver, is_genuine, receiver

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HERE = PrivateHosts.parse(["127.0.0.1"])
SECRET = secret_text(b"k" * 32)
BODY = '{"id":"evt_1","event":"test","data":{"text":"Привет"}}'


@pytest.fixture
def crm() -> Iterator[Receiver]:
    with receiver() as own:
        yield own


def call(address: str, private: PrivateHosts = HERE, **options: Any) -> Outcome:
    return call_receiver(address, [SECRET], "evt_1", BODY, NOW, private=private, **options)


def leads_to(*addresses: str) -> Callable[..., list[Any]]:
    """A name server that gives these, one set of answers at the first question and another one after it."""

    def resolve(_host: str, port: int, **_options: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    return resolve


def test_a_delivery_comes_signed_and_whole(crm: Receiver) -> None:
    crm.body, crm.answer = "принято".encode(), lambda _call: 200
    outcome = call(crm.url)
    assert (outcome.failure, outcome.code, outcome.answer) == (None, 200, "принято")
    (came,) = crm.calls
    assert (came.path, came.body) == ("/hook", BODY)
    assert came.headers["Host"] == f"127.0.0.1:{crm.port}"
    assert came.headers["Content-Type"] == "application/json; charset=utf-8"
    header = came.headers["webhook-signature"]
    assert is_genuine(SECRET, came.id, came.headers["webhook-timestamp"], came.body, header, NOW)
    assert not is_genuine(SECRET, came.id, came.headers["webhook-timestamp"], came.body + " ", header, NOW)


@pytest.mark.parametrize(
    ("code", "failure"),
    [
        (200, None),
        (202, None),
        (301, Failure.REDIRECTED),
        (307, Failure.REDIRECTED),
        (304, Failure.REDIRECTED),
        (400, Failure.REFUSED),
        (404, Failure.REFUSED),
        (410, Failure.REFUSED),
        (500, Failure.REFUSED),
        (503, Failure.REFUSED),
    ],
)
def test_only_a_success_is_one(crm: Receiver, code: int, failure: Failure | None) -> None:
    crm.answer = lambda _call: code
    outcome = call(crm.url)
    assert (outcome.failure, outcome.code) == (failure, code)


def test_no_redirect_is_followed(crm: Receiver) -> None:
    with receiver() as elsewhere:
        crm.answer = lambda _call: 302
        crm.headers = {"Location": elsewhere.url}
        assert call(crm.url).failure is Failure.REDIRECTED
        assert elsewhere.calls == []


def test_of_a_long_answer_only_the_beginning_is_read(crm: Receiver) -> None:
    crm.answer = lambda _call: 500
    crm.body = b"\x00\x1b[31m" + "Всё сломалось! ".encode() * 100_000
    outcome = call(crm.url)
    assert outcome.failure is Failure.REFUSED
    assert outcome.answer.startswith("[31mВсё сломалось!") and len(outcome.answer) == 1000


def test_a_receiver_that_hangs_is_left_alone(crm: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook_calls, "ANSWER_SECONDS", 0.2)
    crm.on_call = lambda _call: crm.released.wait(20) and None
    outcome = call(crm.url)
    assert outcome.failure is Failure.TIMED_OUT and 150 < outcome.duration_ms < 5000


@contextmanager
def raw_server(talk: Callable[[socket.socket], None]) -> Iterator[str]:
    """Something that listens and speaks no good HTTP."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                with suppress(OSError):
                    talk(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        thread.join(10)


@pytest.mark.parametrize(
    ("beginning", "failure"),
    [
        (b"HTTP/1.1 ", Failure.TIMED_OUT),
        # It has said that it took the delivery; nobody waits for the rest.
        (b"HTTP/1.1 200 OK\r\nX-Slow: ", None),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", None),
    ],
)
def test_a_receiver_that_drips_is_left_alone(
    monkeypatch: pytest.MonkeyPatch, beginning: bytes, failure: Failure | None
) -> None:
    monkeypatch.setattr(webhook_calls, "ANSWER_SECONDS", 0.3)
    pause = threading.Event()

    def drip(connection: socket.socket) -> None:
        connection.sendall(beginning)
        for _ in range(400):
            connection.sendall(b".")
            pause.wait(0.02)

    with raw_server(drip) as address:
        outcome = call(address)
    assert outcome.failure is failure and outcome.duration_ms < 5000


@pytest.mark.parametrize(
    "said",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 two hundred\r\n\r\n",
        b"",
        b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 70_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
def test_what_is_no_answer_is_a_failure(said: bytes) -> None:
    with raw_server(lambda connection: connection.sendall(said)) as address:
        assert call(address).failure in (Failure.BROKEN_ANSWER, Failure.NOT_CONNECTED)


def test_where_nobody_listens_the_call_fails(crm: Receiver) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert call(f"http://127.0.0.1:{port}/").failure is Failure.NOT_CONNECTED


def test_without_encryption_https_is_no_https(crm: Receiver) -> None:
    outcome = call(crm.url.replace("http:", "https:"))
    assert outcome.failure is Failure.ENCRYPTION_FAILED and crm.calls == []


class TestGuard:
    """Nothing of this reaches anything: the receiver stands there and hears nothing."""

    @pytest.mark.parametrize(
        "address",
        [
            "https://127.0.0.1:{port}/",
            "https://[::1]:{port}/",
            "https://[::ffff:127.0.0.1]:{port}/",
            "https://localhost:{port}/",
            "https://127.1:{port}/",
            "https://0x7f.0.0.1:{port}/",
            "https://2130706433:{port}/",
            "https://017700000001:{port}/",
            "https://0.0.0.0:{port}/",
            "https://10.0.0.1/",
            "https://192.168.1.1/",
            "https://169.254.169.254/latest/meta-data/",
            "https://[fe80::1]/",
            "https://[fc00::1]/",
            "https://[64:ff9b::7f00:1]/",
            "http://127.0.0.1:{port}/",
            "file:///etc/passwd",
        ],
    )
    def test_an_inner_address_is_refused_in_every_spelling(self, crm: Receiver, address: str) -> None:
        outcome = call(address.format(port=crm.port), PrivateHosts())
        assert outcome.failure is Failure.ADDRESS_REFUSED
        assert crm.calls == []

    def test_a_name_that_leads_inside_is_refused(self, crm: Receiver) -> None:
        for addresses in (("127.0.0.1",), ("93.184.216.34", "10.0.0.1"), ("::1",), ()):
            outcome = call(f"https://crm.example:{crm.port}/", PrivateHosts(), resolve=leads_to(*addresses))
            assert outcome.failure is Failure.ADDRESS_REFUSED
        assert crm.calls == []

    def test_a_name_is_asked_once_and_only_what_was_checked_is_called(
        self, crm: Receiver, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A name server that says something else the second time changes nothing."""
        asked: list[str] = []
        called: list[str] = []

        def resolve(host: str, port: int, **options: Any) -> list[Any]:
            asked.append(host)
            return leads_to("93.184.216.34" if len(asked) == 1 else "127.0.0.1")(host, port, **options)

        def connect(address: tuple[str, int], *_more: Any) -> socket.socket:
            called.append(address[0])
            raise ConnectionRefusedError

        monkeypatch.setattr(socket, "create_connection", connect)
        call("https://crm.example/", PrivateHosts(), resolve=resolve)
        assert (asked, called) == (["crm.example"], ["93.184.216.34"])

    def test_a_name_nobody_knows_is_said(self) -> None:
        def resolve(*_arguments: Any, **_options: Any) -> list[Any]:
            raise socket.gaierror(-2, "Name or service not known")

        assert call("https://crm.example/", PrivateHosts(), resolve=resolve).failure is Failure.NAME_UNKNOWN
