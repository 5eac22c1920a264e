"""The bare room echo: raw handlers on the python-socketio server, nothing is checked and nothing is stored."""

from gevent import monkey

monkey.patch_all()

from itertools import count  # noqa: E402  patched modules only from here on
from typing import Any  # noqa: E402

from flask import Flask  # noqa: E402

from bench.reference.hosting import plain_socketio, serve  # noqa: E402


def main() -> None:
    app = Flask("echo_lean")
    server = plain_socketio(app, async_handlers=False).server
    numbers = count(1)
    rooms: dict[str, str] = {}

    def on_connect(sid: str, _environ: object, auth: dict[str, Any]) -> None:
        rooms[sid] = auth["room"]
        server.enter_room(sid, auth["room"])

    def on_message(sid: str, payload: dict[str, Any]) -> dict[str, Any]:
        number = next(numbers)
        server.emit("message", {"id": number, **payload}, to=rooms[sid])
        return {"ok": True, "id": number}

    server.on("connect", on_connect)
    server.on("message", on_message)
    serve(app, has_raised_thresholds=True)


if __name__ == "__main__":
    main()
