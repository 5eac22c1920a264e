"""The tabs of the general settings in a browser: each can be read and used by everybody."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.admin_views.test_look import DESKTOP, PHONE, choose, sign_in
from tests.support.browser import assert_accessible, keep
from tests.support.company import Company
from tests.support.server import ServerProcess


def open_settings(page: Page, server: ServerProcess, company: Company, language: str) -> None:
    sign_in(page, server, company.administrator)
    choose(page, "lang", language)
    expect(page.locator("html")).to_have_attribute("lang", language)
    page.goto(f"{server.url}/admin/settings/")


@pytest.mark.parametrize(
    ("name", "viewport", "language", "theme"),
    [("phone", PHONE, "ru", "dark"), ("hebrew", DESKTOP, "he", "light")],
)
def test_every_tab_is_for_everybody(
    browser: Browser,
    server: ServerProcess,
    company: Company,
    name: str,
    viewport: Any,
    language: str,
    theme: Any,
) -> None:
    context = browser.new_context(viewport=viewport, color_scheme=theme)
    page = context.new_page()
    open_settings(page, server, company, language)
    for tab in page.get_by_role("tab").all():
        tab.click()
        pane = page.locator(f"#{tab.get_attribute('aria-controls')}")
        expect(pane).to_be_visible()
        for folded in pane.locator("details").all():
            folded.locator("summary").click()
        assert_accessible(page)
        keep(page, f"settings/{name}-{tab.get_attribute('id')}", full_page=True)
        width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert width <= 0, f"{tab.inner_text()} is wider than the window"
    context.close()


def test_the_summary_of_errors_leads_into_a_folded_language(
    browser: Browser, server: ServerProcess, company: Company
) -> None:
    page = browser.new_page(viewport=DESKTOP)
    open_settings(page, server, company, "en")
    page.fill("#company_name", "Sila")
    page.get_by_role("tab", name="Templates and auto-messages").click()
    texts = page.get_by_role("group", name="Greeting")
    texts.locator("summary").click()
    page.locator("#greeting_texts-tr").evaluate("box => box.removeAttribute('maxlength')")
    page.fill("#greeting_texts-tr", "ü" * 501)
    page.keyboard.press("Control+s")
    link = page.get_by_role("alert").get_by_role("link", name="Greeting")
    expect(link).to_be_visible()
    page.get_by_role("tab", name="Company").click()
    link.click()
    expect(page.locator("#greeting_texts-tr")).to_be_focused()
    expect(page.locator("#greeting_texts-tr")).to_have_value("ü" * 501)
    page.close()
