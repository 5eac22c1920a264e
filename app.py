"""Puts the parts together; nobody imports it but the entry points."""

from flask import Flask
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix

import actions.audit
import actions.events
import admin_views
import commands
import geo
import realtime
import web
from clock import now, system_now
from config import Config
from models import db
from models.database import engine_options, prepare_engine

MAXIMUM_REQUEST_BYTES = 12 * 1024 * 1024
"""A photo of 10 MB and the form around it; each smaller thing has its own lower limit."""


def create_app(config: Config | None = None) -> Flask:
    """The application: configuration, then each part's `init_app` in one readable list."""
    config = config or Config.from_environment()
    app = Flask(__name__, static_folder="static", static_url_path="/static")
    _configure(app, config)
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
    Migrate(app, db, directory=str(app.root_path) + "/migrations", render_as_batch=True)
    actions.events.init_app(app)
    actions.audit.init_app(app, now)
    geo.init_app(app)
    web.init_app(app)
    admin_views.init_app(app)
    realtime.init_app(app)
    commands.init_app(app)
    _trust_proxies(app, config.trusted_proxies)
    return app


def _configure(app: Flask, config: Config) -> None:
    app.config.from_mapping(
        OTVET=config,
        SECRET_KEY=config.secret_key,
        MAX_CONTENT_LENGTH=MAXIMUM_REQUEST_BYTES,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        SESSION_COOKIE_NAME="__Host-otvet" if config.is_secure else "otvet",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=config.is_secure,
        SESSION_COOKIE_SAMESITE="Lax",
        SQLALCHEMY_DATABASE_URI=config.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(config.database_url),
        TRUSTED_HOSTS=list(config.trusted_hosts),
        # A form may stay open all day: its token lives as long as the session.
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.extensions["clock"] = system_now


def _trust_proxies(app: Flask, hops: int) -> None:
    """Believe so many proxies about who calls; outermost, so that sockets are told the same as pages."""
    if hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
