"""Who is too fast is told so and for how long to wait; a conversation goes on."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import websocket

from tests.realtime.conftest import House, Window, new_id
from tests.support.clients import SocketClient
from tests.support.company import Company
from tests.support.server import ServerProcess


@pytest.fixture
def strict(company: Company, engine_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A server that lets two of each through, and the next one after twenty seconds or more."""
    limits = dict.fromkeys(("LIMIT_VISITOR_MESSAGES", "LIMIT_OPERATOR_MESSAGES", "LIMIT_NEW_CHATS"), "0.05/2")
    with (
        ServerProcess(
            tmp_path_factory.mktemp("strict"), engine_url, **limits, LIMIT_ENTER="0.05/4"
        ) as server,
        House(server, company) as house,
    ):
        yield house


def post(client: SocketClient | Window, chat: str, client_id: str = "") -> dict[str, object]:
    return client.call("post", chat=chat, client_id=client_id or new_id(), body="Hello")


def test_each_limit_is_one_persons_own(strict: House) -> None:
    sales = strict.department()
    anna = strict.workplace(strict.hire("Anna", departments=[sales]))
    visitor, other = strict.visitor(), strict.visitor()
    chat, others = (strict.begin(one, department=sales.key) for one in (visitor, other))
    anna.do("take", chat=chat)

    assert [post(visitor, chat)["ok"] for _ in range(2)] == [True, True]
    late = new_id()
    refused = post(visitor, chat, late)
    assert refused["error"] == "too_fast"
    assert isinstance(refused["retry_after"], float) and 0 < refused["retry_after"] <= 20
    # The same person over HTTP has no second allowance; somebody else has their own.
    assert post(other, others)["ok"]
    assert [post(anna, chat)["ok"] for _ in range(3)] == [True, True, False]
    # What was refused is not stored; reading, closing and the connection go on.
    assert [message["seq"] for message in visitor.do("sync", after=0)["messages"]] == [1, 2, 3, 4, 5]
    assert visitor.do("read", chat=chat, seq=5)["seq"] == 5
    assert visitor.do("close", chat=chat)


def test_over_http_it_says_when_to_come_again(strict: House) -> None:
    window = strict.window()
    chat = strict.begin(window)
    for _ in range(2):
        assert window.send("post", {"chat": chat, "client_id": new_id(), "body": "Hello"}).ok
    response = window.send("post", {"chat": chat, "client_id": new_id(), "body": "Hello"})
    assert (response.status_code, response.json()["error"]) == (429, "too_fast")
    assert 1 <= int(response.headers["Retry-After"]) <= 20


def test_chats_cannot_be_begun_without_end(strict: House) -> None:
    visitor = strict.visitor()
    for _ in range(2):
        visitor.do("close", chat=strict.begin(visitor))
    again = visitor.call("start", client_id=new_id(), placement="default", first_question="Hello?")
    assert again["error"] == "too_fast"
    assert visitor.do("sync", after=0)["chats"]


def test_an_address_cannot_make_visitors_without_end(strict: House) -> None:
    import requests

    answers = [
        requests.post(f"{strict.url}/visitor/api/enter", json={"placement": "default"}, timeout=15)
        for _ in range(5)
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 429]


@pytest.fixture
def behind_a_proxy(engine_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server that keeps two sockets of one address, and believes one proxy about who calls."""
    directory = tmp_path_factory.mktemp("proxied")
    with ServerProcess(directory, engine_url, LIMIT_SOCKETS="2", TRUSTED_PROXIES="1") as server:
        yield server


@contextmanager
def open_socket(server: ServerProcess, address: str) -> Iterator[websocket.WebSocket]:
    socket = websocket.create_connection(
        f"ws://localhost:{server.port}/socket.io/?EIO=4&transport=websocket",
        origin=server.url,
        header=[f"X-Forwarded-For: {address}"],
        timeout=15,
    )
    try:
        yield socket
    finally:
        socket.shutdown()


def read_on(socket: websocket.WebSocket) -> None:
    while True:
        socket.recv_frame()


def test_sockets_of_one_address_are_counted(behind_a_proxy: ServerProcess) -> None:
    with open_socket(behind_a_proxy, "203.0.113.7"):
        with open_socket(behind_a_proxy, "203.0.113.7") as second:
            with (
                pytest.raises(websocket.WebSocketBadStatusException) as refused,
                open_socket(behind_a_proxy, "203.0.113.7"),
            ):
                pass
            assert refused.value.status_code == 429
            with open_socket(behind_a_proxy, "203.0.113.8") as from_elsewhere:
                assert from_elsewhere.connected
            second.send_close()
            with pytest.raises(websocket.WebSocketConnectionClosedException):
                read_on(second)
        # Whoever left made room for another.
        with open_socket(behind_a_proxy, "203.0.113.7") as third:
            assert third.connected


def test_a_socket_that_says_not_who_it_is_is_ended(behind_a_proxy: ServerProcess) -> None:
    with (
        open_socket(behind_a_proxy, "203.0.113.9") as nobody,
        pytest.raises(websocket.WebSocketConnectionClosedException),
    ):
        read_on(nobody)
