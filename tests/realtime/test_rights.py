"""Every command × who asks: generated from the planes' own tables, so that a command without a row here fails."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import requests
from socketio.exceptions import ConnectionError as Refused

from realtime.namespaces.operator import plane as operator_plane
from realtime.namespaces.visitor import plane as visitor_plane
from realtime.planes import Plane
from tests.realtime.conftest import Browser, House, Window, new_id
from tests.support.clients import ANSWER_WITHIN_SECONDS, SocketClient, visitor_client

NOBODYS = "A" * 22
"""A name that no chat has."""


@dataclass(frozen=True)
class Row:
    """What a command is sent with, and what each kind of person is answered about somebody else's chat in work."""

    payload: dict[str, Any]
    stranger: str = "not_found"
    """An operator of another department, or another visitor."""
    supervisor: str | None = None
    """Who sees the chat but does not answer for it; None: it is done."""


def id_of(person: str) -> Callable[[dict[str, int]], int]:
    return lambda people: people[person]


VISITORS = {
    "sync": Row({"after": 0}, stranger=""),
    "start": Row({"client_id": new_id(), "placement": "default"}, stranger=""),
    "post": Row({"chat": NOBODYS, "client_id": new_id(), "body": "Hello"}),
    "read": Row({"chat": NOBODYS, "seq": 1}),
    "typing": Row({"chat": NOBODYS, "text": "Hel"}),
    "close": Row({"chat": NOBODYS}),
}
OPERATORS = {
    "snapshot": Row({}, stranger=""),
    "watch_dashboard": Row({}, stranger=""),
    "loads": Row({}, stranger=""),
    "waiting": Row({}, stranger=""),
    "open": Row({"chat": NOBODYS}),
    "older": Row({"chat": NOBODYS, "before": 9}),
    "sync": Row({"chat": NOBODYS, "after": 0}),
    "explain": Row({"chat": NOBODYS}, supervisor="not_now"),
    "post": Row({"chat": NOBODYS, "client_id": new_id(), "body": "Hello"}, supervisor="forbidden"),
    "read": Row({"chat": NOBODYS, "seq": 1}, supervisor="forbidden"),
    "typing": Row({"chat": NOBODYS, "is_typing": True}, supervisor="forbidden"),
    "take": Row({"chat": NOBODYS}, supervisor="already_taken"),
    "take_over": Row({"chat": NOBODYS}),
    "redirect": Row({"chat": NOBODYS, "department": None}),
    "close": Row({"chat": NOBODYS}),
    "set_status": Row({"status": "offline", "operator": id_of("anna")}),
}
TABLES = {"/visitor": (visitor_plane, VISITORS), "/operator": (operator_plane, OPERATORS)}
ABOUT_A_CHAT = [name for name, row in OPERATORS.items() if "chat" in row.payload]


@pytest.mark.parametrize(("plane", "table"), TABLES.values(), ids=TABLES)
def test_every_command_has_its_row(plane: Plane, table: dict[str, Row]) -> None:
    assert table.keys() == plane.commands.keys()


def test_every_command_of_an_operator_names_its_row_of_the_rights_table() -> None:
    assert all(command.action is not None for command in operator_plane.commands.values())


@dataclass
class Cast:
    """A chat of Anna's in a department, and the people around it."""

    chat: str
    people: dict[str, int]
    stranger: Browser
    strangers: SocketClient
    supervisor: Browser
    other_visitor: Window
    other_visitors: SocketClient

    def payload(self, row: Row, *, chat: str = "") -> dict[str, Any]:
        given = {
            name: value(self.people) if callable(value) else value for name, value in row.payload.items()
        }
        return {**given, **({"chat": chat or self.chat} if "chat" in given else {})}


@pytest.fixture
def cast(house: House) -> Cast:
    sales = house.department()
    anna = house.hire("Anna", departments=[sales])
    supervisor = house.hire("Head", supervised_departments=[sales])
    stranger = house.browser(house.hire("Stranger"))
    annas, window = house.browser(anna), house.window()
    chat = house.begin(house.window(), department=sales.key)
    annas.do("take", chat=chat)
    return Cast(
        chat=chat,
        people={"anna": anna.id},
        stranger=stranger,
        strangers=house.tab_of(stranger),
        supervisor=house.browser(supervisor),
        other_visitor=window,
        other_visitors=house.visitor(window.token),
    )


