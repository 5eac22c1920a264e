"""The serving process: the listener, the loops, and a graceful end."""

import gc
import signal
import socket

import gevent
import structlog
from flask import Flask
from gevent.pywsgi import WSGIHandler, WSGIServer

import geo
import logs
from config import Config
from realtime.loops import Loops

log = structlog.get_logger(__name__)

STOP_SECONDS = 5
# A full collection walks every living connection and stops everything for 70-90 ms at a thousand sockets.
GC_THRESHOLDS = (50_000, 50, 1_000)


def prepare_process(app: Flask) -> None:
    """What every process that serves needs before its first request."""
    config: Config = app.config["OTVET"]
    logs.configure(config.log_level)
    app.extensions["committer"].start()
    loops: Loops = app.extensions["loops"]
    loops.start()
    if "bus" in app.extensions:
        app.extensions["bus"].start(loops.notice_elsewhere)
    app.extensions["outbox_worker"].start()
    app.extensions["webhook_worker"].start()
    with app.app_context():
        geo.read_tables()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)


def serve(app: Flask, shop: Flask | None = None) -> None:
    """Serve until SIGTERM or Ctrl-C; the demo's shop stands on a port, and so an origin, of its own."""
    config: Config = app.config["OTVET"]
    prepare_process(app)
    servers = [_server(config.port, app)]
    if shop is not None:
        servers.append(_server(config.shop_port, shop))

    def stop() -> None:
        log.info("server.stopping")
        gevent.joinall([gevent.spawn(server.stop, STOP_SECONDS) for server in servers])

    for name in (signal.SIGTERM, signal.SIGINT):
        gevent.signal_handler(name, stop)
    log.info("server.started", port=config.port)
    gevent.joinall([gevent.spawn(server.serve_forever) for server in servers])


def _server(port: int, app: Flask) -> WSGIServer:
    return WSGIServer(_listen(port), app, log=None, error_log=_ErrorLog(), handler_class=_Handler)


def _listen(port: int) -> socket.socket:
    """A listener without Nagle's delay, which would hold back small frames for 40 ms; connections inherit it."""
    listener = socket.create_server(("", port), backlog=1024, reuse_port=False)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


class _Handler(WSGIHandler):
    def handle_one_response(self) -> None:
        """A WebSocket that has ended is the end of its connection: without this each one left a greenlet waiting."""
        super().handle_one_response()
        if self.environ.get("HTTP_UPGRADE", "").lower() == "websocket":
            self.close_connection = True


class _ErrorLog:
    """pywsgi's complaints as structured lines."""

    def write(self, text: str) -> None:
        if text.strip():
            log.warning("server.error", text=text.strip())

    def flush(self) -> None:
        pass
