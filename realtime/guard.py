"""What a socket must do to be kept: few from one address, join a namespace soon, send frames of the protocol's size.

The library by itself takes any number of connections, keeps those that never say who they are, and measures a frame
when it is in memory.
"""

import socket
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import gevent
import structlog
from flask import Flask

from realtime.server import MAXIMUM_FRAME_BYTES, NAMESPACES, socketio

log = structlog.get_logger(__name__)

JOIN_SECONDS = 10
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def init_app(app: Flask, sockets_per_address: int) -> None:
    """Stand before and around the library's own handling of WebSockets."""
    app.wsgi_app = SocketsPerAddress(app.wsgi_app, sockets_per_address)  # type: ignore[method-assign]
    engine = socketio.server.eio
    websocket: Any = engine._async["websocket"]

    class Guarded(websocket):
        def __init__(self, handler: Any, server: Any) -> None:
            super().__init__(lambda own: _guarded(handler, own), server)
            self.server_args["max_message_size"] = MAXIMUM_FRAME_BYTES

    engine._async = {**engine._async, "websocket": Guarded}


class SocketsPerAddress:
    """So many sockets at once from one address; one more is told to come later, before anything is kept for it."""

    def __init__(self, inner: Wsgi, most: int) -> None:
        self._inner = inner
        self._most = most
        self._open: Counter[str] = Counter()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ.get("HTTP_UPGRADE", "").lower() != "websocket":
            return self._inner(environ, start_response)
        address = environ.get("REMOTE_ADDR", "")
        if self._open[address] >= self._most:
            start_response("429 Too Many Requests", [("Retry-After", "60"), ("Content-Length", "0")])
            return []
        self._open[address] += 1
        try:
            # A WebSocket is served within this call, to its end.
            return self._inner(environ, start_response)
        finally:
            self._open[address] -= 1
            if not self._open[address]:
                del self._open[address]


def _guarded(handler: Any, websocket: Any) -> Any:
    """Serve a connection, end it quietly at a frame that is none of the protocol's, and soon if it joins nothing."""
    connection = handler.__self__
    impatience = gevent.spawn_later(JOIN_SECONDS, _end_unless_joined, connection, websocket)
    try:
        return handler(websocket)
    except (ValueError, RecursionError, KeyError) as error:
        log.info("socket.unreadable", error=type(error).__name__)
        connection.close(wait=False, abort=True)
        return []
    finally:
        impatience.kill(block=False)


def _end_unless_joined(connection: Any, websocket: Any) -> None:
    manager = socketio.server.manager
    if any(manager.sid_from_eio_sid(connection.sid, namespace) for namespace in NAMESPACES):
        return
    connection.close(wait=False, abort=True)
    # Whoever says nothing does not answer a closing handshake either: the wire itself is cut.
    with suppress(OSError):
        websocket.ws.sock.shutdown(socket.SHUT_RDWR)
