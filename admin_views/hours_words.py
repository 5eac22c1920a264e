"""Working hours in words, in the reader's language and the company's zone."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time, get_day_names
from flask_babel import get_locale
from flask_babel import gettext as _

from models.queries.hours import OpeningHours
from policy.hours import Holiday, Hours, Interval, SpecialHours, clock_of, closes_next, is_open, opens_next
from policy.languages import Language

MONDAY, SUNDAY = 0, 6
DASH = "\N{EN DASH}"


def weekdays() -> list[tuple[int, str]]:
    """The days of the week by number (Monday is 0) and name, in the reader's order."""
    names = get_day_names("wide", "stand-alone", locale=get_locale())
    return [(day, names[day][:1].upper() + names[day][1:]) for day in _order()]


def working_days() -> list[int]:
    """The five days that the reader calls the working week, in their order."""
    return _order()[:5]


def _order() -> list[int]:
    # In Israel the week begins on Sunday, and Friday belongs to its end.
    first = SUNDAY if Language.parse(str(get_locale())) is Language.HE else MONDAY
    return [(first + number) % 7 for number in range(7)]


def said_of(hours: Hours, zone: ZoneInfo, now: datetime) -> str:
    """Whether somebody is there at this moment, and until or from when."""
    if not hours.is_on:
        return str(_("Switched off: visitors find whoever is online, at any hour."))
    if is_open(hours, zone, now):
        closes = closes_next(hours, zone, now)
        if closes is None:
            return str(_("Open now, around the clock."))
        wall = closes.astimezone(zone)
        if closes.astimezone(zone).date() == now.astimezone(zone).date():
            return str(_("Open now, until %(time)s.", time=_time(wall)))
        return str(
            _("Open now, closes %(day)s at %(time)s.", day=_day(wall, now.astimezone(zone)), time=_time(wall))
        )
    opens = opens_next(hours, zone, now)
    if opens is None:
        return str(_("Closed, and does not open within a year."))
    wall = opens.astimezone(zone)
    return str(
        _("Closed now, opens %(day)s at %(time)s.", day=_day(wall, now.astimezone(zone)), time=_time(wall))
    )


def closed_words(hours: OpeningHours, department_id: int | None, now: datetime) -> str | None:
    """Why nobody finds a department, whoever is online; None within its hours."""
    is_open_now = hours.is_open(department_id, now)
    return None if is_open_now else said_of(hours.of(department_id), hours.zone, now)


def _time(wall: datetime) -> str:
    return str(format_time(wall.time(), "short", locale=get_locale()))


def _day(wall: datetime, today: datetime) -> str:
    ahead = (wall.date() - today.date()).days
    if ahead < 2:
        return str(_("tomorrow") if ahead else _("today"))
    if ahead > 6:
        return str(_("on %(date)s", date=format_date(wall.date(), "d MMMM", locale=get_locale())))
    names = (
        _("on Monday"),
        _("on Tuesday"),
        _("on Wednesday"),
        _("on Thursday"),
        _("on Friday"),
        _("on Saturday"),
        _("on Sunday"),
    )
    return str(names[wall.weekday()])


def in_short(hours: Hours) -> str:
    """All that is set, in one line: for telling what another editor has put there."""
    if not hours.is_on:
        return str(_("Switched off"))
    names = get_day_names("abbreviated", "stand-alone", locale=get_locale())
    days = [
        f"{names[day]} {', '.join(map(_span, intervals)) or _closed()}"
        for day, intervals in enumerate(hours.week)
    ]
    return "; ".join([*days, *map(_holiday, hours.holidays), *map(_special, hours.specials)])


def _closed() -> str:
    return str(_("closed"))


def _span(interval: Interval) -> str:
    return f"{clock_of(interval.begin)}{DASH}{clock_of(interval.end)}"


def _date(day: date, *, has_year: bool) -> str:
    return str(format_date(day, "short" if has_year else "d MMM", locale=get_locale()))


def _holiday(holiday: Holiday) -> str:
    days = dict.fromkeys((holiday.first, holiday.last))
    dates = DASH.join(_date(day, has_year=not holiday.is_yearly) for day in days)
    return f"{dates} {holiday.name or _closed()}"


def _special(special: SpecialHours) -> str:
    return f"{_date(special.day, has_year=True)} {_span(special.interval)}"
