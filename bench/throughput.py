"""The message path (T1-T5, T8): as many messages as each server carries, from 100 visitors to 100 operators at once."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bench.findings import Finding, ratio
from bench.load import Load, Pair
from bench.servers import cpu_seconds
from tests.support.server import ServerProcess

PAIRS = 100
WARM_UP_SECONDS = 0.7
SECONDS = 2.5


@dataclass(slots=True)
class Contender:
    """A server, the pairs that load it, and what it has reached in each round."""

    server: ServerProcess
    pairs: Sequence[Pair]
    besides: Sequence[ServerProcess] = ()
    """Further processes that share its work."""
    per_second: list[float] = field(default_factory=list)
    per_cpu_second: list[float] = field(default_factory=list)

    async def take_part(self) -> None:
        used = 0.0

        def begin() -> None:
            nonlocal used
            used = self._cpu_seconds()

        async with Load(self.pairs[:PAIRS]) as load:
            measured = await load.closed_loop(WARM_UP_SECONDS, SECONDS, begin)
            used = self._cpu_seconds() - used
        if measured.refused:
            raise RuntimeError(f"refused: {measured.refused[0]}\n{self.server.log}")
        self.per_second.append(measured.per_second)
        self.per_cpu_second.append(measured.messages / used)

    def _cpu_seconds(self) -> float:
        return sum(cpu_seconds(server) for server in (self.server, *self.besides))


def measure(contenders: Mapping[str, Contender], rounds: int) -> list[Finding]:
    load(contenders, rounds)
    return [
        _ratio(contenders, "T1", "full path / bare room echo", 0.5, "product", "bare echo"),
        _ratio(contenders, "T2", "full path / Flask-SocketIO echo", 1.0, "product", "Flask-SocketIO echo"),
        _ratio(contenders, "QLT-1", "full path / bare insert", 1.0, "product", "bare insert"),
        _ratio(contenders, "T3", "full path / ORM per event", 4.0, "product", "ORM per event"),
        _ratio(contenders, "T4", "PostgreSQL / bare room echo", 0.5, "product, PostgreSQL", "bare echo"),
        _ratio(
            contenders,
            "T5",
            "PostgreSQL / ORM on it",
            6.0,
            "product, PostgreSQL",
            "ORM per event, PostgreSQL",
        ),
        _ratio(contenders, "T8", "synchronous FULL / NORMAL", 0.85, "product", "product, NORMAL"),
    ]


def load(contenders: Mapping[str, Contender], rounds: int) -> None:
    """All in turn, round after round, so that what the machine does besides meets all of them."""
    for number in range(rounds):
        for name, contender in contenders.items():
            asyncio.run(contender.take_part())
            print(
                f"  round {number + 1}  {name:28} {contender.per_second[-1]:7,.0f} messages/s"
                f" {contender.per_cpu_second[-1]:7,.0f} per CPU-second of the server"
            )
            time.sleep(0.2)


def _ratio(
    contenders: Mapping[str, Contender], name: str, words: str, target: float, ours: str, theirs: str
) -> Finding:
    own, other = contenders[ours], contenders[theirs]
    return ratio(name, words, target, own.per_second, other.per_second)
