"""A page that only listened shows what a page shows that was opened just now: snapshot + events = fresh snapshot.

The events are those of a real server, what is made of them is the pages' own code.
"""

import json
import random
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from models import Operator
from tests.realtime.conftest import House, new_id
from tests.support.clients import SocketClient

REPLAY = Path(__file__).parents[1] / "support" / "replay.mjs"
STEPS = 70
Heard = list[tuple[str, dict[str, Any]]]


def replay(page: str, heard: Heard) -> dict[str, Any]:
    node = shutil.which("node")
    assert node, "the pages' scripts need Node to run here"
    run = subprocess.run(
        [node, str(REPLAY)],
        input=json.dumps({"page": page, "heard": heard}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    state: dict[str, Any] = json.loads(run.stdout)
    return state


class History:
    """Visitors and operators who do at random whatever they can."""

    def __init__(self, house: House, seed: int) -> None:
        self.dice = random.Random(seed)
        self.house = house
        sales = house.department()
        self.department = sales
        self.operators = [house.hire(name, departments=[sales]) for name in ("Anna", "Boris")]
        head = house.hire("Head", supervised_departments=[sales])
        chief = house.hire("Chief", is_admin=True)
        self.people: list[Operator] = [*self.operators, head, chief]
        self.pages = [house.workplace(person) for person in self.people]
        self.visitors = [house.visitor() for _ in range(3)]
        self.chats: dict[int, str] = {}

    def step(self) -> None:
        kinds = [
            "start",
            "visitor",
            "visitor",
            "operator",
            "operator",
            "read",
            "take",
            "redirect",
            "close",
            "status",
        ]
        getattr(self, f"_{self.dice.choice(kinds)}")()

    def _some_chat(self) -> tuple[SocketClient, str]:
        number = self.dice.randrange(len(self.visitors))
        return self.visitors[number], self.chats.get(number, "A" * 22)

    def _start(self) -> None:
        number = self.dice.randrange(len(self.visitors))
        question = self.dice.choice(["Hello?", "🙂" * 200, "First line\nsecond line"])
        self.chats[number] = self.house.begin(self.visitors[number], question, department=self.department.key)

    def _visitor(self) -> None:
        visitor, chat = self._some_chat()
        visitor.call(
            "post", chat=chat, client_id=new_id(), body=self.dice.choice(["One", "x" * 300, "a\n\nb"])
        )

    def _operator(self) -> None:
        _, chat = self._some_chat()
        for page in self.pages:
            if page.call("post", chat=chat, client_id=new_id(), body="Answer")["ok"]:
                return

    def _read(self) -> None:
        visitor, chat = self._some_chat()
        for page in (visitor, *self.pages):
            page.call("read", chat=chat, seq=self.dice.randrange(1, 9))

    def _take(self) -> None:
        _, chat = self._some_chat()
        self.dice.choice(self.pages).call(self.dice.choice(["take", "take", "take_over"]), chat=chat)

    def _redirect(self) -> None:
        _, chat = self._some_chat()
        aim = self.dice.choice(
            [{"department": None}, {"department": self.department.id}, {"operator": self.operators[0].id}]
        )
        self.dice.choice(self.pages).call("redirect", chat=chat, **aim)

    def _close(self) -> None:
        visitor, chat = self._some_chat()
        if self.dice.random() < 0.5:
            visitor.call("close", chat=chat)

    def _status(self) -> None:
        self.dice.choice(self.pages).call(
            "set_status", status=self.dice.choice(["online", "online", "lunch", "offline"])
        )

    def end(self) -> None:
        """Everybody has heard all that happened when they have heard of what happened last."""
        newcomer = self.house.hire("Fence")
        self.house.browser(newcomer)
        for page in self.pages:
            page.wait_for("operator", lambda operator: operator["id"] == newcomer.id)
        for number, visitor in enumerate(self.visitors):
            with suppress(KeyError):
                last = visitor.do("sync", after=0)["revision"]
                assert self.chats[number]
                visitor.wait_for("change", lambda change, last=last: change["revision"] >= last)


@pytest.mark.parametrize("seed", [0, 5, 11])
def test_what_the_pages_made_of_events_is_what_a_fresh_one_shows(house: House, seed: int) -> None:
    history = History(house, seed)
    first = [page.do("snapshot") for page in history.pages]
    entered = [visitor.do("sync", after=0) for visitor in history.visitors]
    for _ in range(STEPS):
        history.step()
    history.end()
    own = {str(person.id) for person in history.people}
    for page, snapshot in zip(history.pages, first, strict=True):
        assert_workplace(page, snapshot, own)
    for visitor, answer in zip(history.visitors, entered, strict=True):
        assert_window(visitor, answer)


def assert_workplace(page: SocketClient, snapshot: dict[str, Any], people: set[str]) -> None:
    heard: Heard = [("snapshot", snapshot), *page.events]
    state = replay("workplace", heard)
    # What the page itself finds missing it asks for, as it does in the browser.
    for chat, wanted in state["wants"].items():
        heard.append(("synced", page.do("sync", chat=chat, after=wanted["after"])))
    state = replay("workplace", heard)
    assert state["wants"] == {}
    fresh = page.do("snapshot")
    shown = {name: chat for name, chat in state["chats"].items() if chat["state"] in ("queue", "chatting")}
    stored = {chat["id"]: chat for chat in fresh["chats"]}
    assert shown.keys() == stored.keys()
    assert not [difference for name in stored for difference in differences(shown[name], stored[name])]
    # Those of earlier tests may be leaving at this moment.
    shown, stored = state["operators"], {str(one["id"]): one for one in fresh["operators"]}
    assert {name: shown[name] for name in people} == {name: stored[name] for name in people}
    assert (state["me"], state["settings"]) == (fresh["me"], fresh["settings"])


def differences(shown: dict[str, Any], stored: dict[str, Any]) -> list[str]:
    names = sorted(shown.keys() | stored.keys())
    return [
        f"{name}: shown {shown.get(name)}, stored {stored.get(name)}"
        for name in names
        if shown.get(name) != stored.get(name)
    ]


def assert_window(visitor: SocketClient, entered: dict[str, Any]) -> None:
    heard: Heard = [("sync", entered), *visitor.events]
    log = replay("visitor", heard)
    assert not log["needsSync"]
    fresh = visitor.do("sync", after=0)
    for chat in fresh["chats"]:
        assert log["chats"][chat["id"]] == chat
        assert log["messages"].get(chat["id"], []) == fresh["messages"]
    assert log["revision"] == fresh["revision"]
