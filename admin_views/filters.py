"""Filters above a list: a choice of few, drawn as a drop-down that begins with "any", or a day of the calendar."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_admin.contrib.sqla.filters import BaseSQLAFilter
from flask_babel.speaklater import LazyString

from models.base import db
from models.settings import load_settings


class ListFilter(BaseSQLAFilter):
    """A choice among options; the subclass says which rows an option leaves."""

    is_day = False

    def __init__(self, column: Any, name: str | LazyString, any_text: str | LazyString) -> None:
        super().__init__(column, name)
        self.any_text = any_text

    def operation(self) -> str:
        """Flask-Admin prints the operation beside the name; ours is always "is"."""
        return ""

    def get_options(self, view: Any) -> list[tuple[str, str]]:
        """The options of this request: value and translated name."""
        raise NotImplementedError

    def apply(self, query: Any, value: Any, alias: Any = None) -> Any:
        """The rows of the list that have the chosen value."""
        raise NotImplementedError

    def validate(self, value: str) -> bool:
        """A value that is not among the options filters nothing."""
        return value == "" or any(value == option for option, _name in self.get_options(None))


class DayFilter(ListFilter):
    """Rows from the beginning of a day on, or up to its end, by the company's calendar."""

    is_day = True

    def __init__(self, column: Any, name: str | LazyString, *, is_until: bool) -> None:
        super().__init__(column, name, "")
        self.is_until = is_until

    def get_options(self, view: Any) -> list[tuple[str, str]]:
        """A day is typed, not chosen of few."""
        return []

    def validate(self, value: str) -> bool:
        """What is no day filters nothing."""
        try:
            self.moment_of(value)
        except (ValueError, OverflowError):
            return value == ""
        return True

    def moment_of(self, value: str) -> datetime:
        """The moment that bounds the rows."""
        day = date.fromisoformat(value) + timedelta(days=self.is_until)
        zone = ZoneInfo(load_settings(db.session()).time_zone)
        return datetime.combine(day, time(), zone).astimezone(UTC)

    def apply(self, query: Any, value: Any, alias: Any = None) -> Any:
        """Rows of that time."""
        moment = self.moment_of(value)
        return query.filter(self.column < moment if self.is_until else self.column >= moment)


@dataclass(frozen=True, slots=True)
class DropDown:
    """One filter as the page draws it."""

    name: str
    argument: str
    any_text: str
    options: list[tuple[str, str]]
    chosen: str
    is_day: bool = False
