"""The product with `synchronous=NORMAL`, whose last commits a power loss may undo: only to compare with (T8)."""

from gevent import monkey

monkey.patch_all()

import sqlite3  # noqa: E402  patched modules only from here on

from sqlalchemy import event  # noqa: E402

from app import create_app  # noqa: E402
from models import db  # noqa: E402
from realtime.serving import serve  # noqa: E402


def main() -> None:
    app = create_app()
    with app.app_context():
        # After the product's own settings of a new connection, so this one holds.
        event.listen(db.engine, "connect", _commit_quickly)
    serve(app)


def _commit_quickly(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA synchronous=NORMAL").close()


if __name__ == "__main__":
    main()
