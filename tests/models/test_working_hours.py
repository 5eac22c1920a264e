"""Working hours and who is there: the button, the window's departments, and the next moment at which that changes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from actions.departments import save_department
from actions.settings import save_settings
from models import Department, Placement
from models.database import unit_of_work
from models.placements import Choice
from models.queries.availability import Availability, availability_of, state_of
from models.queries.hours import opening_hours
from models.queries.sessions import rights_mark
from models.settings import load_settings
from policy.availability import ButtonState
from policy.hours import Hours, Interval
from policy.hours_rules import HoursRefused
from policy.languages import Language
from policy.statuses import OperatorStatus
from tests.support.company import Company

# 2026-03-02 is a Monday; the company's zone is Moscow, three hours ahead of UTC.
NOON = datetime(2026, 3, 2, 9, tzinfo=UTC)
NIGHT = datetime(2026, 3, 2, 20, tzinfo=UTC)
MORNING = datetime(2026, 3, 3, 6, tzinfo=UTC)
OFFICE = Hours(is_on=True)
ALL_DAY = Hours(is_on=True, week=((Interval(0, 0),),) * 7)
NEVER = Hours(is_on=True, week=((),) * 7)


@pytest.fixture
def company(company: Company, session: Session) -> Company:
    """One that is there on weekdays from nine to six, and whose Anna never leaves."""
    keep(session, OFFICE)
    company.operator("Anna", status=OperatorStatus.ONLINE)
    return company


def keep(session: Session, hours: Hours) -> None:
    with unit_of_work(session) as unit:
        settings = load_settings(unit)
        settings.company_name = "Company"
        settings.working_hours = hours
        settings.version += 1
        save_settings(unit, settings)


def found(session: Session, placement: Placement, now: datetime, **named: Any) -> Availability:
    session.rollback()
    return availability_of(session, placement, Language.EN, now, **named)


def test_outside_the_hours_the_button_is_offline_and_tells_when_somebody_is_back(
    company: Company, session: Session
) -> None:
    site, hidden = company.placement("site"), company.placement("hidden", shows_offline_button=False)
    assert (found(session, site, NOON).state, found(session, site, NOON).opens_at) == (
        ButtonState.ONLINE,
        None,
    )
    assert (found(session, site, NIGHT).state, found(session, site, NIGHT).opens_at) == (
        ButtonState.OFFLINE,
        MORNING,
    )
    assert state_of(session, hidden, NIGHT) is ButtonState.HIDDEN
    keep(session, Hours())
    assert found(session, site, NIGHT).state is ButtonState.ONLINE


def test_within_the_hours_nobody_knows_when_somebody_comes(company: Company, session: Session) -> None:
    only_sales = company.placement("sales", department_id=company.department("sales").id)
    assert (found(session, only_sales, NOON).state, found(session, only_sales, NOON).opens_at) == (
        ButtonState.OFFLINE,
        None,
    )


def test_a_department_has_the_companys_hours_until_it_has_its_own(company: Company, session: Session) -> None:
    sales, hotline = company.department("sales"), company.department("hotline", working_hours=ALL_DAY)
    company.operator("Boris", status=OperatorStatus.ONLINE, departments=[sales, hotline])
    in_sales = company.placement("insales", department_id=sales.id)
    in_hotline = company.placement("inhotline", department_id=hotline.id)
    site = company.placement("site", offers_department_choice=Choice.OFF)
    states = [state_of(session, one, NIGHT) for one in (in_sales, in_hotline, site)]
    assert states == [ButtonState.OFFLINE, ButtonState.ONLINE, ButtonState.OFFLINE]
    # The page's code names the department: the window knows of it as the button does.
    assert state_of(session, site, NIGHT, named_department_id=hotline.id) is ButtonState.ONLINE
    assert found(session, site, NIGHT, named_department_id=hotline.id).state is ButtonState.ONLINE


def test_who_may_choose_is_shown_which_departments_are_there(company: Company, session: Session) -> None:
    sales = company.department("sales", sort_order=1)
    hotline = company.department("hotline", sort_order=2, working_hours=ALL_DAY)
    company.department("closed", sort_order=3, working_hours=NEVER)
    company.operator("Boris", status=OperatorStatus.ONLINE, departments=[sales, hotline])
    site = company.placement("site", offers_department_choice=Choice.OPTIONAL)
    by_night = found(session, site, NIGHT)
    assert [(one.key, one.is_online, one.opens_at) for one in by_night.departments] == [
        ("sales", False, MORNING),
        ("hotline", True, None),
        ("closed", False, None),
    ]
    assert (by_night.state, by_night.demands_department) == (ButtonState.ONLINE, True)
    by_day = found(session, site, NOON)
    assert (by_day.state, by_day.demands_department) == (ButtonState.ONLINE, False)


def test_the_first_department_to_open_is_told(company: Company, session: Session) -> None:
    early = Hours(is_on=True, week=((Interval(7 * 60, 8 * 60),),) * 7)
    for key, hours in (("sales", Hours()), ("early", early)):
        company.department(key, working_hours=hours)
    site = company.placement("site", offers_department_choice=Choice.REQUIRED)
    assert found(session, site, NIGHT).opens_at == datetime(2026, 3, 3, 4, tzinfo=UTC)


def test_who_is_open_but_away_hides_nobodys_opening(company: Company, session: Session) -> None:
    company.department("hotline", working_hours=ALL_DAY)
    free = company.placement("free", offers_department_choice=Choice.OPTIONAL)
    demanded = company.placement("demanded", offers_department_choice=Choice.REQUIRED)
    company.department("sales")
    # Nobody of the hotline is online. Without a department one would be answered in the morning ...
    assert found(session, free, NIGHT).opens_at == MORNING
    # ... but who must choose may choose the hotline, and nobody knows when somebody comes there.
    assert found(session, demanded, NIGHT).opens_at is None


def test_the_next_change_of_anything_is_known(company: Company, session: Session) -> None:
    company.department("never", working_hours=NEVER)
    early = Hours(is_on=True, week=((Interval(7 * 60, 8 * 60),),) * 7)
    moments = [NOON]
    for hours in (None, early):
        if hours is not None:
            company.department("early", working_hours=hours)
        moments.append(opening_hours(session).changes_next(NIGHT) or NOON)
    assert moments[1:] == [MORNING, datetime(2026, 3, 3, 4, tzinfo=UTC)]
    keep(session, Hours())
    session.rollback()
    assert opening_hours(session).changes_next(MORNING + timedelta(days=1)) == datetime(
        2026, 3, 4, 4, tzinfo=UTC
    ) + timedelta(days=1)


def test_other_processes_notice_that_hours_changed(company: Company, session: Session) -> None:
    before = rights_mark(session)
    keep(session, Hours())
    session.rollback()
    assert rights_mark(session) != before


def test_hours_that_cannot_be_are_not_stored(company: Company, session: Session) -> None:
    wrong = Hours(is_on=True, week=((Interval(540, 540),),) * 7)
    with pytest.raises(HoursRefused):
        keep(session, wrong)
    with pytest.raises(HoursRefused), unit_of_work(session) as unit:
        save_department(unit, Department(name="Sales", working_hours=wrong))
    session.rollback()
    assert load_settings(session).working_hours == OFFICE
    assert session.query(Department).count() == 0
