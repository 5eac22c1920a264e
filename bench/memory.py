"""What an idle connection costs (T11): the growth of a fresh process from 200 sockets to 1 000."""

import asyncio
from collections.abc import Sequence

from bench.findings import Bar, Finding
from bench.load import Load, Pair
from bench.servers import resident_bytes
from tests.support.server import ServerProcess

FIRST_PAIRS = 100
"""They pay for what a process needs once."""
PAIRS = 500


def idle(
    product: tuple[ServerProcess, Sequence[Pair]], reference: tuple[ServerProcess, Sequence[Pair]]
) -> Finding:
    """Ours against a bare Flask-SocketIO; both on gevent, both just started."""
    ours, theirs = (asyncio.run(_per_connection(*side)) for side in (product, reference))
    detail = f"{ours / 1024:.1f} / {theirs / 1024:.1f} KiB"
    return Finding(
        Bar("T11", "memory of an idle connection / bare", 1.2, is_floor=False), ours / theirs, detail
    )


async def _per_connection(server: ServerProcess, pairs: Sequence[Pair]) -> float:
    async with Load(pairs[:FIRST_PAIRS]):
        before = resident_bytes(server)
        async with Load(pairs[FIRST_PAIRS:PAIRS]):
            return (resident_bytes(server) - before) / (2 * (PAIRS - FIRST_PAIRS))
