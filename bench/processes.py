"""Several processes (T6, T7): what the bus between them costs, with visitors in one process and operators in the other.

Counted by CPU-second of all server processes together: as if they shared one core, whatever else the machine does.
"""

from collections.abc import Mapping

from bench import throughput
from bench.findings import Finding, ratio
from bench.throughput import Contender

ALONE, OURS, STOCK = "one process", "two, our bus", "two, stock RedisManager"


def measure(contenders: Mapping[str, Contender], rounds: int) -> list[Finding]:
    throughput.load(contenders, rounds)
    ours = contenders[OURS].per_cpu_second
    return [
        ratio("T6", "2 processes + bus / 1 without", 0.6, ours, contenders[ALONE].per_cpu_second),
        ratio("T7", "the same / stock RedisManager", 2.0, ours, contenders[STOCK].per_cpu_second),
    ]
