"""Many rows written together: SQLite is quickest row by row, PostgreSQL by one statement over arrays.

Over arrays the statement reads the same however many rows there are, so it is parsed and planned once.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Connection, Table, bindparam, column, func, insert, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.selectable import TableValuedAlias

Rows = Sequence[Mapping[str, Any]]


class Bulk:
    """One way of writing rows, in both forms."""

    def __init__(self, names: Sequence[str], by_row: UpdateBase, by_arrays: UpdateBase) -> None:
        self._names = names
        self._by_row = by_row
        self._by_arrays = by_arrays

    def write(self, connection: Connection, rows: Rows) -> None:
        """Write them all; none is nothing to do."""
        if not rows:
            return
        if connection.dialect.name == "postgresql":
            arrays = {name: [row[name] for row in rows] for name in self._names}
            connection.execute(self._by_arrays, arrays)
        else:
            connection.execute(self._by_row, rows)


def updating(table: Table, *names: str) -> Bulk:
    """Rows of this table by their id, which is given as `key`; no row twice."""
    columns = {"key": table.c.id, **{name: table.c[name] for name in names}}
    given = _unnested(columns)
    return Bulk(
        list(columns),
        update(table).where(table.c.id == bindparam("key")).values({name: bindparam(name) for name in names}),
        update(table).where(table.c.id == given.c.key).values({name: given.c[name] for name in names}),
    )


def inserting(table: Table, *names: str) -> Bulk:
    """New rows of this table; the columns that are not named have a default in the database."""
    given = _unnested({name: table.c[name] for name in names})
    return Bulk(
        names,
        insert(table),
        insert(table).from_select(list(names), select(*(given.c[name] for name in names))),
    )


def _unnested(columns: Mapping[str, Column[Any]]) -> TableValuedAlias:
    arrays = (bindparam(name, type_=ARRAY(own.type)) for name, own in columns.items())
    shape = (column(name, own.type) for name, own in columns.items())
    return func.unnest(*arrays).table_valued(*shape).render_derived("given")
