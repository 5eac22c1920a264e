"""Server processes of a benchmark, and what they have used of the machine."""

import os
import secrets
from pathlib import Path

from tests.support.server import ServerProcess

SECRET_KEY = secrets.token_urlsafe(48)
_LIMITS = ("LIMIT_VISITOR_MESSAGES", "LIMIT_OPERATOR_MESSAGES", "LIMIT_NEW_CHATS", "LIMIT_ENTER")
UNLIMITED = {**dict.fromkeys(_LIMITS, "100000/100000"), "LIMIT_SOCKETS": "100000"}
_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


def reference(name: str, data_dir: Path, database_url: str = "") -> ServerProcess:
    """One of bench/reference."""
    own_dir = data_dir / name
    own_dir.mkdir(exist_ok=True)
    return ServerProcess(own_dir, database_url, entry=("-m", f"bench.reference.{name}"))


def product(
    data_dir: Path,
    database_url: str,
    *,
    entry: tuple[str, ...] = ("serve.py",),
    **environment: str,
) -> ServerProcess:
    """Otvet itself, with limits that let the load of a thousand people come from one address."""
    settings = {"SECRET_KEY": SECRET_KEY, "LOG_LEVEL": "WARNING", **UNLIMITED, **environment}
    return ServerProcess(data_dir, database_url, entry=entry, **settings)


def cpu_seconds(server: ServerProcess) -> float:
    """User and system time that the process has used so far."""
    fields = Path(f"/proc/{server.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS_PER_SECOND


def resident_bytes(server: ServerProcess) -> int:
    """Memory that the process holds now."""
    return int(Path(f"/proc/{server.pid}/statm").read_text().split()[1]) * _PAGE_BYTES
