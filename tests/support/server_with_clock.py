"""serve.py with a clock that a test puts forward: the file named by CLOCK_FILE says by how many seconds."""

from gevent import monkey

monkey.patch_all()

import os  # noqa: E402  patched modules only from here on
from datetime import UTC, datetime, timedelta  # noqa: E402
from pathlib import Path  # noqa: E402

import clock  # noqa: E402

_FILE = Path(os.environ["CLOCK_FILE"])


def shifted_now() -> datetime:
    """The machine's time and what the file says."""
    return datetime.now(UTC) + timedelta(seconds=float(_FILE.read_text()))


clock.system_now = shifted_now

import serve  # noqa: E402  takes the clock from its module

if __name__ == "__main__":
    serve.main()
