"""A real server with a company in it, shared by the tests of one file: each test makes its own people and chats."""

import json
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import pytest
import requests

from clock import system_now
from tests.support.clients import ANSWER_WITHIN_SECONDS, SocketClient, enter, sign_in, visitor_client
from tests.support.server import ServerProcess

if TYPE_CHECKING:
    from models import Department, Operator
    from tests.support.company import Company
    from tests.support.databases import Databases

_TOKEN = re.compile(r'"csrf(?:_token)?": ?"([^"]+)"')
# What the tests send in a second no person does; the limits have tests of their own.
UNLIMITED = {
    "LIMIT_VISITOR_MESSAGES": "10000/10000",
    "LIMIT_OPERATOR_MESSAGES": "10000/10000",
    "LIMIT_NEW_CHATS": "10000/10000",
    "LIMIT_ENTER": "10000/10000",
}


def new_id() -> str:
    return str(uuid.uuid4())


def says(text: str) -> Callable[[dict[str, Any]], bool]:
    """Whether a change brings this message."""
    return lambda change: any(message["body"] == text for message in change.get("messages", ()))


def of_chat(chat: str) -> Callable[[dict[str, Any]], bool]:
    return lambda payload: payload.get("chat") == chat


def state_is(state: str) -> Callable[[dict[str, Any]], bool]:
    return lambda change: change.get("view", {}).get("state") == state


class Browser:
    """A signed-in person without a WebSocket: the same commands over HTTP, with the page's token against forgery."""

    def __init__(self, url: str, email: str, password: str, **fields: str) -> None:
        self.url = url
        self.session = sign_in(url, email, password, **fields)

    @cached_property
    def token(self) -> str:
        page = self.session.get(f"{self.url}/workplace", timeout=ANSWER_WITHIN_SECONDS)
        found = _TOKEN.search(page.text)
        assert found, "the workplace gave no token"
        return found.group(1)

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.session.cookies.items())

    def send(self, command: str, payload: Any) -> requests.Response:
        return self.session.post(
            f"{self.url}/operator/api/{command}",
            json=payload,
            headers={"X-CSRFToken": self.token, "Referer": self.url},
            timeout=ANSWER_WITHIN_SECONDS,
        )

    def call(self, command: str, /, **payload: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.send(command, payload).json()
        return answer

    def do(self, command: str, /, **payload: Any) -> dict[str, Any]:
        answer = self.call(command, **payload)
        assert answer["ok"], f"{command} was refused: {answer}"
        return answer

    def open_page(self) -> SocketClient:
        return SocketClient(self.url, "/operator", cookie=self.cookie)


class Window:
    """A visitor's chat window without a WebSocket."""

    def __init__(self, url: str, token: str = "") -> None:
        self.url = url
        self.token = token or enter(url)["token"]

    def send(self, command: str, payload: Any, **headers: str) -> requests.Response:
        return requests.post(
            f"{self.url}/visitor/api/{command}",
            json=payload,
            headers={"Authorization": f"Bearer {self.token}", **headers},
            timeout=ANSWER_WITHIN_SECONDS,
        )

    def call(self, command: str, /, **payload: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.send(command, payload).json()
        return answer

    def do(self, command: str, /, **payload: Any) -> dict[str, Any]:
        answer = self.call(command, **payload)
        assert answer["ok"], f"{command} was refused: {answer}"
        return answer

    def events(self, after: int, **where: str) -> dict[str, Any]:
        answer = requests.get(
            f"{self.url}/visitor/api/events",
            params={"after": str(after), **where},
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=40,
        )
        return dict(answer.json())


class House:
    """The server, its company, and ways in for people. What is opened is closed at the end of the test."""

    def __init__(self, server: ServerProcess, company: "Company") -> None:
        self.server = server
        self.company = company
        self.url = server.url
        self._opened = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    def department(self, **fields: Any) -> "Department":
        return self.company.department(f"d{uuid.uuid4().hex[:12]}", **fields)

    def hire(self, name: str = "Person", **fields: Any) -> "Operator":
        """An operator whom no other test knows."""
        return self.company.operator(f"{name} {uuid.uuid4().hex[:8]}", **fields)

    def browser(self, operator: "Operator", **fields: str) -> Browser:
        from tests.support.company import PASSWORD

        assert operator.email is not None
        browser = Browser(self.url, operator.email, PASSWORD, **fields)
        self._opened.callback(browser.session.close)
        return browser

    def workplace(self, operator: "Operator", **fields: str) -> SocketClient:
        """The operator's page: signed in and connected."""
        return self._opened.enter_context(self.browser(operator, **fields).open_page())

    def tab_of(self, browser: Browser) -> SocketClient:
        return self._opened.enter_context(browser.open_page())

    def visitor(self, token: str = "") -> SocketClient:
        """A visitor's open chat window."""
        return self._opened.enter_context(visitor_client(self.url, token=token or None))

    def window(self, token: str = "") -> Window:
        return Window(self.url, token)

    def begin(self, visitor: SocketClient | Window, question: str = "Hello?", **fields: Any) -> str:
        """Begin a chat and give its name."""
        command = {"client_id": new_id(), "placement": "default", "first_question": question, **fields}
        chat: str = visitor.do("start", **command)["chat"]["id"]
        return chat


@pytest.fixture(scope="module")
def shared_house(databases: "Databases", tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    from models import db
    from tests.support.company import Company
    from tests.support.databases import config_for, storage_app

    url, directory = databases.fresh("sqlite"), tmp_path_factory.mktemp("house")
    app = storage_app(config_for(url, directory))
    with app.app_context(), ServerProcess(directory, url, **UNLIMITED) as server:
        # The server's clock runs, so this company's does too.
        yield House(server, Company(db.session(), system_now))
        print(server.log)
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def house(shared_house: House) -> Iterator[House]:
    before = len(shared_house.server.log)
    with House(shared_house.server, shared_house.company) as own:
        yield own
    complaints = [json.loads(line) for line in own.server.log[before:].splitlines()]
    assert not [line for line in complaints if line["level"] not in ("info", "debug")]


def heard(client: SocketClient, event: str) -> list[dict[str, Any]]:
    return [payload for name, payload in client.events if name == event]
