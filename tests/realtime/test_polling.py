"""Where WebSocket is blocked: the same job over HTTP alone, woken by long polls on the same cursor."""

import json
import socket
import threading
import time
from typing import Any

import requests

from tests.realtime.conftest import Browser, House, Window, new_id

AT_ONCE_SECONDS = 10
"""Far less than a poll is held for."""


class Held(threading.Thread):
    """A poll that waits in the background."""

    def __init__(self, ask: Any) -> None:
        super().__init__(daemon=True)
        self._ask = ask
        self.answer: dict[str, Any] = {}
        self.start()

    def run(self) -> None:
        self.answer = self._ask()

    def result(self) -> dict[str, Any]:
        self.join(AT_ONCE_SECONDS)
        assert not self.is_alive(), "the poll was not woken"
        return self.answer


def poll(browser: Browser, known: str) -> dict[str, Any]:
    answer = browser.session.get(f"{browser.url}/operator/api/events", params={"known": known}, timeout=40)
    return dict(answer.json())


def test_the_main_job_without_any_websocket(house: House) -> None:
    sales = house.department()
    anna, window = house.browser(house.hire("Anna", departments=[sales])), house.window()
    first = poll(anna, "")
    assert first["ok"] and first["chats"] == []

    waiting = Held(lambda: poll(anna, first["mark"]))
    started = window.do(
        "start",
        client_id=new_id(),
        placement="default",
        department=sales.key,
        first_question="Is it open?",
    )
    chat = started["chat"]["id"]
    second = waiting.result()
    assert [row["id"] for row in second["chats"]] == [chat]
    assert second["mark"] != first["mark"]

    taken = Held(lambda: window.events(started["revision"]))
    assert anna.do("take", chat=chat)["chat"]["state"] == "chatting"
    state = taken.result()
    assert [row["state"] for row in state["chats"]] == ["chatting"]

    answered = Held(lambda: window.events(state["revision"]))
    anna.do("post", chat=chat, client_id=new_id(), body="Until ten.")
    state = answered.result()
    assert [message["body"] for message in state["messages"]] == ["Until ten."]

    assert window.do("read", chat=chat, seq=2)["seq"] == 2
    window.do("typing", chat=chat, text="Th")
    window.do("post", chat=chat, client_id=new_id(), body="Thanks")
    caught_up = anna.do("sync", chat=chat, after=0)
    assert [message["body"] for message in caught_up["messages"]] == ["Is it open?", "Until ten.", "Thanks"]
    anna.do("close", chat=chat)
    assert window.do("sync", after=state["revision"])["chats"][0]["state"] == "closed_by_operator"
    again = new_id()
    first = window.do("post", chat=chat, client_id=again, body="More")
    assert window.do("sync", after=state["revision"])["chats"][0]["state"] == "queue"
    repeated = window.do("post", chat=chat, client_id=again, body="More")
    assert (repeated["seq"], repeated["duplicate"]) == (first["seq"], True)


def test_what_lies_behind_the_revision_is_answered_at_once(house: House) -> None:
    window = house.window()
    chat = house.begin(window)
    began = time.monotonic()
    answer = window.events(0)
    assert time.monotonic() - began < AT_ONCE_SECONDS
    assert (answer["revision"], answer["chats"][0]["id"]) == (1, chat)


def test_a_page_that_names_its_placement_is_told_who_is_there(house: House) -> None:
    window = house.window()
    house.begin(window)
    sales = house.department()
    assert "availability" not in window.events(0)
    assert window.events(0, placement="default")["availability"]["state"] in ("online", "offline")
    # Nobody belongs to the department that the page's code names.
    named = window.events(0, placement="default", snippet_department=sales.key)
    assert named["availability"]["state"] == "offline"
    assert window.events(0, placement="nowhere")["error"] == "invalid"


def test_the_same_command_again_is_answered_as_before(house: House) -> None:
    window = house.window()
    start = {"client_id": new_id(), "placement": "default", "first_question": "Hello?"}
    chats = {window.do("start", **start)["chat"]["id"] for _ in range(2)}
    assert len(chats) == 1
    post = {"chat": chats.pop(), "client_id": new_id(), "body": "Once"}
    first, again = window.do("post", **post), window.do("post", **post)
    assert (again["seq"], again["duplicate"]) == (first["seq"], True)
    conflict = window.send("post", {**post, "body": "Twice"})
    assert (conflict.status_code, conflict.json()["error"]) == (409, "conflict")


def test_each_refusal_has_its_status(house: House) -> None:
    window = house.window()
    sales = house.department()
    answers = [
        window.send("start", {"client_id": new_id(), "placement": "default", "email": "nonsense"}),
        window.send("start", {"client_id": new_id(), "placement": "default", "department": "nowhere"}),
        window.send("start", {"client_id": new_id(), "placement": "nowhere"}),
    ]
    assert [answer.status_code for answer in answers] == [422, 422, 422]
    assert [list(answer.json()["fields"]) for answer in answers] == [["email"], ["department"], ["placement"]]
    chat = house.begin(window, department=sales.key)
    for name, status in (("Anna", 200), ("Boris", 409)):
        browser = house.browser(house.hire(name, departments=[sales]))
        assert browser.send("take", {"chat": chat}).status_code == status


def test_more_polls_can_be_held_than_there_are_connections_to_the_database(house: House) -> None:
    """Sixty connections, eighty visitors who wait: everybody else is served meanwhile."""
    held = [hold(house, house.window()) for _ in range(80)]
    try:
        began = time.monotonic()
        window = house.window()
        house.begin(window)
        assert time.monotonic() - began < AT_ONCE_SECONDS
        browser = house.browser(house.hire("Anna"))
        assert browser.do("snapshot")["ok"]
    finally:
        for connection in held:
            connection.close()


def hold(house: House, window: Window) -> socket.socket:
    connection = socket.create_connection(("localhost", house.server.port))
    connection.sendall(
        f"GET /visitor/api/events?after=0 HTTP/1.1\r\nHost: localhost\r\n"
        f"Authorization: Bearer {window.token}\r\n\r\n".encode()
    )
    return connection


def test_answers_are_nobody_elses_to_keep(house: House) -> None:
    window = house.window()
    answer = window.send("sync", {"after": 0})
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
    assert "Access-Control-Allow-Origin" not in answer.headers
    preflight = requests.options(
        f"{house.url}/visitor/api/sync", headers={"Origin": "https://evil.example"}, timeout=15
    )
    assert "Access-Control-Allow-Origin" not in preflight.headers
    assert window.token not in json.dumps(dict(answer.headers))


def test_without_a_socket_the_window_speaks_the_placements_language_too(house: House) -> None:
    """What the browser prefers is another thing: the window itself is drawn in the placement's language."""
    sales = house.department(name="Продажи", names={"en": "Sales", "ru": "Продажи"})
    answer = house.window().send("sync", {"after": 0}, **{"Accept-Language": "en"}).json()
    names = {offer["key"]: offer["name"] for offer in answer["availability"]["departments"]}
    assert names[sales.key] == "Продажи"
