"""The manual's first four chapters, step by step: signing in, main page, general settings, departments, operators."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from clock import system_now
from commands.demo_faces import FACES, draw
from models import Department, Operator
from models.database import unit_of_work
from models.settings import load_settings
from policy.languages import Language
from policy.statuses import OperatorStatus
from tests.journeys.people import PASSWORD as NEW_PASSWORD
from tests.journeys.people import Complaints, somebody
from tests.journeys.test_main_job import number, save
from tests.support.browser import assert_accessible, keep
from tests.support.clients import SocketClient, operator_client, visitor_client
from tests.support.clock import SteppingClock
from tests.support.company import PASSWORD, Company
from tests.support.server import ServerProcess
from tests.support.words import Words

STAFF = (
    ("Иван", "ivan@sila.example", ("Тренажёры",)),
    ("Ирина", "irina@sila.example", ("Тренажёры", "Спортивные товары")),
    ("Людмила", "luda@sila.example", ("Спортивные товары",)),
)
GLOBAL_TEMPLATES = (
    "Здравствуйте! Чем помочь?\nДоставка\n Доставим завтра.\n Подъём на этаж платный.\nДо свидания!"
)


@pytest.fixture
def clock() -> SteppingClock:
    """The server's process has the real time, so the company must not live in another one."""
    return SteppingClock(system_now())


class Cabinet:
    """One administrator's screen, with the words and the pictures of a language."""

    def __init__(self, page: Page, url: str, words: Words) -> None:
        self.page, self.url, self.words = page, url, words

    def see(self, name: str, *, full_page: bool = False) -> None:
        """Nobody is shut out of it; and a picture, from the top of the page."""
        assert_accessible(self.page)
        self.page.evaluate("scrollTo(0, 0)")
        keep(self.page, f"cabinet/{self.words.language}/{name}", full_page=full_page)

    def block(self, title: str) -> None:
        """Open a section by its block on the main page."""
        self.page.goto(f"{self.url}/admin/")
        self.tile(title).click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text(self.words(title))

    def tile(self, title: str) -> Locator:
        """The block of a section, by its title."""
        named = self.page.locator("b").get_by_text(self.words(title), exact=True)
        return self.page.locator(".tile").filter(has=named)

    def tab(self, title: str) -> None:
        self.page.get_by_role("tab", name=self.words(title)).click()


@pytest.fixture
def staff_at_work() -> Iterator[list[SocketClient]]:
    """Operators who are signed in elsewhere; they leave at the end."""
    desks: list[SocketClient] = []
    yield desks
    for desk in desks:
        if desk.is_connected:
            desk.disconnect()


@pytest.mark.timeout(360)  # four chapters, each screen held against the rules of accessibility
@pytest.mark.parametrize("language", ["ru", "en"])
def test_an_administrator_follows_the_manual(
    server: ServerProcess,
    company: Company,
    session: Session,
    browser: Browser,
    tmp_path: Path,
    staff_at_work: list[SocketClient],
    language: str,
) -> None:
    words, complaints = Words(language), Complaints()
    with unit_of_work(session) as unit:
        load_settings(unit).language = Language(language)
    with somebody(browser, words, complaints) as page:
        cabinet = Cabinet(page, server.url, words)
        begin_to_work(cabinet)
        choose_general_settings(cabinet, session)
        register_departments(cabinet, session)
        register_operators(cabinet, session, tmp_path)
        watch_operators(cabinet, session, staff_at_work)
        watch_the_day(cabinet, staff_at_work)
        # The browser notes the form that was refused, and nothing else.
        assert [text for text in complaints.found if "422" not in text] == []


# 1. Beginning to work in the cabinet