class TestSomebodyElsesChat:
    def test_for_another_visitor_there_is_no_such_chat(self, cast: Cast) -> None:
        for name, row in VISITORS.items():
            if not row.stranger:
                continue
            foreign, missing = cast.payload(row), cast.payload(row, chat=NOBODYS)
            answers = [cast.other_visitors.call(name, **payload) for payload in (foreign, missing)]
            assert answers[0]["error"] == row.stranger, name
            assert answers[0] == answers[1]
            responses = [cast.other_visitor.send(name, payload) for payload in (foreign, missing)]
            assert [response.status_code for response in responses] == [404, 404]
            assert responses[0].content == responses[1].content

    def test_for_an_operator_outside_there_is_no_such_chat(self, cast: Cast) -> None:
        for name, row in OPERATORS.items():
            if not row.stranger:
                continue
            foreign, missing = cast.payload(row), cast.payload(row, chat=NOBODYS)
            if "operator" in missing:
                missing["operator"] = 999_999
            answers = [cast.strangers.call(name, **payload) for payload in (foreign, missing)]
            assert answers[0].get("error") == row.stranger, name
            assert answers[0] == answers[1]
            responses = [cast.stranger.send(name, payload) for payload in (foreign, missing)]
            assert [response.status_code for response in responses] == [404, 404]
            assert responses[0].content == responses[1].content

    @pytest.mark.parametrize("name", ABOUT_A_CHAT)
    def test_who_watches_it_is_told_what_is_not_theirs_to_do(self, cast: Cast, name: str) -> None:
        row = OPERATORS[name]
        answer = cast.supervisor.call(name, **cast.payload(row))
        assert answer.get("error") == row.supervisor, answer

    def test_a_stranger_sees_nothing_of_it_in_any_list(self, cast: Cast) -> None:
        assert cast.chat not in str(cast.strangers.do("snapshot")["chats"])
        assert cast.other_visitors.do("sync", after=0)["chats"] == []


class TestWithoutIdentity:
    @pytest.mark.parametrize("plane", TABLES)
    def test_every_command_is_refused_over_http(self, house: House, plane: str) -> None:
        for name, row in TABLES[plane][1].items():
            payload = {key: 1 if callable(value) else value for key, value in row.payload.items()}
            for headers in ({}, {"Authorization": "Bearer " + "x" * 43}, {"Cookie": "otvet=x"}):
                answer = requests.post(
                    f"{house.url}{plane}/api/{name}",
                    json=payload,
                    headers=headers,
                    timeout=ANSWER_WITHIN_SECONDS,
                )
                # Without a session there is no token against forgery either: that comes first.
                assert answer.status_code == (401 if plane == "/visitor" else 400), (name, answer.text)
        events = requests.get(f"{house.url}{plane}/api/events?after=0", timeout=ANSWER_WITHIN_SECONDS)
        assert (events.status_code, events.json()["error"]) == (401, "unauthorised")

    @pytest.mark.parametrize(
        "auth", [None, {}, {"token": ""}, {"token": "x" * 43}, {"token": 1}, [], "token"]
    )
    def test_no_socket_is_opened(self, house: House, auth: Any) -> None:
        for plane in TABLES:
            with pytest.raises(Refused):
                SocketClient(house.url, plane, auth=auth)

    def test_identities_are_of_one_plane(self, house: House) -> None:
        window, browser = house.window(), house.browser(house.hire("Anna"))
        with pytest.raises(Refused):
            SocketClient(house.url, "/operator", auth={"token": window.token})
        with pytest.raises(Refused):
            SocketClient(house.url, "/visitor", cookie=browser.cookie)
        answer = requests.post(
            f"{house.url}/visitor/api/sync",
            json={"after": 0},
            headers={"Cookie": browser.cookie},
            timeout=ANSWER_WITHIN_SECONDS,
        )
        assert answer.status_code == 401
        answer = requests.post(
            f"{house.url}/operator/api/snapshot",
            json={},
            headers={"Authorization": f"Bearer {window.token}", "X-CSRFToken": browser.token},
            timeout=ANSWER_WITHIN_SECONDS,
        )
        assert not answer.ok

    def test_the_default_namespace_and_unknown_ones_are_closed(self, house: House) -> None:
        for namespace in ("/", "/admin"):
            with pytest.raises(Refused):
                SocketClient(house.url, namespace, auth={"token": house.window().token})

    def test_a_placement_that_does_not_exist_opens_nothing(self, house: House) -> None:
        token = house.window().token
        with pytest.raises(Refused):
            SocketClient(house.url, "/visitor", auth={"token": token, "placement": "nowhere"})


class TestForgery:
    """A foreign page can make a browser send its cookies; it knows no token and has another origin."""

    def test_a_command_without_the_pages_token_changes_nothing(self, house: House) -> None:
        anna = house.browser(house.hire("Anna"))
        for token in ("", "x" * 20):
            answer = anna.session.post(
                f"{house.url}/operator/api/set_status",
                json={"status": "lunch"},
                headers={"X-CSRFToken": token} if token else {},
                timeout=ANSWER_WITHIN_SECONDS,
            )
            assert answer.status_code == 400
        assert anna.do("snapshot")["me"]["status"] == "online"

    @pytest.mark.parametrize("origin", ["https://evil.example", "null", None])
    def test_a_socket_from_a_foreign_origin_or_none_is_refused(
        self, house: House, origin: str | None
    ) -> None:
        anna = house.browser(house.hire("Anna"))
        with pytest.raises(Refused):
            SocketClient(house.url, "/operator", cookie=anna.cookie, origin=origin)


def test_one_visitor_cannot_open_sockets_without_end(house: House) -> None:
    token = house.window().token
    pages = [house.visitor(token) for _ in range(4)]
    with pytest.raises(Refused):
        visitor_client(house.url, token=token)
    pages[0].disconnect()
    pages[1].do("sync", after=0)
    # Room is made when the server has noticed; until then the page uses long polling.
    assert house.window(token).call("sync", after=0)["ok"]
