"""An application of which the geography needs only the configuration."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

import geo
from config import Config

Installed = Callable[..., Flask]


@pytest.fixture
def installed(tmp_path: Path) -> Installed:
    """`installed(GEOIP_DB=…)` is an application with this environment."""

    def install(**environment: str) -> Flask:
        app = Flask("geography")
        app.config["OTVET"] = Config.from_environment({"DATA_DIR": str(tmp_path), **environment})
        geo.init_app(app)
        return app

    return install
