"""Working hours on the screens of settings and departments: rows as they are typed, what is wrong beside its row."""

import re
from dataclasses import replace
from datetime import date
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.departments import save_department
from models import Department
from models.audit import AuditEntry
from models.database import unit_of_work
from models.settings import Settings, load_settings
from policy.hours import Holiday, Hours, Interval, SpecialHours
from policy.hours_rules import minute_of
from policy.languages import Language
from policy.statuses import OperatorStatus
from tests.support.cabinet import Cabinet, form_of
from tests.support.clock import SteppingClock
from tests.support.company import Company

SETTINGS = "/admin/settings/"
NEW = "/admin/departments/new/"
OFFICE = Hours(is_on=True)


def between(begin: str, end: str) -> Interval:
    return Interval(minute_of(begin), minute_of(end))


def stored(session: Session) -> Hours:
    session.rollback()
    return session.get_one(Settings, 1, populate_existing=True).working_hours


def keep(session: Session, hours: Hours, language: Language = Language.EN) -> None:
    with unit_of_work(session) as unit:
        settings = load_settings(unit)
        settings.working_hours, settings.language = hours, language


def filled(admin: Cabinet, page: str = SETTINGS, **rows: str) -> dict[str, Any]:
    """The form as it stands, with these boxes: `on`, `week0_0_begin`, `holidays_0_first`."""
    named = {f"working_hours-{name.replace('_', '-')}": value for name, value in rows.items()}
    name = {"company_name": "Company"} if page == SETTINGS else {"name": "Sales"}
    return {**form_of(admin.get(page).text), **name, **named}


def error_of(page: str, row: str) -> str:
    found = re.search(rf'id="working_hours-{row}-error">.*?<span>(.*?)</span>', page, re.DOTALL)
    return unescape(found[1]) if found else ""


def sentence(page: str) -> str:
    found = re.search(r'class="hours-now">.*?<span>(.*?)</span>', page, re.DOTALL)
    assert found
    return unescape(found[1])


@pytest.mark.databases("sqlite", "postgresql")
def test_a_week_holidays_and_special_days_are_saved(admin: Cabinet, session: Session) -> None:
    form = filled(
        admin,
        on="y",
        week0_0_begin="14:00",
        week0_0_end="18:00",
        week0_1_begin="09:00",
        week0_1_end="13:00",
        week4_0_begin="",
        week4_0_end="",
        week5_0_begin="22:00",
        week5_0_end="02:00",
        holidays_7_first="2026-12-30",
        holidays_7_last="2027-01-08",
        holidays_7_yearly="y",
        holidays_7_name=" New  Year ",
        holidays_9_first="2026-05-09",
        specials_0_day="2026-11-22",
        specials_0_begin="00:00",
        specials_0_end="00:00",
    )
    assert admin.send(SETTINGS, form).status_code == 302
    office = (between("09:00", "18:00"),)
    assert stored(session) == Hours(
        is_on=True,
        week=(
            (between("09:00", "13:00"), between("14:00", "18:00")),
            office,
            office,
            office,
            (),
            (between("22:00", "02:00"),),
            (),
        ),
        holidays=(
            Holiday(date(2026, 5, 9), date(2026, 5, 9)),
            Holiday(date(2026, 12, 30), date(2027, 1, 8), is_yearly=True, name="New Year"),
        ),
        specials=(SpecialHours(date(2026, 11, 22), between("00:00", "00:00")),),
    )
    # The form shows what is stored: saved as it stands, nothing changes.
    before = stored(session)
    assert admin.send(SETTINGS, filled(admin)).status_code == 302
    assert stored(session) == before


def test_hours_are_off_until_somebody_switches_them_on_and_off_keeps_them(
    admin: Cabinet, session: Session
) -> None:
    assert stored(session) == Hours()
    assert admin.send(SETTINGS, filled(admin, week0_0_begin="10:00")).status_code == 302
    assert (stored(session).is_on, stored(session).week[0]) == (False, (between("10:00", "18:00"),))


