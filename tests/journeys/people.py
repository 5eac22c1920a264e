"""The people of the stories, each in a browser of their own."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, FrameLocator, Page

from tests.support.words import Words

PASSWORD = "тихий вечер у реки"
LOCALES = {"ru": "ru-RU", "en": "en-GB", "uk": "uk-UA", "he": "he-IL", "tr": "tr-TR"}


class Complaints:
    """What the browser's console says: a story that ends well leaves it empty."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def watch(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.found.append(f"{page.url}: {error}"))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.found.append(f"{message.location.get('url')}: {message.text}")


@contextmanager
def somebody(browser: Browser, words: Words, complaints: Complaints, **options: Any) -> Iterator[Page]:
    """A person with a browser of their own, in their language."""
    context: BrowserContext = browser.new_context(
        locale=LOCALES[words.language], **{"viewport": {"width": 1440, "height": 900}, **options}
    )
    context.set_default_timeout(15_000)
    page = context.new_page()
    complaints.watch(page)
    try:
        yield page
    finally:
        context.close()


def one_time_code(log: str) -> str:
    """The code that the server printed for the first account."""
    for line in reversed(log.splitlines()):
        if '"first_run.open"' in line:
            return str(json.loads(line)["code"])
    raise AssertionError(f"the server printed no code:\n{log}")


def sign_in(page: Page, url: str, words: Words, email: str) -> None:
    page.goto(f"{url}/sign-in")
    page.get_by_label(words("E-mail address")).fill(email)
    page.get_by_label(words("Password"), exact=True).fill(PASSWORD)
    page.get_by_role("button", name=words("Sign in"), exact=True).click()
    page.wait_for_url(lambda address: "/sign-in" not in address)


def chat_window(page: Page) -> FrameLocator:
    """The frame in which the visitor chats."""
    return page.frame_locator("iframe[src*='/chat/']")
