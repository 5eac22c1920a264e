"""Alembic runs the migrations on the application's own engine, SQLite and PostgreSQL alike."""

from alembic import context
from flask import current_app

from models import Base
from models.base import UtcDateTime
from models.database import writing

database = current_app.extensions["migrate"].db


def _render_item(kind: str, item: object, _autogen: object) -> str | bool:
    """Migrations stand by themselves: they name plain types, not the models' of today."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def _run() -> None:
    engine = database.engine
    # Changing a table of SQLite means making it anew and moving the rows; foreign keys must not fire meanwhile.
    with writing(), engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.rollback()
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            compare_type=True,
            render_item=_render_item,
        )
        with context.begin_transaction():
            context.run_migrations()
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")


_run()
