"""A real server in a process of its own, as `make run` (or `make demo`) starts it."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Self

ROOT = Path(__file__).resolve().parents[2]
DEMO = ("-m", "flask", "--app", "app", "demo")
READY_WITHIN_SECONDS = 60
STOP_WITHIN_SECONDS = 15


def free_port() -> int:
    """A port nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class ServerProcess:
    """One Otvet process; `kill` and `start` again keep its port and its data."""

    def __init__(
        self,
        data_dir: Path,
        database_url: str = "",
        *,
        entry: Sequence[str] = ("serve.py",),
        with_shop: bool = False,
        **environment: str,
    ) -> None:
        self.port, self.shop_port = free_port(), free_port()
        self.url = f"http://localhost:{self.port}"
        self.shop_url = f"http://localhost:{self.shop_port}"
        self.data_dir = data_dir
        self._arguments = [*entry, *(["--with-shop"] if with_shop else [])]
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(data_dir),
            "PYTHONUNBUFFERED": "1",
            "SECRET_KEY": secrets.token_urlsafe(48),
            "PORT": str(self.port),
            "SHOP_PORT": str(self.shop_port),
            "BASE_URL": self.url,
            "TRUSTED_HOSTS": "localhost,127.0.0.1",
            "DATA_DIR": str(data_dir),
            "DATABASE_URL": database_url,
            "LOG_LEVEL": "INFO",
            # Named, so that a developer's .env cannot reach into tests.
            "REDIS_URL": "",
            "SMTP_URL": "",
            "MAIL_FROM": "",
            "TRUSTED_PROXIES": "",
            **environment,
        }
        self._log_path = data_dir / "server.log"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def log(self) -> str:
        """All that the process has said so far."""
        return self._log_path.read_text(errors="replace") if self._log_path.exists() else ""

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start the process and return when it is ready to serve."""
        assert self._process is None, "the server runs already"
        with self._log_path.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, *self._arguments],
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._wait_until_ready()

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Ask the process to end, as a service manager does or as Ctrl-C, and return its exit status."""
        return self._end(how)

    def kill(self) -> int:
        """End the process at once, as a crash would."""
        return self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> int:
        process, self._process = self._process, None
        if process is None:
            return 0
        process.send_signal(how)
        try:
            return process.wait(STOP_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError(
                f"the server did not stop within {STOP_WITHIN_SECONDS} s:\n{self.log}"
            ) from None

    def _wait_until_ready(self) -> None:
        assert self._process is not None
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while not self._is_ready():
            try:
                status = self._process.wait(timeout=0.05)
            except subprocess.TimeoutExpired:
                status = None
            if status is not None or time.monotonic() > deadline:
                self.kill()
                raise AssertionError(f"the server did not become ready (exit status {status}):\n{self.log}")

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/ready", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False
