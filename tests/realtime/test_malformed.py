"""What no page of ours sends: a typed refusal or the end of the connection, and a process that goes on."""

import json
from typing import Any, Self

import pytest
import requests
import websocket

from realtime.namespaces.operator import plane as operator_plane
from realtime.namespaces.visitor import plane as visitor_plane
from tests.realtime.conftest import Browser, House, Window, new_id
from tests.support.clients import ANSWER_WITHIN_SECONDS, SocketClient

HALF_OF_A_PAIR = "\ud800"
JUNK: list[Any] = [
    None,
    True,
    0,
    -1,
    1.5,
    2**70,
    "",
    "text",
    HALF_OF_A_PAIR,
    "\x00",
    [],
    [1, 2],
    [{}],
    {"unknown": 1},
    {"$gt": ""},
    {"chat": {"$ne": None}},
    {"chat": ["a"]},
]
"""Sent in place of the whole payload."""
WRONG_VALUES: list[Any] = [
    None,
    True,
    0,
    -1,
    1.5,
    2**70,
    "",
    "\x00",
    "x" * 300,
    [],
    {},
    {"$gt": ""},
    ["a"],
    "' OR 1=1 --",
]
"""Sent in place of each field."""
NOBODYS = "A" * 22
RIGHT: dict[str, dict[str, dict[str, Any]]] = {
    "/visitor": {
        "sync": {"after": 0},
        "start": {"client_id": new_id(), "placement": "default"},
        "post": {"chat": NOBODYS, "client_id": new_id(), "body": "Hello"},
        "read": {"chat": NOBODYS, "seq": 1},
        "typing": {"chat": NOBODYS, "text": "Hel"},
        "close": {"chat": NOBODYS},
    },
    "/operator": {
        "open": {"chat": NOBODYS},
        "older": {"chat": NOBODYS, "before": 1},
        "sync": {"chat": NOBODYS, "after": 0},
        "explain": {"chat": NOBODYS},
        "post": {"chat": NOBODYS, "client_id": new_id(), "body": "Hello"},
        "read": {"chat": NOBODYS, "seq": 1},
        "typing": {"chat": NOBODYS, "is_typing": True},
        "take": {"chat": NOBODYS},
        "take_over": {"chat": NOBODYS},
        "redirect": {"chat": NOBODYS, "operator": 1},
        "close": {"chat": NOBODYS},
        "set_status": {"status": "online"},
    },
}
REFUSALS = {"malformed", "invalid", "not_found", "too_large", "too_fast"}


@pytest.fixture
def pages(house: House) -> dict[str, SocketClient]:
    return {"/visitor": house.visitor(), "/operator": house.workplace(house.hire("Anna"))}


@pytest.fixture
def browsers(house: House) -> dict[str, Window | Browser]:
    return {"/visitor": house.window(), "/operator": house.browser(house.hire("Anna"))}


def assert_alive(house: House) -> None:
    """The process goes on, for others too."""
    assert requests.get(f"{house.url}/health", timeout=ANSWER_WITHIN_SECONDS).ok
    assert house.visitor().do("sync", after=0)["chats"] == []


class TestOverASocket:
    def test_junk_in_place_of_a_payload_is_malformed(
        self, house: House, pages: dict[str, SocketClient]
    ) -> None:
        for plane in (visitor_plane, operator_plane):
            for name in plane.commands:
                for junk in JUNK:
                    if name in ("snapshot", "watch_dashboard", "loads", "waiting") and junk == {}:
                        continue
                    answer = pages[plane.namespace].send_raw(name, junk)
                    assert answer["error"] in ("malformed", "too_fast"), (name, junk, answer)
                    assert answer["ok"] is False
        assert_alive(house)

    @pytest.mark.parametrize("plane", RIGHT)
    def test_a_wrong_value_in_any_field_is_refused(
        self, house: House, pages: dict[str, SocketClient], plane: str
    ) -> None:
        for name, right in RIGHT[plane].items():
            for field in right:
                for value in WRONG_VALUES:
                    if is_fine(name, field, value):
                        continue
                    answer = pages[plane].send_raw(name, {**right, field: value})
                    assert answer.get("error") in REFUSALS, (name, field, value, answer)
            answer = pages[plane].send_raw(name, {**right, "is_admin": True})
            assert answer["error"] in ("malformed", "too_fast")
            for field in right:
                answer = pages[plane].send_raw(
                    name, {key: value for key, value in right.items() if key != field}
                )
                assert answer["error"] in REFUSALS, (name, field, answer)
        assert_alive(house)

    @pytest.mark.parametrize("name", ["no_such", "on_connect", "trigger_event", "__class__", "", "error"])
    def test_an_unknown_event_is_malformed(
        self, house: House, pages: dict[str, SocketClient], name: str
    ) -> None:
        for page in pages.values():
            assert page.send_raw(name, {})["error"] == "malformed"
            assert page.is_connected

    def test_any_number_of_arguments_but_one_is_malformed(
        self, house: House, pages: dict[str, SocketClient]
    ) -> None:
        for page, name in ((pages["/visitor"], "sync"), (pages["/operator"], "snapshot")):
            # A tuple is sent as several arguments, an empty one as none.
            for arguments in ((), ({"after": 0}, {}), ({}, 1, 2)):
                assert page.send_raw(name, arguments)["error"] == "malformed"

    @pytest.mark.parametrize("payload", [b"\x00\xff", {"after": b"1"}, {"after": [b"", b""]}])
    def test_bytes_are_not_listened_to(self, house: House, payload: Any) -> None:
        page = house.visitor()
        page.send("sync", payload)
        assert page.do("sync", after=0)["chats"] == []


