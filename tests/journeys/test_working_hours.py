"""Working hours from both ends: an administrator sets them, a visitor at the other end of the country reads of them."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.orm import Session

from clock import system_now
from models import Department
from models.database import unit_of_work
from models.settings import load_settings
from policy.hours import Interval
from policy.languages import Language
from tests.journeys.people import Complaints, somebody
from tests.support.browser import assert_accessible, keep
from tests.support.company import PASSWORD, Company
from tests.support.server import ServerProcess
from tests.support.words import Words


@pytest.fixture
def town(engine_url: str, tmp_path: Path) -> Iterator[ServerProcess]:
    with ServerProcess(tmp_path, engine_url) as server:
        yield server


def speak(session: Session, language: str) -> None:
    with unit_of_work(session) as unit:
        settings = load_settings(unit)
        settings.language, settings.company_name = Language(language), "Company"


def sign_in(page: Page, url: str, words: Words) -> None:
    page.goto(f"{url}/sign-in")
    page.get_by_label(words("E-mail address")).fill("administrator@example.com")
    page.get_by_label(words("Password"), exact=True).fill(PASSWORD)
    page.get_by_role("button", name=words("Sign in"), exact=True).click()
    page.wait_for_url("**/admin/")


def fill(page: Page, part: str, *values: str) -> None:
    """Add a row to a part of the hours and fill its boxes one after the other."""
    rows = page.locator(f"[data-list={part}]")
    rows.locator("[data-add]").click()
    for box, value in zip(rows.locator("[data-row]").last.locator("input").all(), values, strict=False):
        box.fill(value)


@pytest.mark.parametrize("language", ["ru", "he"])
def test_who_comes_on_a_holiday_reads_when_somebody_is_back_by_their_own_clock(
    town: ServerProcess, company: Company, session: Session, browser: Browser, language: str
) -> None:
    words, complaints = Words(language), Complaints()
    speak(session, language)
    far_away = {"timezone_id": "Asia/Vladivostok"}
    with (
        somebody(browser, words, complaints) as admin,
        somebody(browser, words, complaints, **far_away) as visitor,
    ):
        sign_in(admin, town.url, words)
        visitor.goto(f"{town.url}/chat/default")
        expect(visitor.locator("textarea")).to_be_visible()

        set_hours(admin, town.url, words, language)
        # Nine in Moscow is four in the afternoon there.
        expect(visitor.locator(".calm")).to_contain_text("16:00")
        assert_accessible(visitor)
        keep(visitor, f"hours-{language}-window")

        admin.locator("[data-hours-on]").uncheck()
        expect(admin.locator("[data-hours-body]")).to_be_hidden()
        admin.get_by_role("button", name=words("Save")).click()
        expect(visitor.locator("textarea")).to_be_visible()
    assert complaints.found == []


def set_hours(page: Page, url: str, words: Words, language: str) -> None:
    """Split weekdays, and a holiday now."""
    page.goto(f"{url}/admin/settings/#tab-hours")
    expect(page.locator("[data-hours-body]")).to_be_hidden()
    page.locator("[data-hours-on]").check()
    # The working week begins with Monday, and in Hebrew with Sunday.
    first, fourth, free = ("week6", "week2", "week5") if language == "he" else ("week0", "week3", "week6")
    if language == "he":
        page.locator(f"[data-list={first}] [data-add]").click()
    for box, value in zip(page.locator(f"[data-list={first}] input").all(), ("09:00", "13:00"), strict=True):
        box.fill(value)
    fill(page, first, "14:00", "18:00")
    page.get_by_role("button", name=words("Copy to weekdays")).click()
    assert [box.input_value() for box in page.locator(f"[data-list={fourth}] input").all()] == [
        "09:00",
        "13:00",
        "14:00",
        "18:00",
    ]
    fill(page, free, "10:00", "11:00")
    page.locator(f"[data-list={free}] [data-remove]").click()
    expect(page.locator(f"[data-list={free}] [data-none]")).to_be_visible()
    today = system_now().date()
    fill(page, "holidays", str(today - timedelta(days=1)), str(today + timedelta(days=3)))
    page.get_by_role("button", name=words("Save")).click()
    page.locator("#tab-hours").click()
    expect(page.locator(f"[data-list={first}] [data-row]")).to_have_count(2)
    page.set_viewport_size({"width": 1440, "height": 2400})
    assert_accessible(page)
    keep(page, f"hours-{language}-settings", full_page=True)


def test_hours_are_set_without_a_script(
    town: ServerProcess, company: Company, session: Session, browser: Browser
) -> None:
    words, complaints = Words("en"), Complaints()
    speak(session, "en")
    with somebody(browser, words, complaints, java_script_enabled=False) as page:
        sign_in(page, town.url, words)
        page.goto(f"{town.url}/admin/departments/new/")
        page.get_by_label("Department name").fill("Sales")
        page.get_by_role("radio", name="Own").check()
        page.get_by_label("Saturday: from").fill("10:00")
        page.get_by_label("Saturday: until").fill("15:00")
        page.get_by_label("Monday: from").first.fill("")
        page.get_by_label("Monday: until").first.fill("")
        page.get_by_role("button", name="Save").click()
        page.wait_for_url("**/admin/departments/")
    session.rollback()
    stored = session.query(Department).one().working_hours
    assert (stored.is_on, stored.week[0], stored.week[5]) == (True, (), (Interval(600, 900),))
