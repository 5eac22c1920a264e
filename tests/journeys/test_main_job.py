"""The main job, end to end on real parts, in two languages: from an empty server to an answered visitor."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.journeys.people import PASSWORD, Complaints, chat_window, one_time_code, sign_in, somebody
from tests.support.browser import assert_accessible, keep
from tests.support.server import ServerProcess
from tests.support.words import Words

ADMIN = "admin@sila.example"
IVAN = "ivan@sila.example"
LUDA = "luda@sila.example"
QUESTION = "Здравствуйте! Беговая дорожка «Атлас Т70» встанет в нишу, если её складывать?"
ANSWER = "Здравствуйте! В сложенном виде она занимает 72 × 68 см. Какая у вас ниша?"
MEASURES = "80 на 90, высота 210"


@pytest.fixture
def town(tmp_path: Path) -> Iterator[ServerProcess]:
    """An empty server and, on an origin of its own, the shop that carries its button."""
    with ServerProcess(tmp_path, f"sqlite:///{tmp_path / 'otvet.sqlite3'}", with_shop=True) as server:
        yield server


@pytest.mark.parametrize("language", ["ru", "en"])
def test_an_administrator_sets_up_and_the_right_operator_answers_a_visitor(
    town: ServerProcess, browser: Browser, language: str
) -> None:
    words, complaints = Words(language), Complaints()
    with (
        somebody(browser, words, complaints) as administrator,
        somebody(browser, words, complaints) as ivan,
        somebody(browser, words, complaints) as luda,
        somebody(browser, words, complaints, viewport={"width": 1280, "height": 800}) as visitor,
    ):
        open_the_first_account(administrator, town, words)
        name_the_company(administrator, town, words)
        for name in ("Тренажёры", "Спортивные товары"):
            create_department(administrator, town, words, name)
        keep(administrator, f"main-job/{language}/departments")
        create_operator(administrator, town, words, "Иван", IVAN, "Тренажёры")
        create_operator(administrator, town, words, "Людмила", LUDA, "Спортивные товары")
        keep(administrator, f"main-job/{language}/operators")
        administrator.goto(f"{town.url}/admin/")

        for page, email in ((ivan, IVAN), (luda, LUDA)):
            sign_in(page, town.url, words, email)
            page.goto(f"{town.url}/workplace")
            expect(page.get_by_text(words("Nobody is waiting."))).to_be_visible()
        expect(number(administrator, words("Operators online"))).to_have_text("3")

        ask(visitor, town, words)
        keep(visitor, f"main-job/{language}/visitor-waits")
        row = ivan.get_by_text(QUESTION[:20])
        expect(row).to_be_visible()
        expect(luda.get_by_text(QUESTION[:20])).to_have_count(0)
        expect(number(administrator, words("Waiting"))).to_have_text("1")

        answer(ivan, words)
        window = chat_window(visitor)
        expect(window.get_by_text(ANSWER)).to_be_visible()
        expect(window.get_by_text("Иван").first).to_be_visible()
        box = window.get_by_role("textbox")
        box.fill(MEASURES)
        expect(ivan.get_by_text(MEASURES).first).to_be_visible()
        box.press("Enter")
        expect(window.get_by_text(MEASURES)).to_be_visible()
        expect(ivan.get_by_role("log").get_by_text(MEASURES)).to_be_visible()
        expect(number(administrator, words("Chats online"))).to_have_text("1")
        keep(administrator, f"main-job/{language}/dashboard", full_page=True)
        keep(ivan, f"main-job/{language}/workplace")
        keep(visitor, f"main-job/{language}/visitor-chats")
        for page in (administrator, ivan):
            assert_accessible(page)

        visitor.reload()
        expect(window.get_by_text(ANSWER)).to_be_visible()
        expect(window.get_by_text(MEASURES)).to_be_visible()

        close(ivan, words)
        expect(window.get_by_text(words("The operator has ended this chat."))).to_be_visible()
        expect(number(administrator, words("Chats online"))).to_have_text("0")
        assert complaints.found == []


def open_the_first_account(page: Page, town: ServerProcess, words: Words) -> None:
    page.goto(f"{town.url}/first-run")
    page.get_by_label(words("Code from the server's output")).fill(one_time_code(town.log))
    page.get_by_label(words("Your name")).fill("Administrator")
    page.get_by_label(words("E-mail address")).fill(ADMIN)
    page.get_by_label(words("Password"), exact=False).first.fill(PASSWORD)
    page.get_by_label(words("Confirmation")).fill(PASSWORD)
    page.get_by_role("button", name=words("Create the account")).click()
    expect(page.get_by_text(words("Your account is activated"))).to_be_visible()
    page.get_by_role("link", name=words("Go to the system's settings")).click()


def name_the_company(page: Page, town: ServerProcess, words: Words) -> None:
    page.get_by_label(words("Company name")).fill("ООО «Сила»")
    save(page, words)
    expect(page.get_by_text("ООО «Сила»").first).to_be_visible()


def create_department(page: Page, town: ServerProcess, words: Words, name: str) -> None:
    page.goto(f"{town.url}/admin/departments/")
    page.get_by_role("link", name=words("Create a new department")).first.click()
    page.get_by_label(words("Department name")).fill(name)
    save(page, words)
    expect(page.get_by_role("cell", name=name).first).to_be_visible()


def create_operator(
    page: Page, town: ServerProcess, words: Words, name: str, email: str, department: str
) -> None:
    page.goto(f"{town.url}/admin/operators/")
    page.get_by_role("link", name=words("Create a new operator")).first.click()
    page.get_by_label(words("Internal name")).fill(name)
    page.get_by_label(words("Name shown to visitors")).fill(name)
    page.get_by_label(words("Operator's e-mail address")).fill(email)
    page.get_by_role("combobox", name=words("Departments"), exact=True).click()
    page.get_by_role("option", name=department).click()
    page.get_by_role("tab", name=words("Password")).click()
    page.get_by_label(words("New password")).fill(PASSWORD)
    page.get_by_label(words("Confirmation")).fill(PASSWORD)
    save(page, words)
    expect(page.get_by_text(email)).to_be_visible()


def save(page: Page, words: Words) -> None:
    page.get_by_role("button", name=words("Save")).first.click()
    expect(page.locator(".alert.ok").first).to_be_visible()


def open_window(page: Page) -> None:
    page.locator("otvet-button").get_by_role("button").first.click()


def ask(page: Page, town: ServerProcess, words: Words) -> None:
    """The visitor presses the button on another website, chooses the department and asks."""
    page.goto(town.shop_url)
    open_window(page)
    window = chat_window(page)
    window.get_by_role("radio", name="Тренажёры").check(force=True)
    window.get_by_role("textbox").first.fill(QUESTION)
    window.get_by_role("button", name=words("Start the chat")).click()
    expect(window.get_by_text(QUESTION)).to_be_visible()


def answer(page: Page, words: Words) -> None:
    """The operator opens the waiting chat, takes it and answers."""
    page.get_by_text(QUESTION[:20]).first.click()
    page.get_by_role("button", name=words("Take the chat")).click()
    box = page.get_by_role("textbox", name=words("Message"))
    box.fill(ANSWER)
    box.press("Enter")
    expect(page.get_by_role("log").get_by_text(ANSWER)).to_be_visible()


def close(page: Page, words: Words) -> None:
    page.get_by_role("button", name=words("Close")).first.click()


def number(page: Page, label: str) -> Locator:
    """One of the numbers at the top of the dashboard."""
    return page.locator(".kpis li").filter(has=page.get_by_text(label, exact=True)).locator("strong")
