"""`make bench`: measures the product beside reference servers in one run and prints what reaches its bar."""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench import claims, decisions, latency, memory, processes, sizes, throughput
from bench.crowd import Crowd, Desk
from bench.findings import Finding, print_table
from bench.load import Pair, echo_pairs
from bench.postgresql import durable_postgresql
from bench.servers import product, reference
from bench.throughput import Contender
from bench.wire import Seat
from tests.support.redis import RedisServer
from tests.support.server import ServerProcess

PARTS = ("throughput", "processes", "latency", "memory", "assignment", "sizes")
QUICK_COMMIT = ("-m", "bench.quick_commit_server")
STOCK_BUS = ("-m", "bench.stock_bus_server")


def main() -> int:
    """0, or with --gate 1 when a bar was not reached."""
    options = _options()
    began = time.monotonic()
    findings: list[Finding] = []
    with _directory() as directory:
        bench = Bench(directory, options.rounds)
        for part in options.parts or PARTS:
            print(f"{part}:", flush=True)
            findings += getattr(bench, part)()
    print_table(findings)
    short = [finding for finding in findings if not finding.is_met]
    print(f"\n{len(findings) - len(short)} pass, {len(short)} short; {time.monotonic() - began:.0f} s")
    return 1 if options.gate and short else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"only these of: {', '.join(PARTS)}")
    parser.add_argument("--rounds", type=int, default=3, help="how often each side is measured")
    parser.add_argument("--gate", action="store_true", help="exit with 1 when a bar is not reached")
    options = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    return options


class Bench:
    """The parts of a run, each with fresh servers on fresh data."""

    def __init__(self, directory: Path, rounds: int) -> None:
        self._directory = directory
        self._rounds = rounds

    def throughput(self) -> list[Finding]:
        """Every server at once, loaded in turn."""
        place = self._place("throughput")
        with ExitStack() as running, durable_postgresql() as database:
            embedded, desks = _company(f"sqlite:///{place / 'full.sqlite3'}", place, throughput.PAIRS)
            quick_place = self._place("quick")
            shutil.copy(place / "full.sqlite3", quick_place / "normal.sqlite3")
            quick = product(quick_place, f"sqlite:///{quick_place / 'normal.sqlite3'}", entry=QUICK_COMMIT)
            scaled, scaled_desks = _company(database("product"), self._place("postgresql"), throughput.PAIRS)
            contenders = {
                "bare echo": _echo(reference("echo_lean", place)),
                "product": Contender(embedded, _pairs(embedded, desks)),
                "Flask-SocketIO echo": _echo(reference("echo_default", place)),
                "product, NORMAL": Contender(quick, _pairs(quick, desks)),
                "bare insert": _echo(reference("bare_insert", place, f"sqlite:///{place / 'bare.sqlite3'}")),
                "ORM per event": _echo(reference("echo_orm", place, f"sqlite:///{place / 'orm.sqlite3'}")),
                "product, PostgreSQL": Contender(scaled, _pairs(scaled, scaled_desks)),
                "ORM per event, PostgreSQL": _echo(
                    reference("echo_orm", self._place("orm"), database("reference"))
                ),
            }
            for contender in contenders.values():
                running.enter_context(contender.server)
            return throughput.measure(contenders, self._rounds)

    def processes(self) -> list[Finding]:
        """Visitors connected to one process, operators to another, with one database and one Redis."""
        with ExitStack() as running, durable_postgresql() as database:
            redis = running.enter_context(RedisServer(self._place("redis")))
            contenders = {}
            for number, (name, entry, workers) in enumerate(
                [
                    (processes.ALONE, ("serve.py",), 1),
                    (processes.OURS, ("serve.py",), 2),
                    (processes.STOCK, STOCK_BUS, 2),
                ]
            ):
                place = self._place(f"processes{number}")
                crowd = Crowd(database(f"processes{number}"), place)
                desks = crowd.desks(throughput.PAIRS, talks=1)
                crowd.close()
                shared = {"REDIS_URL": redis.url} if workers > 1 else {}
                servers = [
                    running.enter_context(product(place, crowd.url, entry=entry, **shared))
                    for _ in range(workers)
                ]
                pairs = _pairs(servers[0], desks, operators_at=servers[-1])
                contenders[name] = Contender(servers[0], pairs, besides=servers[1:])
            return processes.measure(contenders, self._rounds)

    def latency(self) -> list[Finding]:
        """A crowd of sockets, a calm hour, and chats that arrive one by one."""
        place = self._place("latency")
        server, desks = _company(f"sqlite:///{place / 'latency.sqlite3'}", place, latency.CROWD_PAIRS)
        echo = reference("echo_default", place)
        with server, echo:
            pairs = _pairs(server, desks)
            findings = latency.crowd(
                (server, pairs), (echo, echo_pairs(echo.port, latency.CROWD_PAIRS)), self._rounds
            )
            findings.append(latency.calm(pairs))
        return [*findings, self._arrivals()]

    def memory(self) -> list[Finding]:
        """Both sides just started."""
        place = self._place("memory")
        server, desks = _company(f"sqlite:///{place / 'memory.sqlite3'}", place, memory.PAIRS)
        echo = reference("echo_default", place)
        with server, echo:
            return [memory.idle((server, _pairs(server, desks)), (echo, echo_pairs(echo.port, memory.PAIRS)))]

    def assignment(self) -> list[Finding]:
        """The policy alone, then with its database."""
        findings = decisions.measure(self._rounds)
        with durable_postgresql() as database:
            return findings + claims.measure(database("claims"), self._place("claims"), self._rounds)

    def sizes(self) -> list[Finding]:
        return sizes.sizes()

    def _arrivals(self) -> Finding:
        place = self._place("arrivals")
        crowd = Crowd(f"sqlite:///{place / 'arrivals.sqlite3'}", place, auto_assignment=True)
        cookies, tokens = crowd.operators(10), crowd.visitors(40)
        crowd.close()
        with product(place, crowd.url) as server:
            return latency.arrivals(server, cookies, tokens)

    def _place(self, name: str) -> Path:
        place = self._directory / name
        place.mkdir()
        return place


def _company(url: str, place: Path, conversations: int) -> tuple[ServerProcess, list[Desk]]:
    """A server of its own with so many conversations; the caller starts it."""
    crowd = Crowd(url, place)
    desks = crowd.desks(conversations, talks=1)
    crowd.close()
    return product(place, url), desks


def _pairs(
    server: ServerProcess, desks: Sequence[Desk], operators_at: ServerProcess | None = None
) -> list[Pair]:
    return [
        Pair(
            visitor=Seat(server.port, "/visitor", {"token": desk.talks[0].token}),
            operator=Seat((operators_at or server).port, "/operator", cookie=desk.cookie),
            sends="post",
            hears="change",
            fields={"chat": desk.talks[0].chat},
        )
        for desk in desks
    ]


def _echo(server: ServerProcess) -> Contender:
    return Contender(server, echo_pairs(server.port, throughput.PAIRS))


@contextmanager
def _directory() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="otvet-bench-") as name:
        yield Path(name)


if __name__ == "__main__":
    sys.exit(main())
