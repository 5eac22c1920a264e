"""A company demands the second factor: a person sets it up with a phone, signs in with it, and looks after sessions."""

import time
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from models.database import unit_of_work
from models.settings import load_settings
from policy.languages import Language
from tests.journeys.people import Complaints, somebody
from tests.support.browser import assert_accessible, keep
from tests.support.company import PASSWORD, Company
from tests.support.server import ServerProcess
from tests.support.words import Words


@pytest.mark.parametrize("language", ["ru", "he"])
def test_set_up_because_the_company_demands_it_and_used_from_then_on(
    server: ServerProcess, company: Company, browser: Browser, language: str
) -> None:
    words, complaints = Words(language), Complaints()
    company.operator("Anna", interface_language=Language(language))
    with unit_of_work() as session:
        settings = load_settings(session)
        settings.second_factor_demanded, settings.language = True, Language(language)
    with somebody(browser, words, complaints) as page, somebody(browser, words, complaints) as other:
        enter(page, server, words)
        expect(page.get_by_role("heading", name=words("Second factor"))).to_be_visible()
        see(page, f"{language}-set-up")
        phone = pyotp.TOTP(page.locator(".secret code").inner_text().replace(" ", "").upper())
        page.get_by_label(words("Code from the phone")).fill(phone.at(time.time()))
        page.get_by_label(words("Current password")).fill(PASSWORD)
        page.get_by_role("button", name=words("Switch on")).click()
        expect(page.get_by_role("heading", name=words("Recovery codes"))).to_be_visible()
        see(page, f"{language}-codes")
        codes = page.locator(".codes code").all_inner_texts()
        with page.expect_download() as download:
            page.get_by_role("link", name=words("Download as text")).click()
        assert all(code in Path(download.value.path()).read_text(encoding="utf-8") for code in codes)
        page.get_by_role("link", name=words("I have kept them, go on")).click()
        page.wait_for_url("**/admin/")
        page.goto(f"{server.url}/admin/profile/")
        see(page, f"{language}-profile")

        enter(other, server, words)
        expect(other.get_by_role("heading", name=words("Second step of signing in"))).to_be_visible()
        see(other, f"{language}-code")
        other.get_by_label(words("Code from the phone")).fill(phone.at(time.time() + 30))
        other.keyboard.press("Enter")
        other.wait_for_url("**/admin/")

        page.reload()
        see(page, f"{language}-sessions")
        page.get_by_role("button", name=words("End all others")).click()
        expect(page.get_by_text(words("You are signed in nowhere else."))).to_be_visible()
        # The other browser hears of it by its socket, without anybody pressing anything.
        other.wait_for_url("**/sign-in**")

        enter(other, server, words)
        other.get_by_role("link", name=words("I have no phone with me: use a recovery code")).click()
        see(other, f"{language}-paper")
        other.get_by_label(words("Recovery code")).fill(codes[0])
        other.keyboard.press("Enter")
        other.wait_for_url("**/admin/")
    assert complaints.found == []


def enter(page: Page, server: ServerProcess, words: Words) -> None:
    page.goto(f"{server.url}/sign-in")
    page.get_by_label(words("E-mail address")).fill("anna@example.com")
    page.get_by_label(words("Password"), exact=True).fill(PASSWORD)
    page.get_by_role("button", name=words("Sign in"), exact=True).click()
    page.wait_for_url(lambda address: not address.endswith("/sign-in"))


def see(page: Page, name: str) -> None:
    assert_accessible(page)
    keep(page, f"second-factor/{name}", full_page=True)
