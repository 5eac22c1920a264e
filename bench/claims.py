"""Assignment with its database (T17): eight processes serve one queue on PostgreSQL, against one alone.

Started as `python -m bench.claims` it is one of the processes: it serves the queue as the product's loop does.
"""

import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from sqlalchemy import func, select, update

from actions.assignment import Snapshot, claim, look
from bench.crowd import Crowd
from bench.findings import Bar, Finding
from models import Chat, db
from models.database import of_one_moment, unit_of_work, writing
from models.settings import load_settings
from tests.support.databases import config_for, storage_app

ROOT = Path(__file__).resolve().parents[1]
OPERATORS = 40
WORKERS = 8
DONE_WITHIN_SECONDS = 60
WARM_UP_CLAIMS = 6
"""Undone again."""


def measure(url: str, directory: Path, rounds: int) -> list[Finding]:
    """As many waiting chats as there are places: all must find one, and nobody may get too many."""
    crowd = Crowd(url, directory, auto_assignment=True)
    crowd.operators(OPERATORS)
    with crowd.app.app_context():
        limit = load_settings(db.session()).max_chats_per_operator
    crowd.waiting(OPERATORS * limit)
    alone, together, above, unserved = [], [], 0, 0
    for _ in range(rounds):
        for count, rates in ((1, alone), (WORKERS, together)):
            rates.append(OPERATORS * limit / _seconds(url, directory, count))
            most, waiting = _outcome(crowd)
            above += most > limit
            unserved += waiting
    crowd.close()
    value = median(own / other for own, other in zip(together, alone, strict=True))
    detail = f"{median(together):,.0f} / {median(alone):,.0f} a second"
    return [
        Finding(Bar("T17", "claims of 8 processes / of one", 1.5), value, detail),
        Finding(Bar("T17", "operators above their limit", 0, is_floor=False), above),
        Finding(Bar("T17", "chats left waiting beside a free place", 0, is_floor=False), unserved),
    ]


def _seconds(url: str, directory: Path, count: int) -> float:
    """From the sign to begin until the last process finds nothing more to do."""
    command = [sys.executable, "-m", "bench.claims", url, str(directory)]
    workers = [
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(count)
    ]
    try:
        for worker in workers:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "ready\n"
        began = time.perf_counter()
        for worker in workers:
            assert worker.stdin is not None
            worker.stdin.close()
        for worker in workers:
            worker.wait(DONE_WITHIN_SECONDS)
        return time.perf_counter() - began
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()


def _outcome(crowd: Crowd) -> tuple[int, int]:
    """The most chats that an operator has, and how many wait; then the queue stands again as it stood."""
    with crowd.app.app_context(), unit_of_work() as session:
        loads = (
            select(func.count().label("load")).where(Chat.operator_id.is_not(None)).group_by(Chat.operator_id)
        )
        most = session.scalar(select(func.max(loads.subquery().c.load))) or 0
        waiting = session.scalar(select(func.count()).where(Chat.operator_id.is_(None))) or 0
        session.execute(update(Chat).values(operator_id=None, assigned_at=None, tried_operator_ids=None))
    return most, waiting


def work(url: str, directory: Path) -> None:
    """Serve the queue until nothing more can be served."""
    app = storage_app(config_for(url, directory))
    with app.app_context():
        # What a serving process has behind it: statements compiled, plans made, a connection open.
        for _ in range(WARM_UP_CLAIMS):
            snapshot = _look()
            with writing() as session:
                claim(session, snapshot, datetime.now(UTC))
                session.rollback()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.read()
        waits = False
        while (snapshot := _look()).decisions:
            with unit_of_work() as session:
                waits = not (claim(session, snapshot, datetime.now(UTC), waits=waits) or waits)


def _look() -> Snapshot:
    with of_one_moment() as session:
        return look(session)


if __name__ == "__main__":
    work(sys.argv[1], Path(sys.argv[2]))
