"""The button on other people's pages: its loader, what it shows, and the pages that have it open."""

from flask import Flask

from web.button import endpoints, loader
from web.identity import csrf


def init_app(app: Flask) -> None:
    """The loader and the button's answers; foreign pages ask without cookies, so no form token stands in the way."""
    app.register_blueprint(loader.pages)
    app.register_blueprint(endpoints.pages)
    csrf.exempt(endpoints.pages)
    endpoints.init_app(app)
