"""Many at once on one database: threads with a connection each, which begin at the same moment."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from actions import presence
from actions.assignment import claim, look
from models import db
from models.database import of_one_moment, unit_of_work
from models.queries import people
from policy.facts import OperatorFacts
from policy.statuses import OperatorStatus
from tests.support.clock import SteppingClock

Work = Callable[[Session], Any]
_WAITS_FOR_ME = text(
    "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
)


class Crowd:
    def __init__(self, app: Flask) -> None:
        self._app = app

    def together(self, *works: Work) -> list[Any]:
        """What each of them gave; the first failure of one is raised."""
        start = threading.Barrier(len(works))

        def run(work: Work) -> Any:
            with self._app.app_context():
                start.wait()
                return work(db.session())

        with ThreadPoolExecutor(len(works)) as pool:
            return [running.result() for running in [pool.submit(run, work) for work in works]]

    def meanwhile(self, first: Work, second: Work) -> Any:
        """What the second gives, when it begins before the first has committed and has to wait for a lock."""
        has_begun = threading.Event()

        def holding(session: Session) -> None:
            with unit_of_work(session):
                try:
                    first(session)
                finally:
                    has_begun.set()
                wait_until_somebody_waits(session)

        def waiting(session: Session) -> Any:
            has_begun.wait()
            return second(session)

        return self.together(holding, waiting)[1]


def wait_until_somebody_waits(session: Session) -> None:
    """Return as soon as another connection waits for a lock that this one holds."""
    for _ in range(2000):
        if session.scalar(_WAITS_FOR_ME):
            return
        session.execute(text("SELECT pg_sleep(0.005)"))
    raise AssertionError("nobody waited")


def acting(session: Session, operator_id: int) -> OperatorFacts:
    person = people.person(session, operator_id)
    assert person is not None
    return people.facts_of(session, person)


def becomes(session: Session, operator_id: int, status: OperatorStatus, clock: SteppingClock) -> None:
    person = people.person(session, operator_id)
    assert person is not None
    presence.change_status(session, person, status, clock(), by_operator_id=None)


def serve_once(session: Session, clock: SteppingClock) -> bool:
    """Look and claim, waiting for whoever is in the way; whether there was anything to give."""
    with of_one_moment(session):
        snapshot = look(session)
    if snapshot.decisions:
        with unit_of_work(session):
            claim(session, snapshot, clock(), waits=True)
    return bool(snapshot.decisions)
