"""How long a message takes (T9, T10, T14) and a chat needs to its operator (QLT-2), at loads that leave time."""

import asyncio
import time
from collections.abc import Sequence
from statistics import median

from bench.findings import Bar, Finding
from bench.load import Load, Measured, Pair, new_client_id, quantile
from bench.servers import cpu_seconds
from bench.wire import Seat, body_of, connect
from tests.support.server import ServerProcess

CROWD_PAIRS = 500
CROWD_RATE = 300
CROWD_SECONDS = 5
CALM_PAIRS = 10
CALM_RATE = 100
CALM_SECONDS = 6
WARM_UP_SECONDS = 3
ANSWER_SECONDS = 10
FASTEST_PEERS_POLL_SECONDS = 2.0


def crowd(
    product: tuple[ServerProcess, Sequence[Pair]],
    reference: tuple[ServerProcess, Sequence[Pair]],
    rounds: int,
) -> list[Finding]:
    """1 000 sockets and 300 messages a second, here and on Flask-SocketIO's own way, in turn."""
    ours, theirs = [], []
    for number in range(rounds):
        for name, (server, pairs), found in (
            ("product", product, ours),
            ("Flask-SocketIO echo", reference, theirs),
        ):
            used = cpu_seconds(server)
            measured = asyncio.run(_open_loop(pairs[:CROWD_PAIRS], CROWD_RATE, CROWD_SECONDS))
            found.append(measured)
            used = cpu_seconds(server) - used
            print(f"  round {number + 1}  {name:28} ack {_shown(measured.acknowledged)}  {used:.1f} CPU-s")
    own_p99 = [quantile(measured.acknowledged, 0.99) for measured in ours]
    other_p99 = [quantile(measured.acknowledged, 0.99) for measured in theirs]
    own_p50 = [quantile(measured.acknowledged, 0.5) for measured in ours]
    against = median(own / other for own, other in zip(own_p99, other_p99, strict=True))
    spread = median(slow / usual for slow, usual in zip(own_p99, own_p50, strict=True))
    detail = f"p99 {1000 * median(own_p99):.1f} / {1000 * median(other_p99):.1f} ms"
    return [
        Finding(
            Bar("T9", "ack p99 / Flask-SocketIO echo's, 1 000 sockets", 0.15, is_floor=False), against, detail
        ),
        Finding(Bar("T10", "ack p99 / p50 in the same run", 10, is_floor=False), spread),
    ]


def calm(pairs: Sequence[Pair]) -> Finding:
    """Delivery at low load, as a part of the poll interval of the fastest peer that polls."""
    measured = asyncio.run(_open_loop(pairs[:CALM_PAIRS], CALM_RATE, CALM_SECONDS))
    value = quantile(measured.delivered, 0.99) / FASTEST_PEERS_POLL_SECONDS
    bar = Bar("T14", "delivery p99 at low load / 2 s between polls", 0.01, is_floor=False)
    return Finding(bar, value, f"delivered {_shown(measured.delivered)}")


def arrivals(server: ServerProcess, cookies: Sequence[str], tokens: Sequence[str]) -> Finding:
    """From a visitor's start to the screen of the operator who got the chat, against a message's way there."""
    started, sent = asyncio.run(_arrivals(server.port, cookies, tokens))
    value = median(started) / median(sent)
    bar = Bar("QLT-2", "a chat's way to its operator / a message's", 3, is_floor=False)
    return Finding(bar, value, f"medians {1000 * median(started):.1f} / {1000 * median(sent):.1f} ms")


async def _open_loop(pairs: Sequence[Pair], rate: float, seconds: float) -> Measured:
    async with Load(pairs) as load:
        return await load.open_loop(rate, WARM_UP_SECONDS, seconds)


async def _arrivals(
    port: int, cookies: Sequence[str], tokens: Sequence[str]
) -> tuple[list[float], list[float]]:
    heard: asyncio.Queue[tuple[str, dict[str, object], float]] = asyncio.Queue()

    def hear(packet: str) -> None:
        at = time.perf_counter()
        _, (name, payload) = body_of(packet, "42/operator,")
        heard.put_nowait((name, payload, at))

    seats = [Seat(port, "/operator", cookie=cookie) for cookie in cookies]
    sockets = [await connect(seat, hear) for seat in seats]
    started, sent = [], []
    for token in tokens:
        answers: asyncio.Queue[str] = asyncio.Queue()
        visitor = await connect(Seat(port, "/visitor", {"token": token}), answers.put_nowait)
        began = time.perf_counter()
        start = {"client_id": new_client_id(), "placement": "default", "first_question": "Hello?"}
        visitor.command("start", {**start, "language": "en"}, 1)
        chat, at = await _until(heard, "assigned")
        started.append(at - began)
        began = time.perf_counter()
        visitor.command("post", {"chat": chat, "client_id": new_client_id(), "body": "Are you there?"}, 2)
        _, at = await _until(heard, "change", with_body="Are you there?")
        sent.append(at - began)
        visitor.close()
    for socket in sockets:
        socket.close()
    return started, sent


async def _until(
    heard: asyncio.Queue[tuple[str, dict[str, object], float]], wanted: str, *, with_body: str = ""
) -> tuple[object, float]:
    async with asyncio.timeout(ANSWER_SECONDS):
        while True:
            name, payload, at = await heard.get()
            if name == wanted and with_body in str(payload):
                return payload["chat"], at


def _shown(seconds: Sequence[float]) -> str:
    return f"p50 {1000 * quantile(seconds, 0.5):.1f} ms, p99 {1000 * quantile(seconds, 0.99):.1f} ms"
