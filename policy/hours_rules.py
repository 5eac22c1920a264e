"""What working hours may be, and how they are kept as plain data."""

import enum
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from policy.errors import DomainError
from policy.hours import Holiday, Hours, Interval, SpecialHours, clock_of

INTERVALS_A_DAY = 8
DATED_ROWS = 200
NAME_LENGTH = 100
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_LONGEST_HOLIDAY = timedelta(days=364)


class Part(enum.Enum):
    """What rows of working hours are: of a weekday, holidays, hours of a date."""

    WEEK = "week"
    HOLIDAYS = "holidays"
    SPECIALS = "specials"


Place = tuple[Part, int, int]
"""A row: of the week by day and number, of the other parts by 0 and number."""


class HoursRefused(DomainError):
    """`hours_wrong`: rows that cannot be; `faults` says which and why."""

    def __init__(self, faults: dict[Place, str]) -> None:
        super().__init__("hours_wrong")
        self.faults = faults


def check(hours: Hours) -> None:
    """Refuse hours of which some row cannot be."""
    found = faults(hours)
    if found:
        raise HoursRefused(found)


def faults(hours: Hours) -> dict[Place, str]:
    """What is wrong, row by row.

    `same`: begins and ends at one minute, which is no day (midnight to midnight is one). `overlap`: begins before
    another of the day has ended. `order`: ends before it begins. `too_long`: a holiday of a year. `too_many`: rows
    beyond what is kept. `name_long`: a holiday's name.
    """
    return dict([*_week_faults(hours), *_holiday_faults(hours), *_special_faults(hours)])


def _week_faults(hours: Hours) -> Iterator[tuple[Place, str]]:
    for day, intervals in enumerate(hours.week):
        for number, code in _day_faults(intervals):
            yield (Part.WEEK, day, number), code


def _day_faults(intervals: tuple[Interval, ...]) -> Iterator[tuple[int, str]]:
    clashing = _clashing(intervals)
    for number, interval in enumerate(intervals):
        if number >= INTERVALS_A_DAY:
            yield number, "too_many"
        elif interval.begin == interval.end != 0:
            yield number, "same"
        elif number in clashing:
            yield number, "overlap"


def _clashing(intervals: tuple[Interval, ...]) -> set[int]:
    """The numbers of those that begin before an earlier one has ended."""
    found, busy_until = set(), 0
    for number in sorted(range(len(intervals)), key=lambda number: (intervals[number], number)):
        interval = intervals[number]
        if interval.begin < busy_until:
            found.add(number)
        busy_until = max(busy_until, interval.begin + interval.minutes)
    return found


def _holiday_faults(hours: Hours) -> Iterator[tuple[Place, str]]:
    for number, holiday in enumerate(hours.holidays):
        code = None
        if holiday.last < holiday.first:
            code = "order"
        elif holiday.last - holiday.first > _LONGEST_HOLIDAY:
            code = "too_long"
        elif len(holiday.name) > NAME_LENGTH:
            code = "name_long"
        elif number >= DATED_ROWS:
            code = "too_many"
        if code:
            yield (Part.HOLIDAYS, 0, number), code


def _special_faults(hours: Hours) -> Iterator[tuple[Place, str]]:
    by_day: dict[date, list[int]] = {}
    for number, special in enumerate(hours.specials):
        by_day.setdefault(special.day, []).append(number)
        if number >= DATED_ROWS:
            yield (Part.SPECIALS, 0, number), "too_many"
    for numbers in by_day.values():
        for index, code in _day_faults(tuple(hours.specials[number].interval for number in numbers)):
            yield (Part.SPECIALS, 0, numbers[index]), code


def minute_of(clock: str) -> int:
    """The minute of the day that a clock shows; `ValueError` for what is no time of day."""
    found = _CLOCK.fullmatch(clock)
    if found is None:
        raise ValueError(f"no time of day: {clock!r}")
    return int(found[1]) * 60 + int(found[2])


def to_plain(hours: Hours) -> dict[str, Any]:
    """As it is stored."""
    return {
        "is_on": hours.is_on,
        "week": [[_plain(interval) for interval in day] for day in hours.week],
        "holidays": [
            {
                "first": one.first.isoformat(),
                "last": one.last.isoformat(),
                "yearly": one.is_yearly,
                "name": one.name,
            }
            for one in hours.holidays
        ],
        "specials": [{"day": one.day.isoformat(), "hours": _plain(one.interval)} for one in hours.specials],
    }


def from_plain(stored: dict[str, Any]) -> Hours:
    """What `to_plain` made; anything else is `ValueError`, `KeyError` or `TypeError`, and never guessed at."""
    week = tuple(tuple(_interval(one) for one in day) for day in stored["week"])
    if len(week) != 7 or not isinstance(stored["is_on"], bool):
        raise ValueError("no working hours")
    return Hours(
        is_on=stored["is_on"],
        week=week,
        holidays=tuple(
            Holiday(
                date.fromisoformat(one["first"]),
                date.fromisoformat(one["last"]),
                bool(one["yearly"]),
                str(one["name"]),
            )
            for one in stored["holidays"]
        ),
        specials=tuple(
            SpecialHours(date.fromisoformat(one["day"]), _interval(one["hours"]))
            for one in stored["specials"]
        ),
    )


def _plain(interval: Interval) -> list[str]:
    return [clock_of(interval.begin), clock_of(interval.end)]


def _interval(stored: list[str]) -> Interval:
    begin, end = stored
    return Interval(minute_of(begin), minute_of(end))
