"""Calls a receiver: signed, only at an address that was checked, with an end to everything that could take long."""

import enum
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from policy.addresses import AddressRefused, PrivateHosts, Target, may_be_called, target_of
from policy.signatures import signatures

log = structlog.get_logger(__name__)

CONNECT_SECONDS = 5
ANSWER_SECONDS = 10
"""From the first byte sent to the last one read, however slowly they drip."""
MOST_ADDRESSES = 3
ANSWER_BYTES = 4096
ANSWER_KEPT = 1000
AGENT = "Otvet-Webhook/1"
Resolve = Callable[..., Sequence[tuple[Any, ...]]]


class Failure(enum.Enum):
    """Why a receiver did not take a delivery."""

    ADDRESS_REFUSED = "address_refused"
    NAME_UNKNOWN = "name_unknown"
    NOT_CONNECTED = "not_connected"
    ENCRYPTION_FAILED = "encryption_failed"
    TIMED_OUT = "timed_out"
    REDIRECTED = "redirected"
    BROKEN_ANSWER = "broken_answer"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one call: taken when there is no failure."""

    failure: Failure | None
    code: int | None = None
    answer: str = ""
    duration_ms: int = 0


class _Failed(Exception):
    def __init__(self, failure: Failure, detail: object = "") -> None:
        super().__init__(str(detail))
        self.failure = failure


def call_receiver(
    address: str,
    secrets: Sequence[str],
    event_id: str,
    body: str,
    now: datetime,
    *,
    private: PrivateHosts,
    resolve: Resolve | None = None,
) -> Outcome:
    """Send one delivery once. Nothing is followed, and no answer is a reason to fail ourselves."""
    began = time.monotonic()
    try:
        target, ips = _resolved(address, private, resolve or socket.getaddrinfo)
        code, answer = _post(target, ips, _headers(target, secrets, event_id, body, now), body)
    except _Failed as failed:
        outcome = Outcome(failed.failure, None, readable(str(failed)))
    else:
        outcome = Outcome(_failure_of(code), code, readable(answer.decode("utf-8", "replace")))
    return Outcome(
        outcome.failure, outcome.code, outcome.answer, duration_ms=round((time.monotonic() - began) * 1000)
    )


def readable(text: str) -> str:
    """What a receiver answered, fit for a row and a page."""
    return "".join(sign for sign in text if sign.isprintable() or sign in "\n\t").strip()[:ANSWER_KEPT]


def _failure_of(code: int) -> Failure | None:
    if 200 <= code < 300:
        return None
    return Failure.REDIRECTED if 300 <= code < 400 else Failure.REFUSED


def _headers(
    target: Target, secrets: Sequence[str], event_id: str, body: str, now: datetime
) -> dict[str, str]:
    timestamp = int(now.timestamp())
    return {
        "Host": target.name,
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": AGENT,
        "Connection": "close",
        "webhook-id": event_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signatures(secrets, event_id, timestamp, body),
    }


def _resolved(address: str, private: PrivateHosts, resolve: Resolve) -> tuple[Target, list[str]]:
    """The target and where it is: the name is asked once, every answer is checked, and only these are called."""
    try:
        target = target_of(address, private)
    except AddressRefused as refused:
        raise _Failed(Failure.ADDRESS_REFUSED, refused.code) from None
    try:
        found = resolve(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise _Failed(Failure.NAME_UNKNOWN, error) from None
    ips = list(dict.fromkeys(str(one[4][0]) for one in found))
    wrong = [ip for ip in ips if not may_be_called(target, ip, private)]
    if wrong or not ips:
        log.warning("webhook.address_refused", host=target.host, addresses=wrong)
        raise _Failed(Failure.ADDRESS_REFUSED, ", ".join(wrong))
    return target, ips[:MOST_ADDRESSES]


def _post(target: Target, ips: Sequence[str], headers: dict[str, str], body: str) -> tuple[int, bytes]:
    connected = _connected(target, ips)
    with connected.dup() as handle:
        alarm = _Alarm(handle)
        try:
            return _exchanged(target, connected, headers, body.encode())
        except (OSError, http.client.HTTPException, ValueError) as error:
            if alarm.has_rung or isinstance(error, TimeoutError):
                raise _Failed(Failure.TIMED_OUT) from None
            raise _Failed(*_named(error)) from None
        finally:
            alarm.cancel()
            connected.close()


def _named(error: Exception) -> tuple[Failure, object]:
    if isinstance(error, ssl.SSLError):
        return Failure.ENCRYPTION_FAILED, getattr(error, "verify_message", "") or error.reason
    if isinstance(error, http.client.HTTPException | ValueError):
        return Failure.BROKEN_ANSWER, type(error).__name__
    return Failure.NOT_CONNECTED, error.strerror if isinstance(error, OSError) else error


def _connected(target: Target, ips: Sequence[str]) -> socket.socket:
    """A connection to the first address that takes one; never a second look at the name."""
    error: OSError = OSError()
    for ip in ips:
        try:
            return socket.create_connection((ip, target.port), CONNECT_SECONDS)
        except OSError as failed:
            error = failed
    is_slow = isinstance(error, TimeoutError)
    raise _Failed(Failure.TIMED_OUT if is_slow else Failure.NOT_CONNECTED, error.strerror or "")


def _exchanged(
    target: Target, connected: socket.socket, headers: dict[str, str], body: bytes
) -> tuple[int, bytes]:
    connected.settimeout(ANSWER_SECONDS)
    wrapped = connected
    if target.is_encrypted:
        wrapped = ssl.create_default_context().wrap_socket(connected, server_hostname=target.host)
    try:
        connection = http.client.HTTPConnection(target.host, target.port)
        connection.auto_open = 0
        connection.sock = wrapped
        connection.request("POST", target.path, body, headers)
        response = connection.getresponse()
        return response.status, response.read(ANSWER_BYTES)
    finally:
        wrapped.close()


class _Alarm:
    """Ends a connection after a time, whatever hangs or drips there: whoever reads from it then gets nothing more."""

    def __init__(self, handle: socket.socket) -> None:
        self.has_rung = False
        self._handle = handle
        self._timer = threading.Timer(ANSWER_SECONDS, self._ring)
        self._timer.daemon = True
        self._timer.start()

    def cancel(self) -> None:
        self._timer.cancel()

    def _ring(self) -> None:
        self.has_rung = True
        with suppress(OSError):
            self._handle.shutdown(socket.SHUT_RDWR)