@pytest.mark.parametrize(
    ("rows", "row", "said"),
    [
        ({"week0_0_begin": "9am"}, "week0-0", "Enter both times, for example 09:00."),
        ({"week0_0_end": ""}, "week0-0", "Enter both times, for example 09:00."),
        ({"week0_0_end": "25:00"}, "week0-0", "Enter both times, for example 09:00."),
        (
            {"week0_0_end": "09:00"},
            "week0-0",
            "Begins and ends at the same time. For the whole day enter 00:00 twice.",
        ),
        (
            {"week0_1_begin": "17:00", "week0_1_end": "20:00"},
            "week0-1",
            "Overlaps with other hours of this day.",
        ),
        ({"holidays_0_name": "Easter"}, "holidays-0", "Enter the date."),
        (
            {"holidays_0_first": "2026-05-09", "holidays_0_last": "2026-05-01"},
            "holidays-0",
            "The last day is before the first one.",
        ),
        (
            {"holidays_0_first": "2026-05-09", "holidays_0_last": "2027-06-01"},
            "holidays-0",
            "Holidays last for less than a year.",
        ),
        (
            {"holidays_0_first": "2026-05-09", "holidays_0_name": "x" * 101},
            "holidays-0",
            "At most 100 characters.",
        ),
        ({"specials_0_begin": "09:00", "specials_0_end": "10:00"}, "specials-0", "Enter the date."),
        ({"specials_0_day": "2026-05-09"}, "specials-0", "Enter both times, for example 09:00."),
    ],
)
def test_what_is_wrong_is_said_beside_its_row_and_nothing_typed_is_lost(
    admin: Cabinet, session: Session, rows: dict[str, str], row: str, said: str
) -> None:
    form = filled(admin, on="y", week6_0_begin="11:11", week6_0_end="12:12", **rows)
    answer = admin.send(SETTINGS, form)
    assert answer.status_code == 422
    assert error_of(answer.text, row) == said
    shown = form_of(answer.text)
    typed = {name: value for name, value in form.items() if name.startswith("working_hours-") and value}
    assert {name: shown.get(name) for name in typed} == typed
    assert stored(session) == Hours()


def test_times_are_read_as_people_and_browsers_write_them(admin: Cabinet, session: Session) -> None:
    form = filled(admin, on="y", week0_0_begin="9:30", week0_0_end="24:00", week1_0_end="18:30:00")
    assert admin.send(SETTINGS, form).status_code == 302
    assert stored(session).week[:2] == ((between("09:30", "00:00"),), (between("09:00", "18:30"),))


@pytest.mark.parametrize("number", ["99999", "-1", "x", "0-0"])
def test_rows_of_no_number_are_no_rows(admin: Cabinet, session: Session, number: str) -> None:
    form = {**filled(admin, on="y"), f"working_hours-week6-{number}-begin": "09:00"}
    assert admin.send(SETTINGS, form).status_code == 302
    assert stored(session) == OFFICE


def test_more_rows_than_are_kept_are_refused(admin: Cabinet, session: Session) -> None:
    rows = {f"holidays_{number}_first": "2026-05-09" for number in range(201)}
    answer = admin.send(SETTINGS, filled(admin, on="y", **rows))
    assert answer.status_code == 422
    assert error_of(answer.text, "holidays-200") == "At most 8 intervals a day and 200 dated rows."


@pytest.mark.parametrize(
    ("hours", "moment", "said"),
    [
        (Hours(), "2026-03-02T09:00+00:00", "Switched off: visitors find whoever is online, at any hour."),
        (OFFICE, "2026-03-02T09:00+00:00", "Open now, until 6:00 PM."),
        (OFFICE, "2026-03-02T19:00+00:00", "Closed now, opens tomorrow at 9:00 AM."),
        (OFFICE, "2026-03-02T01:00+00:00", "Closed now, opens today at 9:00 AM."),
        (OFFICE, "2026-03-06T19:00+00:00", "Closed now, opens on Monday at 9:00 AM."),
        (
            replace(OFFICE, holidays=(Holiday(date(2026, 3, 1), date(2026, 3, 31)),)),
            "2026-03-06T19:00+00:00",
            "Closed now, opens on 1 April at 9:00 AM.",
        ),
        (
            replace(OFFICE, week=((),) * 7),
            "2026-03-02T09:00+00:00",
            "Closed, and does not open within a year.",
        ),
        (
            replace(OFFICE, week=((Interval(0, 0),),) * 7),
            "2026-03-02T09:00+00:00",
            "Open now, around the clock.",
        ),
        (
            replace(OFFICE, week=((between("22:00", "06:00"),),) * 7),
            "2026-03-02T20:00+00:00",
            "Open now, closes tomorrow at 6:00 AM.",
        ),
    ],
)
def test_a_sentence_says_what_is_set(
    admin: Cabinet,
    session: Session,
    company: Company,
    clock: SteppingClock,
    hours: Hours,
    moment: str,
    said: str,
) -> None:
    clock.time = clock.time.fromisoformat(moment)
    keep(session, hours)
    admin.sign_in(company.administrator)
    assert re.sub(r"\s", " ", sentence(admin.get(SETTINGS).text)) == said


def test_the_sentence_is_russian_for_russians(
    admin: Cabinet, session: Session, company: Company, clock: SteppingClock
) -> None:
    clock.time = clock.time.fromisoformat("2026-03-06T19:00+00:00")
    keep(session, OFFICE, Language.RU)
    admin.sign_in(company.administrator)
    assert sentence(admin.get(SETTINGS).text) == "Сейчас закрыто, откроется в понедельник в 09:00."


