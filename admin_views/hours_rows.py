"""Rows of working hours as they are typed: read from a form, held against the rules, shown again with what is wrong."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from policy.hours import Holiday, Hours, Interval, SpecialHours, clock_of
from policy.hours_rules import DATED_ROWS, INTERVALS_A_DAY, NAME_LENGTH, Part, Place, faults, minute_of
from policy.texts import TextRefused, clean_line

WRONG: Mapping[str, LazyString] = {
    "clock": _l("Enter both times, for example 09:00."),
    "day": _l("Enter the date."),
    "same": _l("Begins and ends at the same time. For the whole day enter 00:00 twice."),
    "overlap": _l("Overlaps with other hours of this day."),
    "order": _l("The last day is before the first one."),
    "too_long": _l("Holidays last for less than a year."),
    "too_many": _l(
        "At most %(day)s intervals a day and %(rows)s dated rows.", day=INTERVALS_A_DAY, rows=DATED_ROWS
    ),
    "name_long": _l("At most %(number)s characters.", number=NAME_LENGTH),
}
_CLOCK = re.compile(r"(\d{1,2})[:.](\d\d)")
_NUMBERED = re.compile(r"(week[0-6]|holidays|specials)-(\d{1,4})-(\w+)")
WEEK = tuple(f"week{day}" for day in range(7))


class WrongRow(Exception):
    """What was typed is nothing that could be held against the rules."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(slots=True)
class Row:
    """One row: what was typed by the name of the box, and what is wrong with it."""

    typed: dict[str, str]
    error: str = ""

    def __getattr__(self, name: str) -> str:
        return self.typed.get(name, "")


@dataclass(slots=True)
class Rows:
    """All rows by their list: `week0` (Monday) to `week6`, `holidays`, `specials`."""

    lists: dict[str, list[Row]] = field(default_factory=dict)

    @property
    def is_wrong(self) -> bool:
        return any(row.error for rows in self.lists.values() for row in rows)


def rows_of(hours: Hours) -> Rows:
    """What is stored, as it would be typed."""
    rows = {
        name: [Row(_typed_span(interval)) for interval in day]
        for name, day in zip(WEEK, hours.week, strict=True)
    }
    rows["holidays"] = [Row(_typed_holiday(one)) for one in hours.holidays]
    rows["specials"] = [
        Row({"day": one.day.isoformat(), **_typed_span(one.interval)}) for one in hours.specials
    ]
    return Rows(rows)


def read_rows(said: Mapping[str, str]) -> Rows:
    """The rows of a form, by their numbers; what stands in none of the boxes of a row is no row."""
    found: dict[tuple[str, int], dict[str, str]] = {}
    for name, value in said.items():
        place = _NUMBERED.fullmatch(name)
        if place and value.strip():
            found.setdefault((place[1], int(place[2])), {})[place[3]] = value.strip()
    lists: dict[str, list[Row]] = {name: [] for name in (*WEEK, "holidays", "specials")}
    for (name, _number), typed in sorted(found.items()):
        if typed.keys() - {"yearly"}:
            lists[name].append(Row(typed))
    return Rows(lists)


def hours_of(rows: Rows, *, is_on: bool) -> Hours:
    """The hours that were typed; each row that cannot be is told so."""
    places: dict[Place, Row] = {}
    week = tuple(
        _understood(rows.lists[name], _interval, places, (Part.WEEK, day)) for day, name in enumerate(WEEK)
    )
    hours = Hours(
        is_on,
        week,
        _understood(rows.lists["holidays"], _holiday, places, (Part.HOLIDAYS, 0)),
        _understood(rows.lists["specials"], _special, places, (Part.SPECIALS, 0)),
    )
    for place, code in faults(hours).items():
        places[place].error = str(WRONG[code])
    return hours.tidied()


T = TypeVar("T")


def _understood(
    rows: list[Row], read: Callable[[Row], T], places: dict[Place, Row], part: tuple[Part, int]
) -> tuple[T, ...]:
    found: list[T] = []
    for row in rows:
        try:
            found.append(read(row))
        except WrongRow as wrong:
            row.error = str(WRONG[wrong.code])
        else:
            places[(*part, len(found) - 1)] = row
    return tuple(found)


def _interval(row: Row) -> Interval:
    return Interval(_minute(row.begin), _minute(row.end))


def _minute(typed: str) -> int:
    found = _CLOCK.match(typed)  # some browsers send the seconds too
    clock = f"{found[1]:0>2}:{found[2]}" if found else ""
    try:
        return minute_of("00:00" if clock == "24:00" else clock)
    except ValueError as error:
        raise WrongRow("clock") from error


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError as error:
        raise WrongRow("day") from error


def _holiday(row: Row) -> Holiday:
    first = _day(row.first)
    try:
        name = clean_line(row.name, NAME_LENGTH) if row.name else ""
    except TextRefused as error:
        raise WrongRow("name_long") from error
    return Holiday(first, _day(row.last) if row.last else first, bool(row.yearly), name)


def _special(row: Row) -> SpecialHours:
    return SpecialHours(_day(row.day), _interval(row))


def _typed_span(interval: Interval) -> dict[str, str]:
    return {"begin": clock_of(interval.begin), "end": clock_of(interval.end)}


def _typed_holiday(holiday: Holiday) -> dict[str, str]:
    last = holiday.last.isoformat() if holiday.last != holiday.first else ""
    typed: dict[str, Any] = {"first": holiday.first.isoformat(), "last": last, "name": holiday.name}
    return {**typed, **({"yearly": "y"} if holiday.is_yearly else {})}
