"""Workers: each leases what waits and gives every piece a greenlet of its own, so that nobody waits for another."""

from typing import ClassVar, Generic, TypeVar

import gevent
import structlog
from flask import Flask
from gevent.event import Event
from gevent.pool import Pool
from sqlalchemy.orm import Session

from actions.events import Event as Happened
from config import Config
from models import db
from models.database import unit_of_work

log = structlog.get_logger(__name__)

LOOK_EVERY_SECONDS = 5
"""What another process wrote, or whose pause is over, is found by looking."""

Piece = TypeVar("Piece")


class Worker(Generic[Piece]):
    """The loop; a subclass says what it leases and how a piece is worked on."""

    name: ClassVar[str]
    wakes_on: ClassVar[type[Happened]]
    most_at_once: ClassVar[int]

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.config: Config = app.config["OTVET"]
        self._moved = Event()
        self._greenlets = Pool(self.most_at_once)

    def start(self) -> None:
        """Begin; called once in a serving process."""
        gevent.spawn(self._run)

    def notice(self, happened: Happened) -> None:
        """Something was written in this process."""
        if isinstance(happened, self.wakes_on):
            self._moved.set()

    def is_needed(self, session: Session) -> bool:
        """Whether there is anything to lease: a look that keeps nobody from writing."""
        raise NotImplementedError

    def lease(self, session: Session, most: int) -> list[Piece]:
        """Take as much as there are hands for."""
        raise NotImplementedError

    def work(self, piece: Piece) -> None:
        """Do it, outside of any transaction, and write down what came of it."""
        raise NotImplementedError

    def _run(self) -> None:
        while True:
            try:
                with self.app.app_context():
                    pieces = self._lease()
                for piece in pieces:
                    self._greenlets.spawn(self._work, piece)
            except Exception:
                log.exception("worker.failed", worker=self.name)
            self._moved.wait(LOOK_EVERY_SECONDS)
            self._moved.clear()

    def _lease(self) -> list[Piece]:
        free = self._greenlets.free_count()
        if not free or not self.is_needed(db.session()):
            return []
        with unit_of_work() as session:
            return self.lease(session, free)

    def _work(self, piece: Piece) -> None:
        try:
            self.work(piece)
        except Exception:
            # The lease runs out by itself; nobody else is stopped.
            log.exception("worker.broken", worker=self.name)
        # A hand is free again.
        self._moved.set()
