"""The bare insert: the lean echo that stores each message by one plain statement and a durable commit of its own."""

from gevent import monkey

monkey.patch_all()

import os  # noqa: E402  patched modules only from here on
import sqlite3  # noqa: E402
import time  # noqa: E402
from typing import Any  # noqa: E402
from urllib.parse import urlsplit  # noqa: E402

from flask import Flask  # noqa: E402

from bench.reference.hosting import plain_socketio, serve  # noqa: E402

_TABLE = (
    "CREATE TABLE IF NOT EXISTS bare_messages"
    " (id INTEGER PRIMARY KEY, room TEXT NOT NULL, client_id TEXT NOT NULL, body TEXT NOT NULL, at REAL NOT NULL)"
)
_INSERT = "INSERT INTO bare_messages (room, client_id, body, at) VALUES (?, ?, ?, ?)"


def main() -> None:
    app = Flask("bare_insert")
    server = plain_socketio(app, async_handlers=False).server
    # Without a transaction of ours each statement is one, and is on disk when it returns.
    store = sqlite3.connect(urlsplit(os.environ["DATABASE_URL"]).path[1:], isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        store.execute(f"PRAGMA {pragma}")
    store.execute(_TABLE)
    rooms: dict[str, str] = {}

    def on_connect(sid: str, _environ: object, auth: dict[str, Any]) -> None:
        rooms[sid] = auth["room"]
        server.enter_room(sid, auth["room"])

    def on_message(sid: str, payload: dict[str, Any]) -> dict[str, Any]:
        row = (rooms[sid], payload["client_id"], payload["body"], time.time())
        number = store.execute(_INSERT, row).lastrowid
        server.emit("message", {"id": number, **payload}, to=rooms[sid])
        return {"ok": True, "id": number}

    server.on("connect", on_connect)
    server.on("message", on_message)
    serve(app, has_raised_thresholds=True)


if __name__ == "__main__":
    main()
