"""Migrations lead from an empty database to exactly what the models say, on both databases."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import Connection

from models import db
from models.settings import load_settings


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
