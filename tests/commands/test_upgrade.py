"""The embedded database upgrades itself after a copy was made; another one is never changed without being asked."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import inspect, select

from app import create_app
from commands.upgrade import upgrade_embedded
from models import Settings, db
from tests.support.databases import config_for


def application(url: str, data_dir: Path) -> Flask:
    return create_app(config_for(url, data_dir))


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Flask]:
    app = application(f"sqlite:///{tmp_path}/new.sqlite3", tmp_path)
    yield app
    with app.app_context():
        db.engine.dispose()


def copies(data_dir: Path) -> list[Path]:
    return sorted((data_dir / "backups").glob("*")) if (data_dir / "backups").exists() else []


def test_an_empty_one_gets_todays_schema_and_there_is_nothing_to_copy(empty: Flask, tmp_path: Path) -> None:
    upgrade_embedded(empty)
    with empty.app_context():
        assert db.session.get_one(Settings, 1).auto_assignment is False
        db.session.remove()
    assert copies(tmp_path) == []


def test_one_of_today_is_left_alone(empty: Flask, tmp_path: Path) -> None:
    for _ in range(2):
        upgrade_embedded(empty)
    assert copies(tmp_path) == []


def test_an_older_one_is_copied_whole_then_upgraded_with_its_data(empty: Flask, tmp_path: Path) -> None:
    with empty.app_context():
        flask_migrate.upgrade(revision="0001")
        db.session.execute(db.text("UPDATE settings SET company_name = 'Sila'"))
        db.session.commit()
        db.session.remove()
    upgrade_embedded(empty)
    (copy,) = copies(tmp_path)
    assert "0001" in copy.name
    with closing(sqlite3.connect(copy)) as old:
        assert old.execute("SELECT company_name FROM settings").fetchone() == ("Sila",)
        assert old.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)
    with empty.app_context():
        assert db.session.scalar(select(Settings.company_name)) == "Sila"
        db.session.remove()


@pytest.mark.databases("postgresql")
def test_another_database_is_not_changed_but_the_way_is_told(
    engine_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    app = application(engine_url, tmp_path)
    upgrade_embedded(app)
    with app.app_context():
        flask_migrate.downgrade(revision="base")
        with pytest.raises(SystemExit, match="flask --app app db upgrade"):
            upgrade_embedded(app)
        assert "settings" not in inspect(db.engine).get_table_names()
        db.engine.dispose()
