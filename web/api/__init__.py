"""The HTTP API for other programs: who calls is told by a token, every refusal is typed JSON."""

from flask import Blueprint, Flask

from web.api import token
from web.identity import csrf


def init_app(app: Flask) -> None:
    """All of version 1. No cookie counts here, so there is nothing to forge."""
    api = Blueprint("api", __name__, url_prefix="/api/v1")
    api.add_url_rule("/token", view_func=token.show_token)
    csrf.exempt(api)
    app.register_blueprint(api)
