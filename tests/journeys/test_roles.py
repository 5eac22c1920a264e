"""A group lead and a supervisor at work: each sees, counts and may do what their role gives, and nothing beside it."""

import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from clock import system_now
from models import Department, Operator
from models.database import unit_of_work
from models.settings import load_settings
from policy.languages import Language
from tests.journeys.people import Complaints, somebody
from tests.journeys.test_main_job import number
from tests.support.browser import assert_accessible, keep
from tests.support.clients import SocketClient, operator_client, visitor_client
from tests.support.clock import SteppingClock
from tests.support.company import PASSWORD, Company
from tests.support.server import ServerProcess
from tests.support.words import Words

WORDS = Words("en")


@pytest.fixture
def clock() -> SteppingClock:
    """The server's process has the real time, so the company must not live in another one."""
    return SteppingClock(system_now())


@dataclass
class Floor:
    """People at work, and visitors who ask them."""

    url: str
    people: dict[str, Operator]
    stack: ExitStack
    desks: dict[str, SocketClient] = field(default_factory=dict)
    chats: dict[str, str] = field(default_factory=dict)

    def asks(self, name: str, department: str | None) -> None:
        page = self.stack.enter_context(visitor_client(self.url))
        said = page.do(
            "start",
            client_id=str(uuid.uuid4()),
            placement="default",
            name=name,
            department=department,
            first_question=f"{name} has a question",
        )
        self.chats[name] = said["chat"]["id"]

    def takes(self, operator: str, visitor: str) -> None:
        if operator not in self.desks:
            email = self.people[operator].email
            assert email
            self.desks[operator] = self.stack.enter_context(operator_client(self.url, email, PASSWORD))
        self.desks[operator].do("take", chat=self.chats[visitor])


@pytest.fixture
def floor(server: ServerProcess, company: Company, session: Session) -> Iterator[Floor]:
    """Anna sells and is led by Lara; Boris helps in the department that Sofia supervises."""
    with unit_of_work(session) as unit:
        load_settings(unit).language = Language.EN
    sales, support = company.department("sales"), company.department("support")
    anna = company.operator("Anna", departments=[sales])
    people = {
        "Anna": anna,
        "Boris": company.operator("Boris", departments=[support]),
        "Lara": company.operator("Lara", subordinates=[anna]),
        "Sofia": company.operator("Sofia", supervised_departments=[support, company.department("spare")]),
        "Administrator": company.administrator,
    }
    with ExitStack() as stack:
        floor = Floor(server.url, people, stack)
        for visitor, department in (("Maria", "sales"), ("Pavel", "support")):
            floor.asks(visitor, department)
        floor.takes("Anna", "Maria")
        floor.takes("Boris", "Pavel")
        floor.asks("Rosa", "sales")
        floor.asks("Semyon", "support")
        yield floor


def enter(page: Page, floor: Floor, name: str) -> None:
    page.goto(f"{floor.url}/sign-in")
    page.get_by_label("E-mail address").fill(floor.people[name].email or "")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/admin/")


def sections(page: Page) -> list[str]:
    return [text.strip() for text in page.locator("#sections nav a > span:first-of-type").all_inner_texts()]


def names(page: Page) -> set[str]:
    return set(page.locator(".people [data-operator] b").all_inner_texts())


