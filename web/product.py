"""What the product is called and which release this is."""

from flask import Flask

BRAND = "Otvet"
VERSION = "0.1.0"


def init_app(app: Flask) -> None:
    """Pages print both."""
    app.jinja_env.globals.update(brand=BRAND, version=VERSION)
