"""Clients of the two planes, as a page is one: they sign in, send commands, and hear events."""

import re
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import requests
import socketio

ANSWER_WITHIN_SECONDS = 15
OWN_ORIGIN = "own"
_CSRF_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')

Event = tuple[str, dict[str, Any]]


class SocketClient:
    """One connection to one plane; every event heard is kept, and can be waited for."""

    def __init__(
        self,
        url: str,
        namespace: str,
        *,
        auth: dict[str, Any] | None = None,
        cookie: str = "",
        origin: str | None = OWN_ORIGIN,
    ) -> None:
        self.namespace = namespace
        self.events: list[Event] = []
        self._heard = threading.Condition()
        # The library adds the Origin itself, as a page of this server would have it.
        sent = {} if origin == OWN_ORIGIN else {"origin": origin} if origin else {"suppress_origin": True}
        self._socket = socketio.Client(reconnection=False, handle_sigint=False, websocket_extra_options=sent)
        self._socket.on("*", self._hear, namespace=namespace)
        self._socket.connect(
            url,
            namespaces=[namespace],
            auth=auth,
            headers={"Cookie": cookie} if cookie else {},
            transports=["websocket"],
            wait_timeout=ANSWER_WITHIN_SECONDS,
        )
        self._websocket = self._socket.eio.ws

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.disconnect()

    @property
    def is_connected(self) -> bool:
        return self.namespace in self._socket.namespaces

    def call(self, command: str, /, **payload: Any) -> dict[str, Any]:
        """Send a command and return its answer, whatever it is."""
        answer: dict[str, Any] = self._socket.call(
            command, payload, namespace=self.namespace, timeout=ANSWER_WITHIN_SECONDS
        )
        return answer

    def do(self, command: str, /, **payload: Any) -> dict[str, Any]:
        """Send a command that must succeed."""
        answer = self.call(command, **payload)
        assert answer["ok"], f"{command} was refused: {answer}"
        return answer

    def pipeline(self, commands: list[tuple[str, dict[str, Any]]]) -> list[dict[str, Any]]:
        """Send commands one after another without waiting; the answers in the order in which they came."""
        answers: list[dict[str, Any]] = []
        all_came = threading.Event()

        def keep(answer: dict[str, Any]) -> None:
            answers.append(answer)
            if len(answers) == len(commands):
                all_came.set()

        for command, payload in commands:
            self._socket.emit(command, payload, namespace=self.namespace, callback=keep)
        assert all_came.wait(ANSWER_WITHIN_SECONDS), f"{len(answers)} of {len(commands)} answers came"
        return answers

    def send(self, event: str, payload: Any) -> None:
        """Send without waiting for an answer."""
        self._socket.emit(event, payload, namespace=self.namespace)

    def send_raw(self, event: str, payload: Any) -> dict[str, Any]:
        """Send whatever a hostile client might."""
        answer: dict[str, Any] = self._socket.call(
            event, payload, namespace=self.namespace, timeout=ANSWER_WITHIN_SECONDS
        )
        return answer

    def wait_for(
        self, event: str, condition: Callable[[dict[str, Any]], bool] = lambda _: True
    ) -> dict[str, Any]:
        """The first event of this name that meets the condition, heard already or still to come."""
        deadline = time.monotonic() + ANSWER_WITHIN_SECONDS
        seen = 0
        with self._heard:
            while True:
                for name, payload in self.events[seen:]:
                    if name == event and condition(payload):
                        return payload
                seen = len(self.events)
                if not self._heard.wait(deadline - time.monotonic()):
                    raise AssertionError(f"{event} was not heard; heard: {self.events}")

    def wait_until_disconnected(self) -> None:
        """Return when the server has ended the connection."""
        deadline = time.monotonic() + ANSWER_WITHIN_SECONDS
        waiter = threading.Thread(target=self._socket.wait, daemon=True)
        waiter.start()
        waiter.join(deadline - time.monotonic())
        assert not waiter.is_alive(), "the server kept the connection"

    def disconnect(self) -> None:
        """Leave as a closed page does."""
        self._socket.disconnect()
        # When the server has ended the connection first, the library forgets to close its own end.
        self._websocket.shutdown()

    def _hear(self, event: str, payload: dict[str, Any] | None = None) -> None:
        with self._heard:
            self.events.append((event, payload or {}))
            self._heard.notify_all()


def sign_in(url: str, email: str, password: str, **fields: str) -> requests.Session:
    """A browser's cookies after signing in by the form."""
    browser = requests.Session()
    page = browser.get(f"{url}/sign-in", timeout=ANSWER_WITHIN_SECONDS)
    token = _CSRF_TOKEN.search(page.text)
    assert token, "the sign-in page has no form"
    form = {"csrf_token": token.group(1), "email": email, "password": password, **fields}
    answer = browser.post(
        f"{url}/sign-in",
        data=form,
        headers={"Referer": url},
        timeout=ANSWER_WITHIN_SECONDS,
        allow_redirects=False,
    )
    assert answer.status_code in (302, 303), f"{email} could not sign in: {answer.status_code}"
    return browser


def operator_client(url: str, email: str, password: str) -> SocketClient:
    """An operator's workplace: signed in and connected."""
    with sign_in(url, email, password) as browser:
        cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    return SocketClient(url, "/operator", cookie=cookie)


def enter(url: str, placement: str = "default", token: str | None = None) -> dict[str, Any]:
    """What a chat window gets when it opens."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = requests.post(
        f"{url}/visitor/api/enter",
        json={"placement": placement},
        headers=headers,
        timeout=ANSWER_WITHIN_SECONDS,
    )
    assert answer.ok, f"a visitor could not enter: {answer.status_code} {answer.text}"
    entered: dict[str, Any] = answer.json()
    return entered


def visitor_client(url: str, placement: str = "default", token: str | None = None) -> SocketClient:
    """A visitor's open chat window: recognised by its token, or new."""
    token = token or enter(url, placement)["token"]
    return SocketClient(url, "/visitor", auth={"token": token})
