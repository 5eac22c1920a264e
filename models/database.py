"""One transaction per command, on both databases.

SQLite lets one connection write at a time and makes the others wait inside C, where a greenlet can't yield. So writers
of this process queue for their turn in Python, and only the owner of the turn says BEGIN IMMEDIATE; readers never wait
(WAL).
"""

import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from pathlib import Path
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import TimeoutError as NoTurn
from sqlalchemy.orm import Session

from models.base import db

WRITE_TURN_SECONDS = 20
"""Longer than any transaction takes: who waits longer is refused and tries again instead of hanging for good."""

T = TypeVar("T")
_writes: ContextVar[bool] = ContextVar("writes", default=False)


def off_the_hub(work: Callable[[], T]) -> T:
    """Do blocking work (an fsync, a password hash) without stopping the other greenlets, where there are any."""
    monkey = sys.modules.get("gevent.monkey")
    if monkey is None or not monkey.is_module_patched("threading"):
        return work()
    from gevent import get_hub  # gevent is only there in a patched process

    result: T = get_hub().threadpool.apply(work)
    return result


class EmbeddedConnection(sqlite3.Connection):
    """A connection that keeps the process's one write turn from BEGIN IMMEDIATE to the end of its transaction."""

    def __init__(self, *args: Any, turn: threading.Lock, **options: Any) -> None:
        super().__init__(*args, **options)
        self._turn = turn
        self._has_turn = False

    def begin(self, *, writes: bool) -> None:
        if not writes:
            self.execute("BEGIN")
            return
        if not self._turn.acquire(timeout=WRITE_TURN_SECONDS):
            raise NoTurn("another command of this process did not end its transaction")
        self._has_turn = True
        try:
            self.execute("BEGIN IMMEDIATE")
        except BaseException:
            self._give_turn_back()
            raise

    def commit(self) -> None:
        try:
            # The fsync of a durable commit takes long enough to be felt by everybody else on the hub.
            if self._has_turn and self.in_transaction:
                off_the_hub(super().commit)
            else:
                super().commit()
        finally:
            if not self.in_transaction:
                self._give_turn_back()

    def rollback(self) -> None:
        try:
            super().rollback()
        finally:
            self._give_turn_back()

    def close(self) -> None:
        try:
            super().close()
        finally:
            self._give_turn_back()

    def _give_turn_back(self) -> None:
        if self._has_turn:
            self._has_turn = False
            self._turn.release()


def engine_options(url: str) -> dict[str, Any]:
    """Options of the engine for a database's address."""
    if not url.startswith("sqlite"):
        # Messages need one connection in a process, whatever their number; a server as installed takes 100 in all.
        return {"pool_pre_ping": True, "pool_size": 10, "max_overflow": 5}
    return {
        "pool_size": 20,
        "max_overflow": 40,
        "connect_args": {
            "factory": partial(EmbeddedConnection, turn=threading.Lock()),
            "isolation_level": None,
            "check_same_thread": False,
            "timeout": 5,
        },
    }


def _in_small_letters(value: str | bytes | float | None) -> str | bytes | float | None:
    return value.lower() if isinstance(value, str) else value


def prepare_engine(engine: Engine, *, synchronous: str = "FULL") -> None:
    """Durable and strict settings for every new connection."""
    if engine.dialect.name != "sqlite":
        return
    database = make_url(str(engine.url)).database
    if database:
        Path(database).parent.mkdir(parents=True, exist_ok=True)

    @event.listens_for(engine, "connect")
    def _connect(connection: sqlite3.Connection, _record: object) -> None:
        for pragma in (
            "journal_mode=WAL",
            f"synchronous={synchronous}",
            "foreign_keys=ON",
            "busy_timeout=5000",
        ):
            connection.execute(f"PRAGMA {pragma}").close()
        # Its own knows Latin letters only: nobody would be found by a Russian name in small ones.
        connection.create_function("lower", 1, _in_small_letters, deterministic=True)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        embedded = cast(EmbeddedConnection, connection.connection.dbapi_connection)
        embedded.begin(writes=_writes.get())


@contextmanager
def writing(session: Session | None = None) -> Iterator[Session]:
    """Whatever transaction begins inside may write; the caller commits.

    A snapshot read before is let go: decisions must not rest on it.
    """
    session = session or db.session()
    session.rollback()
    token = _writes.set(True)
    try:
        yield session
    except BaseException:
        session.rollback()
        raise
    finally:
        _writes.reset(token)


@contextmanager
def unit_of_work(session: Session | None = None) -> Iterator[Session]:
    """One command, one transaction: all of it is committed, or nothing."""
    with writing(session) as own:
        yield own
        own.commit()


@contextmanager
def of_one_moment(session: Session | None = None) -> Iterator[Session]:
    """Whatever is read inside is of one and the same moment, also where several queries ask and others write."""
    session = session or db.session()
    session.rollback()
    if session.get_bind().dialect.name != "sqlite":  # there every transaction is
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    try:
        yield session
    finally:
        session.rollback()
