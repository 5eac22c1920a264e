"""The main job through a real server process, with real clients, on both databases."""

import uuid
from typing import Any

import pytest
import websocket

from tests.support.clients import enter, operator_client, visitor_client
from tests.support.company import PASSWORD, Company
from tests.support.server import ServerProcess

pytestmark = pytest.mark.databases("sqlite", "postgresql")


def client_id() -> str:
    return str(uuid.uuid4())


def says(text: str) -> Any:
    return lambda change: any(message["body"] == text for message in change.get("messages", ()))


def read_on(page: websocket.WebSocket) -> None:
    while True:
        page.recv_frame()


def test_a_question_reaches_the_operator_and_the_answer_the_visitor(
    company: Company, server: ServerProcess
) -> None:
    company.operator("Anna")
    with (
        operator_client(server.url, "anna@example.com", PASSWORD) as anna,
        visitor_client(server.url) as visitor,
    ):
        started = visitor.do(
            "start", client_id=client_id(), placement="default", first_question="Is it open?"
        )
        chat = started["chat"]["id"]
        anna.wait_for("change", says("Is it open?"))
        anna.do("take", chat=chat)
        anna.do("post", chat=chat, client_id=client_id(), body="It is.")
        assert visitor.wait_for("change", says("It is."))["chat"] == chat


def test_what_was_acknowledged_is_there_after_a_crash(company: Company, server: ServerProcess) -> None:
    token = enter(server.url)["token"]
    with visitor_client(server.url, token=token) as visitor:
        visitor.do("start", client_id=client_id(), placement="default", first_question="Are you there?")
        server.kill()
        visitor.wait_until_disconnected()
    server.start()
    assert [message["body"] for message in enter(server.url, token=token)["messages"]] == ["Are you there?"]


def test_a_server_that_is_asked_to_stop_stops_well(server: ServerProcess) -> None:
    assert server.stop() == 0


def test_the_connection_of_a_page_that_left_is_let_go(server: ServerProcess) -> None:
    """Not only the WebSocket ends: its TCP connection does too, or every visit would cost a descriptor."""
    address = f"ws://localhost:{server.port}/socket.io/?EIO=4&transport=websocket"
    page = websocket.create_connection(address, origin=server.url, timeout=10)
    page.send_close()
    with pytest.raises(websocket.WebSocketConnectionClosedException):
        read_on(page)
    page.shutdown()
