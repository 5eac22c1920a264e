"""Filters above a list: each one is a choice of few, drawn as a drop-down that begins with "any"."""

from dataclasses import dataclass
from typing import Any

from flask_admin.contrib.sqla.filters import BaseSQLAFilter
from flask_babel.speaklater import LazyString


class ListFilter(BaseSQLAFilter):
    """A choice among options; the subclass says which rows an option leaves."""

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


@dataclass(frozen=True, slots=True)
class DropDown:
    """One filter as the page draws it."""

    name: str
    argument: str
    any_text: str
    options: list[tuple[str, str]]
    chosen: str
