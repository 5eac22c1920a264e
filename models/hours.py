"""The column of working hours: plain data in the database, `Hours` in the code."""

from typing import Any

from sqlalchemy import JSON, Dialect
from sqlalchemy.types import TypeDecorator

from policy.hours import Hours
from policy.hours_rules import from_plain, to_plain


class WorkingHours(TypeDecorator[Hours]):
    """Hours are read, checked and told as one thing, so they are stored as one."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Hours | None, dialect: Dialect) -> dict[str, Any] | None:
        return None if value is None else to_plain(value)

    def process_result_value(self, value: dict[str, Any] | None, dialect: Dialect) -> Hours | None:
        return None if value is None else from_plain(value)
