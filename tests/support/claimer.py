"""A process that gives out waiting chats as fast as it can: `python -m tests.support.claimer <url> <directory>`.

It says `ready`, begins at a line of input, and ends when there is nothing more to give.
"""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from actions.assignment import claim, plan_assignments
from clock import system_now
from models import db
from models.database import unit_of_work
from tests.support.databases import config_for, storage_app

WORKERS = 4


def main() -> None:
    url, directory = sys.argv[1:]
    app = storage_app(config_for(url, Path(directory)))

    def work() -> None:
        with app.app_context():
            serve()

    print("ready", flush=True)
    sys.stdin.readline()
    with ThreadPoolExecutor(WORKERS) as pool:
        for running in [pool.submit(work) for _ in range(WORKERS)]:
            running.result()
    with app.app_context():
        db.engine.dispose()


def serve() -> None:
    """Claims lost to others are planned anew, until a plan is empty."""
    while True:
        session = db.session()
        session.rollback()
        decisions = plan_assignments(session)
        session.rollback()
        if not decisions:
            return
        for decision in decisions:
            with unit_of_work(session):
                claim(session, decision, system_now())


if __name__ == "__main__":
    main()