def is_fine(name: str, field: str, value: object) -> bool:
    """Values that this very field may have."""
    return (
        (field in ("after", "seq", "before") and value == 0 and not isinstance(value, bool))
        or (name == "typing" and isinstance(value, str) and field == "text")
        or (field == "is_typing" and value is True)
        or (field == "body" and value in ("x" * 300, "' OR 1=1 --"))
    )


class TestSize:
    def test_ten_thousand_characters_are_a_message_one_more_is_too_large(self, house: House) -> None:
        visitor = house.visitor()
        chat = house.begin(visitor)
        body = "я" * 9_999 + "🙂"
        assert visitor.do("post", chat=chat, client_id=new_id(), body=body)["seq"] == 2
        assert visitor.call("post", chat=chat, client_id=new_id(), body=body + "!")["error"] == "too_large"
        response = house.window(house.window().token).send(
            "post", {"chat": chat, "client_id": new_id(), "body": body + "!"}
        )
        assert (response.status_code, response.json()["error"]) == (413, "too_large")

    def test_contacts_have_their_lengths(self, house: House) -> None:
        visitor = house.visitor()
        command = {"client_id": new_id(), "placement": "default"}
        for field in ("name", "email", "phone"):
            assert visitor.call("start", **command, **{field: "x" * 300})["error"] == "too_large"

    def test_a_frame_above_the_limit_ends_its_connection_only(self, house: House) -> None:
        visitor, other = house.visitor(), house.visitor()
        for size in (128 * 1024 + 1, 2_000_000):
            page = house.visitor()
            page.send("post", {"chat": NOBODYS, "client_id": new_id(), "body": "x" * size})
            page.wait_until_disconnected()
        assert visitor.do("sync", after=0) and other.do("sync", after=0)

    @pytest.mark.parametrize("plane", RIGHT)
    def test_a_body_above_the_limit_is_too_large(
        self, house: House, browsers: dict[str, Window | Browser], plane: str
    ) -> None:
        body = {"chat": NOBODYS, "client_id": new_id(), "body": "x" * (128 * 1024)}
        response = browsers[plane].send("post", body)
        assert (response.status_code, response.json()["error"]) == (413, "too_large")


class TestOverHttp:
    @pytest.mark.parametrize("plane", RIGHT)
    def test_junk_is_malformed(self, house: House, browsers: dict[str, Window | Browser], plane: str) -> None:
        for name in RIGHT[plane]:
            for junk in JUNK:
                response = browsers[plane].send(name, junk)
                assert response.status_code in (400, 429), (name, junk, response.text)
                assert response.json()["error"] in ("malformed", "too_fast")
        assert_alive(house)

    def test_what_is_no_json_or_no_command_is_malformed(self, house: House) -> None:
        window = house.window()
        own = {"Authorization": f"Bearer {window.token}"}
        for body in (b"", b"{", b"\xff\xfe", b'{"after": NaN}', b"[" * 50_000):
            response = requests.post(
                f"{house.url}/visitor/api/sync", data=body, headers=own, timeout=ANSWER_WITHIN_SECONDS
            )
            assert (response.status_code, response.json()["error"]) == (400, "malformed"), body[:20]
        for path in ("nothing", "sync%2F", "constructor"):
            assert window.send(path, {}).status_code in (400, 404)
        for after in ("", "x", "-1", "1e9", "9" * 40):
            response = requests.get(
                f"{house.url}/visitor/api/events",
                params={"after": after},
                headers=own,
                timeout=ANSWER_WITHIN_SECONDS,
            )
            assert (response.status_code, response.json()["error"]) == (400, "malformed"), after

    def test_entering_takes_a_placement_and_nothing_else(self, house: House) -> None:
        for body in ({}, {"placement": "nowhere"}, {"placement": 1}, {"placement": "default", "token": "x"}):
            response = requests.post(
                f"{house.url}/visitor/api/enter", json=body, timeout=ANSWER_WITHIN_SECONDS
            )
            assert response.status_code in (400, 422), response.text