def department(session: Session) -> Department:
    session.rollback()
    return session.query(Department).populate_existing().one()


def test_a_department_goes_by_the_company_until_it_has_hours_of_its_own(
    admin: Cabinet, session: Session
) -> None:
    evening = replace(OFFICE, week=((between("18:00", "23:00"),),) * 7)
    keep(session, evening)
    page = admin.get(NEW).text
    # Whoever begins to set own hours begins with the company's.
    assert form_of(page)["working_hours-week6-0-begin"] == "18:00"
    assert form_of(page)["working_hours-on"] == ""
    assert admin.send(NEW, filled(admin, NEW, week0_0_begin="nonsense")).status_code == 302
    assert department(session).working_hours == Hours()
    edit = f"/admin/departments/edit/?id={department(session).id}"
    assert admin.send(edit, filled(admin, edit, on="y", week0_0_begin="12:00")).status_code == 302
    own = replace(evening, week=((between("12:00", "23:00"),), *evening.week[1:]))
    assert department(session).working_hours == own
    # Back to the company's: the own ones are kept for another time.
    assert admin.send(edit, filled(admin, edit, on="")).status_code == 302
    assert department(session).working_hours == replace(own, is_on=False)
    assert form_of(admin.get(edit).text)["working_hours-week0-0-begin"] == "12:00"


def test_a_department_says_by_which_hours_it_is_there(
    admin: Cabinet, session: Session, company: Company
) -> None:
    keep(session, OFFICE)
    sales = company.department("sales")
    edit = f"/admin/departments/edit/?id={sales.id}"
    assert "until 6:00" in sentence(admin.get(edit).text)
    with unit_of_work(session) as unit:
        mine = unit.get_one(Department, sales.id)
        mine.working_hours = replace(OFFICE, week=((),) * 7)
        save_department(unit, mine)
    assert sentence(admin.get(edit).text) == "Closed, and does not open within a year."


def test_the_second_editor_is_told_in_words_what_the_first_has_set(admin: Cabinet, session: Session) -> None:
    mine = filled(admin, on="y", week6_0_begin="10:00", week6_0_end="12:00")
    assert (
        admin.send(SETTINGS, filled(admin, on="y", week5_0_begin="08:00", week5_0_end="09:00")).status_code
        == 302
    )
    answer = admin.send(SETTINGS, mine)
    assert answer.status_code == 422
    assert "Sat 08:00–09:00; Sun closed" in unescape(answer.text)
    assert form_of(answer.text)["working_hours-week6-0-begin"] == "10:00"
    assert not stored(session).week[6]


def test_screens_say_that_it_is_the_hours_that_keep_the_button_offline(
    admin: Cabinet, session: Session, company: Company, clock: SteppingClock
) -> None:
    sales = company.department("sales")
    company.operator("Anna", status=OperatorStatus.ONLINE)
    company.placement("site", department_id=sales.id)
    pages = {
        "/admin/": "The button is offline, also while operators are online.",
        "/admin/departments/": "Closed now, opens tomorrow at 9:00",
        f"/admin/departments/edit/?id={sales.id}": "Closed now, opens tomorrow at 9:00",
        f"/admin/placements/?id={company.placement('other', department_id=sales.id).id}": "The button is offline",
    }
    keep(session, OFFICE)
    # By day nothing is said of it.
    assert not [page for page, words in pages.items() if words in admin.get(page).text]
    clock.forward(hours=11)
    admin.sign_in(company.administrator)
    assert not [page for page, words in pages.items() if words not in admin.get(page).text]
    # A department that is there makes the difference.
    company.department("hotline", working_hours=replace(OFFICE, week=((Interval(0, 0),),) * 7))
    assert admin.get("/admin/departments/").text.count("Closed now</span>") == 1
    assert pages["/admin/"] not in admin.get("/admin/").text


def test_the_log_says_from_which_hours_to_which(admin: Cabinet, session: Session) -> None:
    assert (
        admin.send(SETTINGS, filled(admin, on="y", week5_0_begin="10:00", week5_0_end="14:00")).status_code
        == 302
    )
    session.rollback()
    lines = {
        line["field"]: (line["from"], line["to"])
        for entry in session.scalars(select(AuditEntry))
        for line in entry.changes
    }
    office = "Mo 09:00-18:00; Tu 09:00-18:00; We 09:00-18:00; Th 09:00-18:00; Fr 09:00-18:00"
    assert lines["working_hours"] == (f"off; {office}", f"on; {office}; Sa 10:00-14:00")
