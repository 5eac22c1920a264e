"""A real receiver of webhooks in the test's own process, which asks whose a delivery is and may misbehave."""

import binascii
import hmac
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from policy.signatures import signature

WITHIN_SECONDS = 20
WINDOW = timedelta(minutes=5)
"""What is older, or from the future, is a replay."""


@dataclass(frozen=True)
class Call:
    """One request as it came."""

    path: str
    headers: Mapping[str, str]
    body: str

    @property
    def told(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.body)
        return told

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


@dataclass
class Receiver:
    """Keeps every call; `answer` says with which code and body, or hangs and drips by itself when it likes."""

    calls: list[Call] = field(default_factory=list)
    answer: Callable[[Call], int] = lambda _call: 204
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    on_call: Callable[[Call], None] = lambda _call: None
    """Called before the sender hears anything."""
    released: threading.Event = field(default_factory=threading.Event)
    """Set at the end: whoever hangs may go."""
    port: int = 0
    _moved: threading.Condition = field(default_factory=threading.Condition)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def events(self) -> list[str]:
        return [call.told["event"] for call in list(self.calls)]

    def take(self, call: Call) -> None:
        with self._moved:
            self.calls.append(call)
            self._moved.notify_all()

    def wait_for(self, promise: Callable[["Receiver"], bool]) -> None:
        """Return as soon as the promise holds; it is looked at whenever a call comes."""
        with self._moved:
            assert self._moved.wait_for(lambda: promise(self), WITHIN_SECONDS), self.events()


@contextmanager
def receiver(**options: Any) -> Iterator[Receiver]:
    """Runs in threads of its own, on a free port, until the block ends."""
    own = Receiver(**options)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            call = Call(self.path, dict(self.headers), self.rfile.read(length).decode())
            own.take(call)
            own.on_call(call)
            code = own.answer(call)
            self.send_response(code)
            for name, value in own.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(own.body)))
            self.end_headers()
            self.wfile.write(own.body)

        def do_GET(self) -> None:
            own.take(Call(self.path, dict(self.headers), "{}"))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_arguments: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_arguments: Any) -> None:
            """A sender that hung up is what some tests are about."""

    server = Server(("127.0.0.1", 0), Handler)
    own.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield own
    finally:
        own.released.set()
        server.shutdown()
        server.server_close()
        thread.join()


def is_genuine(secret: str, delivery: str, timestamp: str, body: str, header: str, now: datetime) -> bool:
    """What a receiver asks before it believes a delivery."""
    try:
        sent_at = int(timestamp)
        expected = signature(secret, delivery, sent_at, body)
    except (ValueError, binascii.Error):
        return False
    if abs(now.timestamp() - sent_at) > WINDOW.total_seconds():
        return False
    return any(hmac.compare_digest(expected.encode(), given.encode()) for given in header.split())