def begin_to_work(cabinet: Cabinet) -> None:
    page, words = cabinet.page, cabinet.words
    page.goto(cabinet.url)
    expect(page).to_have_title(words("%(brand)s — Sign in", brand="Otvet"))
    page.get_by_role("link", name=words("System requirements")).first.click()
    expect(page.get_by_text("Google Chrome")).to_be_visible()
    page.go_back()
    page.get_by_label(words("E-mail address")).fill("administrator@example.com")
    page.get_by_label(words("Password"), exact=True).fill(PASSWORD)
    expect(page.get_by_label(words("Status"))).to_have_value("online")
    cabinet.see("1-sign-in")
    page.get_by_role("button", name=words("Sign in"), exact=True).click()
    page.wait_for_url("**/admin/")
    expect(page.get_by_role("heading", name=words("Dashboard"))).to_be_visible()
    for title in (
        "Workplace",
        "Operators",
        "Departments",
        "HTML code and button settings",
        "General settings",
    ):
        expect(cabinet.tile(title)).to_be_visible()
    expect(number(page, words("Operators online"))).to_have_text("1")
    expect(page.get_by_role("heading", name=words("First steps"))).to_be_visible()
    cabinet.see("1-main-page", full_page=True)

    # Whoever leads many may be invisible: the dashboard shows it at once.
    page.locator("#status-menu summary").click()
    page.locator("#status-menu").get_by_role("button", name=words("Invisible")).click()
    expect(page.locator("#status-menu [data-status-name]")).to_have_text(words("Invisible"))
    expect(number(page, words("Operators online"))).to_have_text("0")
    # The title of a block of the dashboard leads to the section that it sums up.
    page.locator(".card header").get_by_role("link", name=words("Departments")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(words("Departments"))


# 2. General settings


def choose_general_settings(cabinet: Cabinet, session: Session) -> None:
    page, words = cabinet.page, cabinet.words
    page.goto(f"{cabinet.url}/operator/settings.php")
    expect(page.get_by_role("heading", level=1)).to_have_text(words("General settings"))
    cabinet.block("General settings")
    page.get_by_label(words("Company name")).fill("ООО «Сила»")
    page.get_by_label(words("Time zone")).select_option("Asia/Yekaterinburg")
    cabinet.see("2-company")

    cabinet.tab("E-mail addresses")
    page.get_by_label(words("Missed chats")).fill("petrov@moysite.example, ivanov@company")
    page.get_by_role("button", name=words("Save")).first.click()
    expect(page.get_by_text("ivanov@company").first).to_be_visible()
    assert page.get_by_label(words("Company name")).input_value() == "ООО «Сила»"
    cabinet.tab("E-mail addresses")
    cabinet.see("2-wrong-address")
    page.get_by_label(words("Missed chats")).fill("petrov@moysite.example, ivanov@company.example")
    save(page, words)

    cabinet.tab("Chat classification")
    page.get_by_label(words("Categories")).fill("Доставка\n Сроки\n Стоимость\nВозврат")
    cabinet.see("2-categories")

    cabinet.tab("Templates and auto-messages")
    page.get_by_label(words("Waiting time for the first message, seconds")).fill("45")
    page.get_by_label(words("Waiting time for an operator's answer, seconds")).fill("0")
    page.get_by_label(words("Reply templates"), exact=True).fill(GLOBAL_TEMPLATES)
    cabinet.see("2-templates")

    cabinet.tab("Additional functions")
    page.get_by_label(words("Maximum number of chats per operator")).fill("3")
    cabinet.see("2-functions", full_page=True)
    save(page, words)

    session.rollback()
    stored = load_settings(session)
    assert (stored.company_name, stored.time_zone) == ("ООО «Сила»", "Asia/Yekaterinburg")
    assert stored.missed_emails == "petrov@moysite.example, ivanov@company.example"
    assert (stored.first_reply_timeout_seconds, stored.reply_timeout_seconds) == (45, 0)
    assert stored.max_chats_per_operator == 3
    assert stored.reply_templates == GLOBAL_TEMPLATES


# 3. Departments


def register_departments(cabinet: Cabinet, session: Session) -> None:
    page, words = cabinet.page, cabinet.words
    cabinet.block("Departments")
    cabinet.see("3-no-departments")
    for name, key in (("Тренажёры", "train"), ("Спортивные товары", "")):
        page.get_by_role("link", name=words("Create a new department")).first.click()
        page.get_by_label(words("Department name")).fill(name)
        page.get_by_label(words("Department's letter identifier")).fill(key)
        save(page, words)
    expect(page.get_by_role("row")).to_have_count(3)
    cabinet.see("3-departments")

    page.get_by_role("link", name=f"{words('Edit')}: Тренажёры").click()
    places = (
        "Россия-Нижний Новгород; Казахстан"
        if words.language == "ru"
        else "Russia-Nizhny Novgorod; Kazakhstan"
    )
    page.get_by_label(words("Geography of the department")).fill(places)
    page.get_by_label(words("Reply templates")).fill("Спасибо!\nУ нас лучший выбор велосипедных тренажёров.")
    cabinet.see("3-department")
    save(page, words)

    session.rollback()
    stored = {row.name: row for row in session.scalars(select(Department))}
    assert stored["Тренажёры"].key == "train"
    assert stored["Спортивные товары"].key == "sportivnyetovary"
    assert stored["Тренажёры"].geo_places


# 4. Operators and supervisors


def register_operators(cabinet: Cabinet, session: Session, tmp_path: Path) -> None:
    page, words = cabinet.page, cabinet.words
    cabinet.block("Operators")
    for name, email, departments in STAFF:
        page.get_by_role("link", name=words("Create a new operator")).first.click()
        fill_operator(cabinet, name, email, departments)
        save(page, words)
    page.get_by_role("link", name=words("Create a new operator")).first.click()
    photo = tmp_path / "portrait.png"
    photo.write_bytes(draw(FACES["svetlana"]))
    page.get_by_label(words("Upload a photo")).set_input_files(photo)
    fill_operator(cabinet, "Светлана", "svetlana@sila.example", ("Спортивные товары",))
    for language in ("RU", "EN", "UA"):
        page.get_by_role("checkbox", name=language, exact=True).check(force=True)
    pick(cabinet, "Subordinate operators", "Иван", "Людмила")
    pick(cabinet, "Supervisor in departments", "Тренажёры")
    cabinet.see("4-operator")
    cabinet.tab("Templates")
    page.get_by_label(words("Reply templates")).fill("Это Светлана, слушаю вас.")
    cabinet.see("4-operator-templates")
    save(page, words)
    expect(page.get_by_role("row")).to_have_count(6)
    cabinet.see("4-operators")

    session.rollback()
    svetlana = session.scalars(select(Operator).where(Operator.internal_name == "Светлана")).one()
    assert {one.internal_name for one in svetlana.subordinates} == {"Иван", "Людмила"}
    assert [one.name for one in svetlana.supervised_departments] == ["Тренажёры"]
    assert svetlana.languages == ["ru", "en", "uk"]
    assert svetlana.photo


def fill_operator(cabinet: Cabinet, name: str, email: str, departments: tuple[str, ...]) -> None:
    page, words = cabinet.page, cabinet.words
    page.get_by_label(words("Internal name")).fill(name)
    page.get_by_label(words("Name shown to visitors")).fill(name)
    page.get_by_label(words("Operator's e-mail address")).fill(email)
    pick(cabinet, "Departments", *departments)
    cabinet.tab("Password")
    page.get_by_label(words("New password")).fill(NEW_PASSWORD)
    page.get_by_label(words("Confirmation")).fill(NEW_PASSWORD)
    cabinet.tab("Main")


def pick(cabinet: Cabinet, label: str, *options: str) -> None:
    box = cabinet.page.get_by_role("combobox", name=cabinet.words(label), exact=True)
    for option in options:
        box.click()
        cabinet.page.get_by_role("option", name=option, exact=True).click()
    box.press("Escape")


def watch_operators(cabinet: Cabinet, session: Session, staff_at_work: list[SocketClient]) -> None:
    """Who comes to work shows at once; one is disconnected, then all; the offline are hidden; one leaves for good."""
    page, words = cabinet.page, cabinet.words
    for _name, email, _departments in STAFF:
        staff_at_work.append(operator_client(cabinet.url, email, NEW_PASSWORD))
    row = page.get_by_role("row", name="Иван")
    expect(row.locator("[data-status-name]")).to_have_text(words("Online"))
    row.get_by_role("button", name=words("Disconnect")).click()
    page.get_by_role("dialog").get_by_role("button", name=words("Disconnect")).click()
    expect(row.locator("[data-status-name]")).to_have_text(words("Offline"))
    page.get_by_role("button", name=words("Hide offline operators")).click()
    expect(page.get_by_role("row", name="Иван")).to_have_count(0)
    expect(page.get_by_role("row", name="Ирина")).to_be_visible()
    cabinet.see("4-offline-hidden")
    page.get_by_role("button", name=words("Show offline operators")).click()
    page.get_by_role("button", name=words("Disconnect all operators")).click()
    question = page.get_by_role("dialog")
    expect(question).to_contain_text("2")
    cabinet.see("4-disconnect-all")
    question.get_by_role("button", name=words("Disconnect all operators")).click()
    expect(page.get_by_role("row", name="Ирина").locator("[data-status-name]")).to_have_text(words("Offline"))
    page.get_by_role("row", name="Людмила").get_by_role("button", name=words("Delete")).click()
    page.get_by_role("dialog").get_by_role("button", name=words("Delete")).click()
    expect(page.get_by_role("row", name="Людмила")).to_have_count(0)
    session.rollback()
    people = {one.internal_name: one for one in session.scalars(select(Operator))}
    assert people["Людмила"].deleted_at is not None
    assert people["Ирина"].presence.status is OperatorStatus.OFFLINE


def watch_the_day(cabinet: Cabinet, staff_at_work: list[SocketClient]) -> None:
    """Visitors come, and the dashboard tells it without a reload."""
    page, words = cabinet.page, cabinet.words
    page.goto(f"{cabinet.url}/admin/")
    ivan, irina, _luda = staff_at_work
    for desk in (ivan, irina):
        desk.do("set_status", status="online")
    begun = []
    for name, department in (("Мария", "train"), ("Олег", "train"), ("Тимур", "sportivnyetovary")):
        visitor = visitor_client(cabinet.url)
        staff_at_work.append(visitor)
        asked = {"name": name, "department": department, "first_question": "Есть ли доставка?"}
        said = visitor.do("start", client_id=str(uuid.uuid4()), placement="default", **asked)
        begun.append(said["chat"]["id"])
    ivan.do("take", chat=begun[0])
    ivan.do("post", chat=begun[0], client_id=str(uuid.uuid4()), body="Да, завтра с 10 до 22.")
    irina.do("take", chat=begun[1])
    expect(number(page, words("Chats online"))).to_have_text("2")
    expect(number(page, words("Waiting"))).to_have_text("1")
    expect(number(page, words("Operators online"))).to_have_text("2")
    expect(page.locator("[data-waiting-count]")).to_contain_text("1")
    cabinet.see("1-main-page-in-use")
