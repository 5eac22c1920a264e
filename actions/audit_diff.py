"""What changed of a record, field by field, as plain data that can be kept for ever."""

import enum
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import ColumnProperty, InstanceState, MapperProperty, RelationshipDirection, Session
from sqlalchemy.orm import RelationshipProperty as Relationship

from models.base import Base

Change = dict[str, Any]

# Not worth a line: the database's own, what is derived, and what people set for their own screen. A password has a
# deed of its own.
NOISE = frozenset(
    {
        "id",
        "public_id",
        "version",
        "created_at",
        "deleted_at",
        "first_seen_at",
        "geo_places",
        "hides_offline",
        "last_seen_at",
        "last_seen_site",
        "password_hash",
        "theme",
    }
)
SECRET = re.compile(r"password|hash|secret|token|recovery|totp", re.IGNORECASE)
# The name of a stored file says nothing to anybody.
OPAQUE = frozenset({"photo"})
LONGEST_VALUE = 2_000


def change(field: str, old: object, new: object) -> Change:
    """One line of an entry. Of a secret only that it changed; of a long text only the lines that did."""
    if field in OPAQUE or SECRET.search(field):
        return {"field": field}
    if isinstance(old, str) and isinstance(new, str) and "\n" in old + new:
        old, new = _differing_lines(old, new)
    elif isinstance(old, dict) and isinstance(new, dict):
        names = [name for name in {**old, **new} if old.get(name) != new.get(name)]
        old, new = ({name: one[name] for name in names if name in one} for one in (old, new))
    return {"field": field, "from": told(old), "to": told(new)}


def told(value: object) -> Any:
    """A value as plain data: what JSON carries to any database and back without a change."""
    if isinstance(value, enum.Enum):
        return value.name
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, (date, datetime)):
        return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value.isoformat()
    if isinstance(value, dict):
        return {str(key): told(one) for key, one in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [
            told(one) for one in (sorted(value, key=str) if isinstance(value, (set, frozenset)) else value)
        ]
    text = str(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"


def changed_fields(session: Session, record: Base) -> list[Change]:
    """What the coming flush will change of a stored record."""
    state = inspect(record)
    with session.no_autoflush:
        found = [_changed(session, state, field) for field in _told_fields(state)]
    return [one for one in found if one is not None]


def given_fields(record: Base) -> list[Change]:
    """What a record consists of, as far as anything was given."""
    values = ((field.key, getattr(record, field.key)) for field in _told_fields(inspect(record)))
    return [change(name, None, value) for name, value in values if value not in (None, "", [], {})]


def _told_fields(state: InstanceState[Any]) -> Iterator[MapperProperty[Any]]:
    """The columns of the table, and the rows of others it refers to instead of their numbers."""
    related = [one for one in state.mapper.relationships if _is_own(one)]
    by_relation = {column for one in related for column in one.local_columns}
    for column in state.mapper.column_attrs:
        is_number = not column.columns[0].primary_key and column.columns[0] in by_relation
        if column.key not in NOISE and not is_number:
            yield column
    yield from (one for one in related if one.key not in NOISE)


def _is_own(relation: Relationship[Any]) -> bool:
    return relation.direction is not RelationshipDirection.ONETOMANY


def _changed(session: Session, state: InstanceState[Any], field: MapperProperty[Any]) -> Change | None:
    history = state.attrs[field.key].load_history()
    if not history.has_changes():
        return None
    if isinstance(field, Relationship) and field.uselist:
        before = [*history.unchanged, *history.deleted]
        after = [*history.unchanged, *history.added]
        return change(field.key, sorted(map(str, before)), sorted(map(str, after)))
    new = history.added[0] if history.added else None
    if history.deleted:
        old = history.deleted[0]
    else:
        old = _stored(session, state, field) if isinstance(field, ColumnProperty) else None
    return None if old == new else change(field.key, old, new)


def _stored(session: Session, state: InstanceState[Any], field: ColumnProperty[Any]) -> Any:
    """The value in the database, for an attribute that was set without having been read."""
    keys = zip(state.mapper.primary_key, state.identity or (), strict=True)
    return session.scalar(select(field.columns[0]).where(*(column == key for column, key in keys)))


def _differing_lines(old: str, new: str) -> tuple[str, str]:
    """The lines that only one of them has; where only their order differs, both as they are.

    Counted, not compared: people save thousands of lines, and everybody waits for the transaction that logs them.
    """
    before, after = old.splitlines(), new.splitlines()
    gone, come = _beyond(before, after), _beyond(after, before)
    return ("\n".join(gone), "\n".join(come)) if gone or come else (old, new)


def _beyond(lines: list[str], others: list[str]) -> list[str]:
    """Lines without a partner among the others."""
    partners = Counter(others)
    alone = []
    for line in lines:
        if partners[line]:
            partners[line] -= 1
        else:
            alone.append(line)
    return alone
