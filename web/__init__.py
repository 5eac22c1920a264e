"""Pages and HTTP of the product outside the generated panel."""

from flask import Flask

from web import assets, auth, errors, first_run, headers, identity, languages, photos


def init_app(app: Flask) -> None:
    """Each part of the room; headers first, so that they stand on every answer, errors included."""
    headers.init_app(app)
    assets.init_app(app)
    errors.init_app(app)
    languages.init_app(app)
    identity.init_app(app)
    auth.init_app(app)
    first_run.init_app(app)
    photos.init_app(app)
