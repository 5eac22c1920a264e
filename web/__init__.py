"""Pages and HTTP of the product outside the generated panel."""

from flask import Flask

from web import (
    api,
    assets,
    auth,
    button,
    chat_window,
    compression,
    errors,
    faces,
    first_run,
    headers,
    health,
    identity,
    languages,
    new_password,
    photos,
    product,
    second_step,
    test_page,
    workplace,
)


def init_app(app: Flask) -> None:
    """Each part of the room; headers first, so that they stand on every answer, errors included."""
    headers.init_app(app)
    assets.init_app(app)
    compression.init_app(app)
    product.init_app(app)
    faces.init_app(app)
    errors.init_app(app)
    languages.init_app(app)
    identity.init_app(app)
    auth.init_app(app)
    second_step.init_app(app)
    first_run.init_app(app)
    new_password.init_app(app)
    app.register_blueprint(photos.photos)
    app.register_blueprint(test_page.test_page)
    button.init_app(app)
    chat_window.init_app(app)
    workplace.init_app(app)
    health.init_app(app)
    api.init_app(app)
