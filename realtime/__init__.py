"""The Flask-SocketIO module: visitors' chats, the workplace, and the auto-assignment loop."""

from flask import Flask

from actions.events import publisher
from config import Config
from limits import limiter
from realtime import broadcast, guard, http, sockets
from realtime.bus import Bus, LocalManager
from realtime.committer import GroupCommitter
from realtime.loops import Loops
from realtime.outbox_worker import OutboxWorker
from realtime.server import socketio
from realtime.webhook_worker import WebhookWorker


def init_app(app: Flask) -> None:
    """Sockets, their HTTP twins, and the subscribers of committed events. Loops begin only in a serving process."""
    config: Config = app.config["OTVET"]
    manager = Bus(config.redis_url, config.channel) if config.redis_url else LocalManager()
    socketio.init_app(app, client_manager=manager)
    guard.init_app(app, config.sockets_per_address)
    limiter.configure(config.limits)
    sockets.register(app)
    http.init_app(app)
    app.extensions["committer"] = GroupCommitter(app)
    app.extensions["loops"] = loops = Loops(app)
    publisher(app).subscribe(broadcast.publish)
    publisher(app).subscribe(loops.notice)
    if isinstance(manager, Bus):
        publisher(app).subscribe(manager.pass_on)
        app.extensions["bus"] = manager
    app.extensions["outbox_worker"] = worker = OutboxWorker(app)
    publisher(app).subscribe(worker.notice)
    app.extensions["webhook_worker"] = WebhookWorker(app)
