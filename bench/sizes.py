"""What a page loads for us (T12, T13), against the Socket.IO client alone."""

import gzip
from pathlib import Path

from bench.findings import Bar, Finding

ROOT = Path(__file__).resolve().parents[1]
SOCKET_IO_CLIENT = ROOT / "node_modules" / "socket.io-client" / "dist" / "socket.io.min.js"
SOCKET_IO_CLIENT_BYTES = 14_800
"""Its size where Node's packages are not installed."""


def sizes() -> list[Finding]:
    """Before the visitor opens the chat (the loader; beside it one small answer), and after."""
    floor = _compressed(SOCKET_IO_CLIENT) if SOCKET_IO_CLIENT.exists() else SOCKET_IO_CLIENT_BYTES
    dist = ROOT / "static" / "dist"
    before = _compressed(dist / "button.js")
    window = sum(_compressed(dist / name) for name in ("visitor.js", "visitor.css"))
    return [
        Finding(
            Bar("T12", "loader before opening / Socket.IO client", 0.7, is_floor=False),
            before / floor,
            f"{before:,} / {floor:,} bytes gzip",
        ),
        Finding(
            Bar("T13", "chat window's script and style / Socket.IO client", 3, is_floor=False),
            window / floor,
            f"{window:,} / {floor:,} bytes gzip",
        ),
        Finding(Bar("QLT-3", "loader, bytes gzip", 4096, is_floor=False), before),
        Finding(Bar("QLT-3", "chat window, bytes gzip", 45_056, is_floor=False), window),
    ]


def _compressed(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), 9))
