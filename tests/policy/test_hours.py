"""When somebody is there: over midnight, several times a day, where the clock is changed, on holidays."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from policy.hours import (
    Holiday,
    Hours,
    Interval,
    SpecialHours,
    changes_next,
    closes_next,
    hours_for,
    is_open,
    opens_next,
)
from policy.hours_rules import HoursRefused, Part, check, faults, from_plain, minute_of, to_plain

MOSCOW, BERLIN = ZoneInfo("Europe/Moscow"), ZoneInfo("Europe/Berlin")
# Clocks that are put forward and back by an hour, by half an hour, at midnight, and never.
ZONES = [
    ZoneInfo(name) for name in ("Europe/Berlin", "Australia/Lord_Howe", "America/Havana", "Asia/Kolkata")
]


def between(begin: str, end: str) -> Interval:
    return Interval(minute_of(begin), minute_of(end))


def daily(*intervals: Interval, **others: Any) -> Hours:
    return Hours(is_on=True, week=(intervals,) * 7, **others)


def at(written: str, zone: ZoneInfo = MOSCOW) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=zone).astimezone(UTC)


OFFICE = Hours(is_on=True)
NIGHT = daily(between("22:00", "06:00"))
LUNCH = daily(between("09:00", "13:00"), between("14:00", "18:00"))
ALWAYS = daily(between("00:00", "00:00"))
NEVER = daily()


@pytest.mark.parametrize(
    ("hours", "moment", "is_there"),
    [
        (Hours(), "2026-11-22T03:00", True),
        # 2026-11-20 is a Friday.
        (OFFICE, "2026-11-20T08:59", False),
        (OFFICE, "2026-11-20T09:00", True),
        (OFFICE, "2026-11-20T17:59", True),
        (OFFICE, "2026-11-20T18:00", False),
        (OFFICE, "2026-11-21T12:00", False),
        (LUNCH, "2026-11-20T13:30", False),
        (LUNCH, "2026-11-20T14:00", True),
        (NIGHT, "2026-11-20T23:59", True),
        (NIGHT, "2026-11-20T05:59", True),
        (NIGHT, "2026-11-20T06:00", False),
        (ALWAYS, "2026-11-20T00:00", True),
        (NEVER, "2026-11-20T12:00", False),
    ],
)
def test_who_is_there(hours: Hours, moment: str, is_there: bool) -> None:
    assert is_open(hours, MOSCOW, at(moment)) is is_there


def test_hours_over_midnight_belong_to_the_day_on_which_they_begin() -> None:
    friday_night = Hours(is_on=True, week=((), (), (), (), (between("22:00", "02:00"),), (), ()))
    assert is_open(friday_night, MOSCOW, at("2026-11-21T01:59"))
    assert not is_open(friday_night, MOSCOW, at("2026-11-20T01:00"))
    on_a_holiday = replace(friday_night, holidays=(Holiday(date(2026, 11, 21), date(2026, 11, 21)),))
    assert is_open(on_a_holiday, MOSCOW, at("2026-11-21T01:59"))


@pytest.mark.parametrize(
    ("hours", "moment", "opens", "closes"),
    [
        (OFFICE, "2026-11-20T10:00", "2026-11-20T10:00", "2026-11-20T18:00"),
        (OFFICE, "2026-11-20T19:00", "2026-11-23T09:00", None),
        (LUNCH, "2026-11-20T13:30", "2026-11-20T14:00", None),
        (NIGHT, "2026-11-20T23:00", "2026-11-20T23:00", "2026-11-21T06:00"),
        (ALWAYS, "2026-11-20T10:00", "2026-11-20T10:00", None),
        (NEVER, "2026-11-20T10:00", None, None),
        # What touches is one span.
        (
            daily(between("09:00", "00:00"), between("00:00", "02:00")),
            "2026-11-20T10:00",
            "2026-11-20T10:00",
            "2026-11-21T02:00",
        ),
    ],
)
def test_when_somebody_comes_and_goes(
    hours: Hours, moment: str, opens: str | None, closes: str | None
) -> None:
    assert opens_next(hours, MOSCOW, at(moment)) == (opens and at(opens))
    assert closes_next(hours, MOSCOW, at(moment)) == (closes and at(closes))


@pytest.mark.parametrize(
    ("first", "last", "is_yearly", "days", "others"),
    [
        ("2026-05-09", "2026-05-09", False, ["2026-05-09"], ["2026-05-08", "2027-05-09"]),
        ("2026-05-01", "2026-05-03", False, ["2026-05-01", "2026-05-03"], ["2026-05-04"]),
        ("2026-05-09", "2026-05-09", True, ["2026-05-09", "2031-05-09"], ["2031-05-10"]),
        ("2026-12-30", "2027-01-08", True, ["2030-12-30", "2031-01-08"], ["2031-01-09", "2031-12-29"]),
        ("2028-02-29", "2028-02-29", True, ["2032-02-29"], ["2029-02-28", "2029-03-01"]),
    ],
)
def test_holidays_once_and_every_year(
    first: str, last: str, is_yearly: bool, days: list[str], others: list[str]
) -> None:
    holiday = Holiday(date.fromisoformat(first), date.fromisoformat(last), is_yearly)
    hours = replace(ALWAYS, holidays=(holiday,))
    assert all(not is_open(hours, MOSCOW, at(f"{day}T12:00")) for day in days)
    assert all(is_open(hours, MOSCOW, at(f"{day}T12:00")) for day in others)


def test_the_hours_of_a_date_come_before_its_weekday_and_before_a_holiday() -> None:
    sunday = date(2026, 11, 22)
    special = (
        SpecialHours(sunday, between("10:00", "12:00")),
        SpecialHours(sunday, between("15:00", "16:00")),
    )
    hours = Hours(is_on=True, holidays=(Holiday(sunday, sunday, is_yearly=True),), specials=special)
    moments = ["09:59", "10:00", "12:00", "15:30", "16:00"]
    assert [is_open(hours, MOSCOW, at(f"2026-11-22T{moment}")) for moment in moments] == [
        False,
        True,
        False,
        True,
        False,
    ]


def test_a_time_that_the_clock_leaves_out_comes_when_it_is_put_forward() -> None:
    # In Berlin the clock goes from 02:00 to 03:00 on 2026-03-29.
    jump = datetime(2026, 3, 29, 1, tzinfo=UTC)
    late, early = daily(between("02:30", "05:00")), daily(between("00:00", "02:30"))
    within = daily(between("02:10", "02:50"))
    assert opens_next(late, BERLIN, jump - timedelta(minutes=30)) == jump
    assert closes_next(early, BERLIN, jump - timedelta(minutes=30)) == jump
    assert not is_open(within, BERLIN, jump)


def test_a_time_that_comes_twice_counts_both_times() -> None:
    # In Berlin the clock goes from 03:00 back to 02:00 on 2026-10-25, at 01:00 UTC.
    hours = daily(between("01:00", "02:30"))
    there = [
        is_open(hours, BERLIN, datetime(2026, 10, 25, hour, minute, tzinfo=UTC))
        for hour, minute in ((0, 15), (0, 45), (1, 15), (1, 30))
    ]
    assert there == [True, True, True, False]


def test_a_department_without_hours_of_its_own_has_the_companys() -> None:
    assert hours_for(None, OFFICE) is OFFICE
    assert hours_for(replace(NIGHT, is_on=False), OFFICE) is OFFICE
    assert hours_for(NIGHT, OFFICE) is NIGHT


minutes = st.integers(0, 1439)
intervals = st.builds(Interval, minutes, minutes)
days = st.dates(date(2024, 1, 1), date(2030, 12, 31))
holidays = st.builds(
    lambda first, length, is_yearly: Holiday(first, first + timedelta(days=length), is_yearly),
    days,
    st.integers(0, 20),
    st.booleans(),
)
some_hours = st.builds(
    Hours,
    is_on=st.just(True),
    week=st.lists(st.lists(intervals, max_size=2).map(tuple), min_size=7, max_size=7).map(tuple),
    holidays=st.lists(holidays, max_size=2).map(tuple),
    specials=st.lists(st.builds(SpecialHours, days, intervals), max_size=2).map(tuple),
)
moments = st.integers(0, 5 * 365 * 86_400).map(
    lambda seconds: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
# Where mistakes would hide: around the hours in which clocks are changed.
changes = st.builds(
    lambda start, minute: start + timedelta(minutes=minute),
    st.sampled_from(
        [
            datetime(2026, 3, 29, 1, tzinfo=UTC),
            datetime(2026, 10, 25, 1, tzinfo=UTC),
            datetime(2026, 4, 4, 15, tzinfo=UTC),
            datetime(2026, 10, 3, 15, 30, tzinfo=UTC),
            datetime(2026, 3, 8, 5, tzinfo=UTC),
            datetime(2026, 11, 1, 5, tzinfo=UTC),
        ]
    ),
    st.integers(-180, 180),
)


def shows(hours: Hours, wall: datetime) -> bool:
    """Whether the clock on the wall alone says that somebody is there."""
    minute = wall.hour * 60 + wall.minute
    today = any(one.begin <= minute < one.begin + one.minutes for one in hours.of_day(wall.date()))
    yesterday = any(
        minute + 1440 < one.begin + one.minutes for one in hours.of_day(wall.date() - timedelta(days=1))
    )
    return today or yesterday


@given(hours=some_hours, zone=st.sampled_from(ZONES), now=moments | changes)
def test_whose_clock_shows_a_time_of_the_hours_finds_somebody(
    hours: Hours, zone: ZoneInfo, now: datetime
) -> None:
    wall = now.astimezone(zone)
    if shows(hours, wall):
        assert is_open(hours, zone, now)
    elif wall.utcoffset() == wall.replace(fold=1 - wall.fold).utcoffset():  # the time comes once
        assert not is_open(hours, zone, now)


@given(
    hours=some_hours,
    zone=st.sampled_from(ZONES),
    now=moments | changes,
    share=st.floats(0, 1, exclude_max=True),
)
def test_nothing_changes_before_the_next_change_and_all_does_then(
    hours: Hours, zone: ZoneInfo, now: datetime, share: float
) -> None:
    state, change = is_open(hours, zone, now), changes_next(hours, zone, now)
    assert (opens_next(hours, zone, now) == now) is state
    assert (closes_next(hours, zone, now) is None) or state
    assume(change is not None)
    assert change is not None and change > now
    # Rounded to a microsecond the share may be the whole.
    before = min(now + (change - now) * share, change - timedelta(microseconds=1))
    assert is_open(hours, zone, before) is state
    assert is_open(hours, zone, change) is not state


def test_every_change_of_a_year_is_found_one_after_the_other() -> None:
    now, found = at("2026-01-01T00:00", BERLIN), []
    while now < at("2027-01-01T00:00", BERLIN):
        change = changes_next(NIGHT, BERLIN, now)
        assert change is not None
        found.append(now := change)
    assert len(found) == 2 * 365 + 1  # the last one is the next year's first
    walls = {moment.astimezone(BERLIN).time() for moment in found}
    assert walls == {time(22), time(6)}
    assert all(earlier < later for earlier, later in pairwise(found))


@given(hours=some_hours)
def test_hours_are_kept_as_they_are(hours: Hours) -> None:
    assert from_plain(to_plain(hours)) == hours
    assert hours.tidied().tidied() == hours.tidied()


@pytest.mark.parametrize(
    "stored",
    [
        {},
        {**to_plain(OFFICE), "week": []},
        {**to_plain(OFFICE), "is_on": 1},
        {**to_plain(OFFICE), "week": [[["9:00", "18:00"]]] * 7},
        {**to_plain(OFFICE), "week": [[["09:00", "24:00"]]] * 7},
        {**to_plain(OFFICE), "specials": [{"day": "22.11.2026", "hours": ["09:00", "18:00"]}]},
    ],
)
def test_what_was_not_written_by_us_is_not_guessed_at(stored: dict[str, Any]) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        from_plain(stored)


def test_each_wrong_row_is_named() -> None:
    day = date(2026, 11, 22)
    hours = Hours(
        is_on=True,
        week=(
            (between("09:00", "13:00"), between("12:00", "18:00")),
            (between("09:00", "09:00"),),
            (between("22:00", "03:00"), between("23:00", "23:30")),
            (between("00:00", "00:00"),),
            (),
            tuple(between(f"{hour:02}:00", f"{hour:02}:30") for hour in range(9)),
            (between("09:00", "13:00"), between("09:00", "13:00")),
        ),
        holidays=(
            Holiday(day, day - timedelta(days=1)),
            Holiday(day, day + timedelta(days=365)),
            Holiday(day, day, name="x" * 101),
        ),
        specials=(
            SpecialHours(day, between("10:00", "12:00")),
            SpecialHours(day + timedelta(days=1), between("11:00", "13:00")),
            SpecialHours(day, between("11:00", "13:00")),
        ),
    )
    assert faults(hours) == {
        (Part.WEEK, 0, 1): "overlap",
        (Part.WEEK, 1, 0): "same",
        (Part.WEEK, 2, 1): "overlap",
        (Part.WEEK, 5, 8): "too_many",
        (Part.WEEK, 6, 1): "overlap",
        (Part.HOLIDAYS, 0, 0): "order",
        (Part.HOLIDAYS, 0, 1): "too_long",
        (Part.HOLIDAYS, 0, 2): "name_long",
        (Part.SPECIALS, 0, 2): "overlap",
    }
    with pytest.raises(HoursRefused):
        check(hours)
    check(OFFICE)


def test_hours_read_short_in_logs() -> None:
    hours = Hours(
        is_on=True,
        week=((between("09:00", "13:00"), between("14:00", "18:00")), (), (), (), (), (), ()),
        holidays=(Holiday(date(2026, 1, 1), date(2026, 1, 8), is_yearly=True, name="New Year"),),
        specials=(SpecialHours(date(2026, 12, 31), between("09:00", "12:00")),),
    )
    assert str(hours) == (
        "on; Mo 09:00-13:00,14:00-18:00; 01-01..01-08 off (New Year); 2026-12-31 09:00-12:00"
    )