def test_a_group_lead(floor: Floor, browser: Browser, session: Session) -> None:
    complaints = Complaints()
    with somebody(browser, WORDS, complaints) as page:
        enter(page, floor, "Lara")
        assert sections(page) == ["Operator menu", "Workplace"]
        assert names(page) == {"Anna", "Lara"}
        expect(number(page, "Chats online")).to_have_text("1")
        expect(number(page, "Waiting")).to_have_text("1")
        expect(page.locator("[data-waiting-count]")).to_contain_text("1")
        assert_accessible(page)
        keep(page, "roles/lead", full_page=True)

        # Live: what comes to Anna's department comes into sight, what comes to another does not.
        floor.asks("Timur", "support")
        floor.asks("Uliana", "sales")
        expect(number(page, "Waiting")).to_have_text("2")
        expect(page.locator("[data-waiting-count]")).to_contain_text("2")

        number(page, "Waiting").get_by_role("link").click()
        rows = page.locator(".lists a.row")
        expect(rows).to_have_count(2)
        page.get_by_role("button", name="Show all").click()
        expect(rows).to_have_count(3)
        assert {"Maria", "Rosa", "Uliana"} == set(page.locator(".lists .row .name").all_inner_texts())
        page.get_by_text("Maria", exact=True).first.click()
        expect(page.get_by_role("button", name="Take over")).to_be_visible()
        keep(page, "roles/lead-workplace")

        # Anna can be disconnected; Boris is nobody whom Lara could name.
        page.goto(f"{floor.url}/admin/")
        number(page, "Operators online").get_by_role("link").click()
        expect(page.get_by_role("button", name="Disconnect: Boris")).to_have_count(0)
        page.get_by_role("button", name="Disconnect: Anna").click()
        page.get_by_role("dialog").get_by_role("button", name="Disconnect").click()
        expect(page.get_by_text("Disconnected: Anna")).to_be_visible()
        assert complaints.found == []
        refused(
            page,
            floor,
            "Boris",
            ["operators/", "departments/", "settings/", "placements/", "department_templates/"],
        )


def test_a_supervisor(floor: Floor, browser: Browser, session: Session) -> None:
    complaints = Complaints()
    with somebody(browser, WORDS, complaints) as page:
        enter(page, floor, "Sofia")
        assert sections(page) == ["Operator menu", "Workplace", "Templates of departments"]
        assert names(page) == {"Boris", "Sofia"}
        expect(number(page, "Chats online")).to_have_text("1")
        expect(number(page, "Waiting")).to_have_text("1")

        floor.asks("Uliana", "sales")
        floor.asks("Timur", "support")
        expect(number(page, "Waiting")).to_have_text("2")
        number(page, "Chats online").get_by_role("link").click()
        expect(page.locator(".lists a.row")).to_have_count(1)
        expect(page.locator(".lists a.row")).to_contain_text("Pavel")
        page.get_by_role("button", name="Show all").click()
        shown = {"Pavel", "Semyon", "Timur"}
        expect(page.locator(".lists a.row")).to_have_count(len(shown))
        assert shown == set(page.locator(".lists .row .name").all_inner_texts())

        # The templates of her departments are hers; those of another do not exist.
        page.goto(f"{floor.url}/admin/department_templates/")
        expect(page.get_by_role("link", name="Sales")).to_have_count(0)
        page.get_by_role("link", name="Support", exact=True).click()
        page.get_by_label("Reply templates").fill("We have looked into it.\nPlease restart it.")
        page.get_by_role("button", name="Save").first.click()
        expect(page.get_by_text("We have looked into it. …")).to_be_visible()
        assert_accessible(page)
        keep(page, "roles/supervisor-templates")
        session.rollback()
        stored = {row.key: row for row in session.scalars(select(Department))}
        assert stored["support"].reply_templates == "We have looked into it.\nPlease restart it."
        assert complaints.found == []
        refused(page, floor, "Anna", ("operators", "departments", "settings", "placements"))
        strange = page.request.get(f"{floor.url}/admin/department_templates/edit/?id={stored['sales'].id}")
        assert strange.status == 404


def refused(page: Page, floor: Floor, stranger: str, addresses: tuple[str, ...]) -> None:
    """Sections of administrators, and commands about somebody out of reach."""
    for address in addresses:
        assert page.request.get(f"{floor.url}/admin/{address}/").status == 403, address
    page.goto(f"{floor.url}/admin/")
    person = floor.people[stranger].id
    answers = page.evaluate(
        """async ([person, chats]) => {
            const { csrf } = JSON.parse(document.getElementById("boot").textContent);
            const ask = async (command, body) => (await (await fetch(`/operator/api/${command}`, {
                method: "POST",
                headers: { "X-CSRFToken": csrf, "Content-Type": "application/json" },
                body: JSON.stringify(body),
            })).json()).error;
            return Promise.all([
                ask("set_status", { status: "offline", operator: person }),
                ...chats.flatMap((chat) => ["open", "take_over", "close"].map((command) => ask(command, { chat }))),
            ]);
        }""",
        [person, [floor.chats["Pavel" if stranger == "Boris" else "Maria"]]],
    )
    assert answers == ["not_found"] * 4
    rows = page.request.get(f"{floor.url}/admin/chats/came?operator={person}")
    assert rows.status == 404
