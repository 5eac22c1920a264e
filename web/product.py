"""What the product is called and which release this is."""

from flask import Flask

from config import Config

BRAND = "Otvet"
VERSION = "0.1.0"


def init_app(app: Flask) -> None:
    """Pages print both, whether they travel encrypted, and who hosts the installation."""
    config: Config = app.config["OTVET"]
    app.jinja_env.globals.update(
        brand=BRAND, version=VERSION, is_secure=config.is_secure, provider=config.provider
    )
