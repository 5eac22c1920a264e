"""Load on one server: pairs of a visitor and an operator, and messages that go from the one to the other."""

import asyncio
import math
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count

from bench.wire import Seat, WireSocket, connect

BODY = "Good morning! Does the treadmill fit into a niche of 80 by 90 cm when it is folded?"
CONNECTING_AT_ONCE = 20
REST_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Pair:
    """Two seats of one room, and the event that the visitor sends there."""

    visitor: Seat
    operator: Seat
    sends: str
    hears: str
    fields: dict[str, str]


@dataclass(slots=True)
class Measured:
    """What a window of time has shown."""

    seconds: float = 0.0
    messages: int = 0
    acknowledged: list[float] = field(default_factory=list)
    delivered: list[float] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return self.messages / self.seconds


def quantile(values: Sequence[float], part: float) -> float:
    """The value that this part of all does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(part * len(ordered)) - 1)]


class Talker:
    """One pair at work: one message under way at most; acknowledged and delivered, it is done."""

    def __init__(self, pair: Pair, done: Callable[["Talker"], None]) -> None:
        self._pair = pair
        self._done = done
        self._sent = 0
        self._sent_at = 0.0
        self._missing = 0
        self._visitor: WireSocket | None = None
        self._operator: WireSocket | None = None
        self._ack = self._event = ""
        self.measured: Measured | None = None

    async def connect(self) -> None:
        self._visitor = await connect(self._pair.visitor, self._hear_as_visitor)
        self._operator = await connect(self._pair.operator, self._hear_as_operator)
        self._ack = self._visitor.ack
        self._event = f'{self._operator.event}["{self._pair.hears}"'

    def close(self) -> None:
        for socket in (self._visitor, self._operator):
            if socket is not None:
                socket.close()

    @property
    def is_busy(self) -> bool:
        return self._missing > 0

    def say(self, since: float | None = None) -> None:
        """Send the next message; its time counts from when it was meant to go."""
        assert self._visitor is not None
        self._sent += 1
        self._missing = 2
        self._sent_at = time.perf_counter() if since is None else since
        fields = {**self._pair.fields, "client_id": new_client_id(), "body": BODY}
        self._visitor.command(self._pair.sends, fields, self._sent)

    def _hear_as_visitor(self, packet: str) -> None:
        if not packet.startswith(self._ack) or not self._missing:
            return
        if self.measured is not None:
            self.measured.acknowledged.append(time.perf_counter() - self._sent_at)
            if '"ok":true' not in packet:
                self.measured.refused.append(packet)
        self._step()

    def _hear_as_operator(self, packet: str) -> None:
        if not packet.startswith(self._event) or not self._missing:
            return
        if self.measured is not None:
            self.measured.delivered.append(time.perf_counter() - self._sent_at)
        self._step()

    def _step(self) -> None:
        self._missing -= 1
        if not self._missing:
            if self.measured is not None:
                self.measured.messages += 1
            self._done(self)


def new_client_id() -> str:
    """A UUID's form without its price; unique among all runs on a database."""
    return f"{_RUN:08x}-0000-4000-8000-{next(_numbers):012x}"


_RUN = time.time_ns() & 0xFFFFFFFF
_numbers = count(1)


class Load:
    """Pairs connected to one server; each `Load` begins with fresh connections."""

    def __init__(self, pairs: Sequence[Pair]) -> None:
        self._goes_on = False
        self._talkers = deque(Talker(pair, self._done) for pair in pairs)

    async def __aenter__(self) -> "Load":
        gate = asyncio.Semaphore(CONNECTING_AT_ONCE)

        async def enter(talker: Talker) -> None:
            async with gate:
                await talker.connect()

        await asyncio.gather(*(enter(talker) for talker in self._talkers))
        return self

    async def __aexit__(self, *_: object) -> None:
        for talker in self._talkers:
            talker.close()
        await asyncio.sleep(0)

    async def closed_loop(
        self, warm_up: float, seconds: float, begun: Callable[[], None] = lambda: None
    ) -> Measured:
        """Every pair sends its next message as soon as the last one is done."""
        self._goes_on = True
        for talker in self._talkers:
            talker.say()
        await asyncio.sleep(warm_up)
        measured = Measured()
        begun()
        self._measure(measured)
        began = time.perf_counter()
        await asyncio.sleep(seconds)
        measured.seconds = time.perf_counter() - began
        self._measure(None)
        self._goes_on = False
        await self._rest()
        return measured

    async def open_loop(self, rate: float, warm_up: float, seconds: float) -> Measured:
        """So many messages a second from all pairs together, in turn; late ones count from when they were due."""
        measured = Measured()
        began = time.perf_counter()
        for number in range(int(rate * (warm_up + seconds))):
            due = began + number / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            if due - began >= warm_up and not measured.seconds:
                measured.seconds = seconds
                self._measure(measured)
            (await self._next_talker()).say(since=due)
        await self._rest()
        self._measure(None)
        return measured

    async def _next_talker(self) -> Talker:
        """Whose turn it is; where all are busy, the message waits and its time runs."""
        deadline = time.perf_counter() + REST_SECONDS
        while True:
            for _ in range(len(self._talkers)):
                self._talkers.rotate(-1)
                if not self._talkers[-1].is_busy:
                    return self._talkers[-1]
            if time.perf_counter() > deadline:
                raise RuntimeError("no message is done any more")
            await asyncio.sleep(0.001)

    def _under_way(self) -> int:
        return sum(talker.is_busy for talker in self._talkers)

    def _measure(self, measured: Measured | None) -> None:
        for talker in self._talkers:
            talker.measured = measured

    def _done(self, talker: Talker) -> None:
        if self._goes_on:
            talker.say()

    async def _rest(self) -> None:
        """Until nothing is under way; a message that never ends is a fault of the server."""
        deadline = time.perf_counter() + REST_SECONDS
        while self._under_way():
            if time.perf_counter() > deadline:
                raise RuntimeError(f"{self._under_way()} messages were not both acknowledged and delivered")
            await asyncio.sleep(0.01)


def echo_pairs(port: int, count: int) -> list[Pair]:
    """Rooms of a reference server."""
    return [
        Pair(
            visitor=Seat(port, "/", {"room": f"room{number}"}),
            operator=Seat(port, "/", {"room": f"room{number}"}),
            sends="message",
            hears="message",
            fields={},
        )
        for number in range(count)
    ]
