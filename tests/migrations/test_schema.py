"""Migrations lead from an empty database to exactly what the models say, on both databases."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import Migrate, downgrade, upgrade
from sqlalchemy import Connection, select, text

from models import Department, db
from models.settings import load_settings
from policy.hours import Hours
from tests.support.databases import MIGRATIONS, config_for, storage_app


def difference(connection: Connection) -> list[object]:
    context = MigrationContext.configure(
        connection, opts={"compare_type": True, "compare_server_default": False}
    )
    return list(compare_metadata(context, db.metadata))


def test_the_migrations_make_what_the_models_say(storage: Flask) -> None:
    with db.engine.connect() as connection:
        assert difference(connection) == []


def test_a_fresh_database_has_its_settings(storage: Flask) -> None:
    assert load_settings(db.session()).id == 1


def test_an_older_installation_keeps_its_data_and_finds_the_way_back(engine_url: str, tmp_path: Path) -> None:
    app = storage_app(config_for(engine_url, tmp_path))
    Migrate(app, db, directory=str(MIGRATIONS), render_as_batch=True)
    with app.app_context():
        downgrade(revision="0001")
        db.session.execute(text("UPDATE settings SET company_name = 'ООО «Сила»'"))
        db.session.commit()
        upgrade()
        assert load_settings(db.session()).company_name == "ООО «Сила»"
        db.session.rollback()
        with db.engine.connect() as connection:
            assert difference(connection) == []
        db.session.remove()
        db.engine.dispose()


def test_departments_that_stood_before_geography_have_none(storage: Flask) -> None:
    Migrate(storage, db, directory=str(MIGRATIONS), render_as_batch=True)
    downgrade(revision="0002")
    with db.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO departments (name, names, key, sort_order, is_hidden, reply_templates, version) "
                "VALUES ('Sales', '{}', 'sales', 100, :no, '', 1)"
            ),
            {"no": False},
        )
    upgrade()
    (department,) = db.session.scalars(select(Department))
    assert (department.name, department.geo_targets, department.targets) == ("Sales", "", ())
    with db.engine.connect() as connection:
        assert difference(connection) == []


def test_who_had_no_working_hours_is_there_as_before(storage: Flask) -> None:
    Migrate(storage, db, directory=str(MIGRATIONS), render_as_batch=True)
    downgrade(revision="0008")
    with db.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO departments "
                "(name, names, key, sort_order, is_hidden, geo_targets, geo_places, reply_templates, version) "
                "VALUES ('Sales', '{}', 'sales', 100, :no, '', '[]', '', 1)"
            ),
            {"no": False},
        )
    upgrade()
    (department,) = db.session.scalars(select(Department))
    assert department.working_hours == load_settings(db.session()).working_hours == Hours()
