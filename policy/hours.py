"""Working hours: when a company, or a department of it, is there for visitors.

Hours belong to the day on which they begin, also where they last over midnight.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MINUTES_OF_DAY = 24 * 60
_DAY = timedelta(days=1)
_LOOKS_AHEAD = timedelta(days=366)


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """From one minute of the day to another; an end that is not after the beginning lies on the next day."""

    begin: int
    end: int

    @property
    def minutes(self) -> int:
        """How long it lasts; from midnight to midnight is the whole day."""
        return (self.end - self.begin) % MINUTES_OF_DAY or MINUTES_OF_DAY

    def __str__(self) -> str:
        return f"{clock_of(self.begin)}-{clock_of(self.end)}"


@dataclass(frozen=True, slots=True, order=True)
class Holiday:
    """Days on which nobody is there, once or every year; the last one belongs to them."""

    first: date
    last: date
    is_yearly: bool = False
    name: str = ""

    def covers(self, day: date) -> bool:
        """Whether the day is one of them."""
        if not self.is_yearly:
            return self.first <= day <= self.last
        first, last, asked = ((one.month, one.day) for one in (self.first, self.last, day))
        return first <= asked <= last if first <= last else not last < asked < first

    def __str__(self) -> str:
        days = [f"{one:%m-%d}" if self.is_yearly else one.isoformat() for one in (self.first, self.last)]
        return f"{'..'.join(dict.fromkeys(days))} off{self.name and f' ({self.name})'}"


@dataclass(frozen=True, slots=True, order=True)
class SpecialHours:
    """Hours of one date, in the place of its weekday's and of any holiday; a date may have several."""

    day: date
    interval: Interval

    def __str__(self) -> str:
        return f"{self.day.isoformat()} {self.interval}"


Week = tuple[tuple[Interval, ...], ...]
_OFFICE = (Interval(9 * 60, 18 * 60),)
OFFICE_WEEK: Week = (_OFFICE,) * 5 + ((), ())
_WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


@dataclass(frozen=True, slots=True)
class Hours:
    """What somebody has set. Where they are off, a company is always there and a department follows its company."""

    is_on: bool = False
    week: Week = OFFICE_WEEK
    holidays: tuple[Holiday, ...] = ()
    specials: tuple[SpecialHours, ...] = ()

    def of_day(self, day: date) -> tuple[Interval, ...]:
        """The intervals that begin on a day."""
        own = tuple(special.interval for special in self.specials if special.day == day)
        if own:
            return own
        if any(holiday.covers(day) for holiday in self.holidays):
            return ()
        return self.week[day.weekday()]

    def tidied(self) -> "Hours":
        """The same hours in the order of time."""
        return replace(
            self,
            week=tuple(tuple(sorted(day)) for day in self.week),
            holidays=tuple(sorted(self.holidays)),
            specials=tuple(sorted(self.specials)),
        )

    def __str__(self) -> str:
        """Short and in no language, for logs: `on; Mo 09:00-18:00; 01-01..01-08 off (New Year)`."""
        days = [
            f"{name} {','.join(map(str, day))}" for name, day in zip(_WEEKDAYS, self.week, strict=True) if day
        ]
        return "; ".join(["on" if self.is_on else "off", *days, *map(str, (*self.holidays, *self.specials))])


def hours_for(own: Hours | None, company: Hours) -> Hours:
    """A department's own hours where it has some, else the company's."""
    return own if own is not None and own.is_on else company


def is_open(hours: Hours, zone: ZoneInfo, now: datetime) -> bool:
    """Whether somebody is there by these hours.

    Where the clock is put back, a time that comes twice counts both times.
    """
    if not hours.is_on:
        return True
    today = now.astimezone(zone).date()
    return any(begin <= now < end for begin, end in _spans(hours, zone, today - _DAY * 2, days=4))


def opens_next(hours: Hours, zone: ZoneInfo, now: datetime) -> datetime | None:
    """The first moment from now on at which somebody is there (now itself, then); None when never within a year."""
    if is_open(hours, zone, now):
        return now
    for begin, _end in _spans(hours, zone, now.astimezone(zone).date()):
        if begin > now:
            return begin if begin <= now + _LOOKS_AHEAD else None
    return None


def closes_next(hours: Hours, zone: ZoneInfo, now: datetime) -> datetime | None:
    """When those who are there now leave; None when nobody is there, or when they stay for a year."""
    if not hours.is_on:
        return None
    until: datetime | None = None
    for begin, end in _spans(hours, zone, now.astimezone(zone).date() - _DAY * 2):
        if begin > (until or now):
            break
        if end > now:
            until = max(end, until or end)
    return until if until is not None and until <= now + _LOOKS_AHEAD else None


def changes_next(hours: Hours, zone: ZoneInfo, now: datetime) -> datetime | None:
    """When it opens or closes next; None when that is not within a year."""
    if is_open(hours, zone, now):
        return closes_next(hours, zone, now)
    return opens_next(hours, zone, now)


def clock_of(minute: int) -> str:
    """A minute of the day as a clock shows it."""
    return f"{minute // 60:02}:{minute % 60:02}"


def _spans(hours: Hours, zone: ZoneInfo, first: date, days: int = 370) -> Iterator[tuple[datetime, datetime]]:
    """From when to when somebody is there, by the day on which it begins; what touches is not made one."""
    for number in range(days):
        day = first + _DAY * number
        for interval in sorted(hours.of_day(day)):
            midnight = datetime.combine(day, time())
            begin = midnight + timedelta(minutes=interval.begin)
            opens = _moments(begin, zone)[0]
            closes = _moments(begin + timedelta(minutes=interval.minutes), zone)[1]
            if opens < closes:  # else it lies within the hour that the clock leaves out
                yield opens, closes


def _moments(wall: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The first and the last moment at which the clock on the wall shows this.

    A time that the clock leaves out comes at the moment at which it is put forward.
    """
    first = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    last = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if first <= last:
        return first, last
    jump = _put_forward(last, first, zone)
    return jump, jump


def _put_forward(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The second between two moments at which the zone's clock jumps."""
    old = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after
