"""Probes: is the process alive, and is it fit for work."""

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, Flask, current_app, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from models import db

blueprint = Blueprint("health", __name__)


@blueprint.get("/health")
def health() -> ResponseReturnValue:
    """The process answers; nothing else is asked."""
    return jsonify({"ok": True})


@blueprint.get("/ready")
def ready() -> ResponseReturnValue:
    """The database answers and its schema is ours."""
    try:
        with db.engine.connect() as connection:
            current = MigrationContext.configure(connection).get_current_revision()
    except SQLAlchemyError:
        return jsonify({"ok": False}), 503
    wanted = ScriptDirectory(current_app.extensions["migrate"].directory).get_current_head()
    return jsonify({"ok": current == wanted}), 200 if current == wanted else 503


def init_app(app: Flask) -> None:
    """Both probes."""
    app.register_blueprint(blueprint)
