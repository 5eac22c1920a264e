"""A process that gives out waiting chats as fast as it can: `python -m tests.support.claimer <url> <directory>`.

It says `ready`, begins at a line of input, and ends when there is nothing more to give.
"""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from actions.assignment import claim, look
from clock import system_now
from models import db
from models.database import of_one_moment, unit_of_work
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
    """What others are giving is passed over, until only what they hold is left, and then that is waited for."""
    waits = False
    while True:
        with of_one_moment() as session:
            snapshot = look(session)
        if not snapshot.decisions:
            return
        with unit_of_work() as session:
            waits = not (claim(session, snapshot, system_now(), waits=waits) or waits)


if __name__ == "__main__":
    main()