class TestRawFrames:
    """What a socket can be told below the level of events."""

    FRAMES = (
        "not a packet",
        "4",
        "42",
        "42/visitor",
        "42/visitor,{",
        "42/visitor,[]",
        "42/visitor,[1]",
        "42/visitor,[{}]",
        "42/visitor,[null,{}]",
        '42/visitor,["sync"]',
        '42/visitor,["sync",{"after":0}',
        '42/nowhere,["sync",{"after":0}]',
        '42/operator,["snapshot",{}]',
        "43/visitor,1[]",
        "44/visitor,{}",
        "451-",
        '459999999999-/visitor,["post",{"_placeholder":true,"num":0}]',
        '451-/visitor,["post",{"_placeholder":true,"num":7}]',
        "46",
        "9",
        "\x00",
        "[" * 60_000,
        "4" + "[" * 60_000,
        "42/visitor," + "[" * 60_000,
    )

    @pytest.mark.parametrize("frame", FRAMES, ids=lambda frame: frame[:30])
    def test_it_is_ignored_or_ends_the_connection(self, house: House, frame: str) -> None:
        with RawPage(house, house.window().token) as raw:
            raw.send(frame)
            raw.sync_or_end()
        assert_alive(house)

    @pytest.mark.parametrize("frame", [b"", b"\x00", b"\xff" * 1000, b"4", b"b"])
    def test_so_are_bytes(self, house: House, frame: bytes) -> None:
        with RawPage(house, house.window().token) as raw:
            raw.send(frame)
            raw.sync_or_end()
        assert_alive(house)

    def test_joining_a_second_time_ends_the_connection_or_does_nothing(self, house: House) -> None:
        token = house.window().token
        with RawPage(house, token) as raw:
            raw.send("40/visitor," + json.dumps({"token": token}))
            raw.sync_or_end()
        # Nothing of it is left that would count against the visitor's sockets.
        for _ in range(4):
            house.visitor(token).do("sync", after=0)

    @pytest.mark.parametrize("argument", [{}, {"token": "x" * 43}, None, "client namespace disconnect"])
    def test_an_event_called_connect_does_nothing(self, house: House, argument: Any) -> None:
        visitor = house.visitor()
        assert visitor.send_raw("connect", argument)["error"] == "malformed"
        assert visitor.do("sync", after=0)

    def test_an_event_called_disconnect_is_taken_at_its_word(self, house: House) -> None:
        """Nobody stays in the rooms as a listener whom the server has forgotten."""
        for page in (house.visitor(), house.workplace(house.hire("Anna"))):
            page.send("disconnect", "client disconnect")
            page.wait_until_disconnected()


class RawPage:
    """A chat window's connection, frame by frame."""

    def __init__(self, house: House, token: str) -> None:
        address = f"ws://localhost:{house.server.port}/socket.io/?EIO=4&transport=websocket"
        self._socket = websocket.create_connection(address, origin=house.url, timeout=ANSWER_WITHIN_SECONDS)
        self._receive("0")
        self.send("40/visitor," + json.dumps({"token": token}))
        self._receive("40/visitor")

    def send(self, frame: str | bytes) -> None:
        self._socket.send(frame, websocket.ABNF.OPCODE_BINARY if isinstance(frame, bytes) else 1)

    def sync_or_end(self) -> None:
        """A command is answered as ever, or the server has ended the connection."""
        try:
            self.send('42/visitor,7["sync",{"after":0}]')
            self._receive("43/visitor,7")
        except (websocket.WebSocketException, ConnectionError):
            return

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.shutdown()

    def _receive(self, beginning: str) -> str:
        while True:
            frame = self._socket.recv()
            if not frame and not self._socket.connected:
                raise websocket.WebSocketConnectionClosedException
            if isinstance(frame, str) and frame.startswith(beginning):
                return frame
