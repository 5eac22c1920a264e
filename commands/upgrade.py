"""The schema of the embedded default upgrades itself at the start, after a copy was made."""

import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import flask_migrate
import structlog
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask

from clock import now
from config import Config
from models import db

log = structlog.get_logger(__name__)


def upgrade_embedded(app: Flask) -> None:
    """Bring SQLite to today's schema. Another database is never changed without being asked: then we only say how."""
    config: Config = app.config["OTVET"]
    with app.app_context():
        current, wanted = _revisions(app)
        if current == wanted:
            return
        if db.engine.dialect.name != "sqlite":
            sys.exit("The database has another schema. Bring it up with: flask --app app db upgrade")
        if current is not None:
            _copy(Path(str(db.engine.url.database)), config.data_dir / "backups", current)
        flask_migrate.upgrade()
        db.engine.dispose()
        log.info("schema.upgraded", before=current, now=wanted)


def _revisions(app: Flask) -> tuple[str | None, str | None]:
    with db.engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    return current, ScriptDirectory(app.extensions["migrate"].directory).get_current_head()


def _copy(database: Path, directory: Path, revision: str) -> None:
    """A whole and consistent copy, also while others write."""
    directory.mkdir(parents=True, exist_ok=True)
    target = directory / f"{database.stem}-{revision}-{now():%Y%m%dT%H%M%S}.sqlite3"
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
