"""Pages of visitors and operators that keep to the protocol: an outbox, one message under way per chat, catching up.

They are loaders: each attempt and each answer goes to the journal first, and some answers are lost on purpose.
"""

import asyncio
import random
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.wire import ACK, EVENT, Refused, Seat, WireSocket, body_of, connect
from tests.faults.checker import Entry
from tests.faults.journal import Journal, Written

ANSWER_SECONDS = 10.0
SWALLOWED_PART = 0.02
"""Of the answers to messages this part never arrives, and the connection is gone with it."""
_AGAIN = {"internal", "too_fast"}


class Lost(Exception):
    """The connection ended, or no answer came: whether the command was carried out is not known."""


@dataclass(slots=True)
class Progress:
    """What all pages together have come to."""

    journal: Journal
    dice: random.Random
    total: int
    everything: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when each message has got its answer."""
    on_answer: Callable[[], None] = lambda: None
    acknowledged: int = 0
    refused: list[str] = field(default_factory=list)
    healed: int = 0
    swallowed: int = 0
    again: int = 0

    def answered(self, message: Written, answer: dict[str, Any]) -> None:
        """A message has got an answer that is final."""
        if answer["ok"]:
            self.journal.acknowledged(message, answer["seq"])
            self.acknowledged += 1
            self.again += answer["duplicate"]
        else:
            self.refused.append(f"{message.body}: {answer}")
        if self.acknowledged + len(self.refused) == self.total:
            self.everything.set()
        self.on_answer()

    @property
    def facts(self) -> dict[str, object]:
        return {
            "acknowledged": self.acknowledged,
            "answers swallowed": self.swallowed,
            "repetitions recognised": self.again,
            "gaps healed": self.healed,
        }


class Page:
    """One open page. A visitor's stands at one revision, an operator's at one for each chat: `places` names them."""

    def __init__(self, seat: Seat, chats: Sequence[str], plan: Sequence[Written], progress: Progress) -> None:
        self.log: dict[str, dict[int, Entry]] = {chat: {} for chat in chats}
        self._seat = seat
        self._is_visitor = seat.namespace == "/visitor"
        self._outboxes = {chat: deque(message for message in plan if message.chat == chat) for chat in chats}
        self._progress = progress
        places = ("",) if self._is_visitor else tuple(chats)
        self._revisions = dict.fromkeys(places, 0)
        self._heard = dict.fromkeys(places, 0)
        self._catching_up: set[str] = set()
        self.has_caught_up = asyncio.Event()
        self._socket: WireSocket | None = None
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._posts: set[int] = set()
        self._numbers = 0

    async def live(self) -> None:
        """Write everything there is to write, then go on listening until cancelled."""
        try:
            while True:
                try:
                    await self._be_connected()
                except* (Lost, Refused, OSError):
                    self.cut()
                await asyncio.sleep(self._progress.dice.uniform(0.02, 0.3))
        finally:
            self.cut()

    def cut(self) -> None:
        """The network takes the connection away."""
        self.has_caught_up.clear()
        if self._socket is not None:
            self._socket.abort()

    def shown(self) -> dict[str, list[Entry]]:
        return {chat: [entries[seq] for seq in sorted(entries)] for chat, entries in self.log.items()}

    async def _be_connected(self) -> None:
        self._socket = socket = await connect(self._seat, self._hear)
        socket.closed.add_done_callback(lambda _: self._lose())
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._until_closed(socket))
            await asyncio.gather(*(self._sync(place) for place in self._revisions))
            self.has_caught_up.set()
            for outbox in self._outboxes.values():
                tasks.create_task(self._deliver(outbox))

    async def _until_closed(self, socket: WireSocket) -> None:
        await asyncio.shield(socket.closed)
        raise Lost

    def _lose(self) -> None:
        self.has_caught_up.clear()
        answers, self._answers = self._answers, {}
        self._posts.clear()
        self._catching_up.clear()
        for answer in answers.values():
            if not answer.done():
                answer.set_exception(Lost())

    async def _deliver(self, outbox: deque[Written]) -> None:
        while outbox:
            message = outbox[0]
            self._progress.journal.attempt(message)
            payload = {"chat": message.chat, "client_id": message.client_id, "body": message.body}
            answer = await self._ask("post", payload)
            if not answer["ok"] and answer["error"] in _AGAIN:
                await asyncio.sleep(answer.get("retry_after", 0.1))
                continue
            outbox.popleft()
            self._progress.answered(message, answer)

    async def _sync(self, place: str) -> None:
        """Ask for what lies behind one's revision until nothing that was heard of is missing."""
        if place in self._catching_up:
            return
        self._catching_up.add(place)
        more = True
        while more:
            request = {"after": self._revisions[place], **({} if self._is_visitor else {"chat": place})}
            answer = await self._ask("sync", request)
            if not answer["ok"]:
                await asyncio.sleep(answer.get("retry_after", 0.1))
                continue
            self._take(answer["messages"])
            self._revisions[place] = max(self._revisions[place], answer["revision"])
            more = answer.get("more", False) or self._revisions[place] < self._heard[place]
        self._catching_up.discard(place)

    async def _ask(self, name: str, payload: dict[str, Any]) -> dict[str, Any]:
        socket = self._socket
        if socket is None or socket.closed.done():
            raise Lost
        self._numbers += 1
        self._answers[self._numbers] = answer = asyncio.get_running_loop().create_future()
        if name == "post":
            self._posts.add(self._numbers)
        socket.command(name, payload, self._numbers)
        async with asyncio.timeout(ANSWER_SECONDS):
            return await answer

    def _hear(self, packet: str) -> None:
        if packet.startswith(self._seat.prefix(ACK)):
            self._hear_answer(packet)
        elif packet.startswith(self._seat.prefix(EVENT)):
            _, (name, payload) = body_of(packet, self._seat.prefix(EVENT))
            if name == "change" and payload["chat"] in self.log:
                self._hear_change(payload)

    def _hear_answer(self, packet: str) -> None:
        number, (answer,) = body_of(packet, self._seat.prefix(ACK))
        waiting = self._answers.pop(int(number), None)
        if int(number) in self._posts and self._progress.dice.random() < SWALLOWED_PART:
            self._progress.swallowed += 1
            self._answers[int(number)] = waiting or asyncio.get_running_loop().create_future()
            self.cut()
        elif waiting is not None and not waiting.done():
            self._posts.discard(int(number))
            waiting.set_result(answer)

    def _hear_change(self, change: dict[str, Any]) -> None:
        place = "" if self._is_visitor else change["chat"]
        revision = change["revision"]
        if change["previous"] == self._revisions[place]:
            self._take(change.get("messages", ()))
            self._revisions[place] = revision
        elif revision > self._revisions[place]:
            self._heard[place] = max(self._heard[place], revision)
            self._progress.healed += 1
            healing = asyncio.ensure_future(self._sync(place))
            # A connection that is lost meanwhile is noticed by everybody else on it.
            healing.add_done_callback(lambda task: task.cancelled() or task.exception())

    def _take(self, messages: Sequence[dict[str, Any]]) -> None:
        for message in messages:
            entry = Entry(message["seq"], message["author"], message["body"])
            self.log[message["chat"]][message["seq"]] = entry
