"""Flask-SocketIO's own way: a decorated handler, a greenlet and a request context per event; nothing is stored."""

from gevent import monkey

monkey.patch_all()

from itertools import count  # noqa: E402  patched modules only from here on
from typing import Any  # noqa: E402

from flask import Flask, request  # noqa: E402
from flask_socketio import emit, join_room  # noqa: E402

from bench.reference.hosting import plain_socketio, serve  # noqa: E402


def main() -> None:
    app = Flask("echo_default")
    socketio = plain_socketio(app, async_handlers=True)
    numbers = count(1)
    rooms: dict[str, str] = {}

    @socketio.on("connect")
    def on_connect(auth: dict[str, Any]) -> None:
        rooms[request.sid] = auth["room"]  # type: ignore[attr-defined]  # put there by Flask-SocketIO
        join_room(auth["room"])

    @socketio.on("message")
    def on_message(payload: dict[str, Any]) -> dict[str, Any]:
        number = next(numbers)
        emit("message", {"id": number, **payload}, to=rooms[request.sid])  # type: ignore[attr-defined]
        return {"ok": True, "id": number}

    serve(app, has_raised_thresholds=False)


if __name__ == "__main__":
    main()
