"""How every reference server is hosted: as the product is, so that only the path of a message differs."""

import gc
import os
import socket

from flask import Flask
from flask_socketio import SocketIO
from gevent.pywsgi import WSGIServer

GC_THRESHOLDS = (50_000, 50, 1_000)


def serve(app: Flask, *, has_raised_thresholds: bool) -> None:
    """Serve on PORT until killed."""
    app.add_url_rule("/ready", "ready", lambda: "ready")
    listener = socket.create_server(("127.0.0.1", int(os.environ["PORT"])), backlog=1024)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if has_raised_thresholds:
        gc.freeze()
        gc.set_threshold(*GC_THRESHOLDS)
    WSGIServer(listener, app, log=None).serve_forever()


def plain_socketio(app: Flask, *, async_handlers: bool) -> SocketIO:
    """Flask-SocketIO as its documentation shows it, but over WebSocket only, as all of our clients are."""
    return SocketIO(app, async_mode="gevent", async_handlers=async_handlers, transports=["websocket"])
