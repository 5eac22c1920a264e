"""The cabinet in a real browser: reachable by everybody, live without a reload, and it asks before it acts."""

import json
import urllib.request
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.orm import Session

from actions.deliveries import new_delivery, note_try
from actions.webhook_calls import Failure, Outcome
from actions.webhooks import save_webhook
from clock import system_now
from models import Operator, Webhook
from models.database import unit_of_work
from policy.addresses import PrivateHosts
from policy.statuses import OperatorStatus
from tests.support.browser import assert_accessible, keep
from tests.support.company import PASSWORD, Company
from tests.support.server import ServerProcess

DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
PAGES = {
    "main": "/admin/",
    "operators": "/admin/operators/",
    "operator": "/admin/operators/edit/?id=1",
    "new-operator": "/admin/operators/new/",
    "departments": "/admin/departments/",
    "settings": "/admin/settings/",
    "letters": "/admin/letters/",
    "tokens": "/admin/api_tokens/",
    "new-token": "/admin/api_tokens/new/",
    "webhooks": "/admin/webhooks/",
    "webhook": "/admin/webhooks/edit/?id=1",
    "deliveries": "/admin/webhooks/deliveries/?id=1",
    "profile": "/admin/profile/",
    "not-found": "/admin/nothing/",
}


@pytest.fixture
def town(server: ServerProcess, company: Company, session: Session) -> Company:
    sales = company.department("sales", name="Спортивные товары")
    company.operator("Иван", departments=[sales, company.department("train", name="Тренажёры")])
    company.operator("Людмила", status=OperatorStatus.LUNCH, departments=[sales])
    with unit_of_work(session) as unit:
        hook = Webhook(address="https://crm.example/hook", events=["chat.reopened"])
        save_webhook(unit, hook, PrivateHosts(), system_now())
        delivery = new_delivery(hook, "chat.reopened", {"chat": {"id": "x"}}, system_now())
        note_try(hook, delivery, Outcome(Failure.REFUSED, 503, "busy", 12), system_now())
        # Nobody outside is called by a test.
        delivery.dead_at = system_now()
        unit.add(delivery)
    return company


def sign_in(page: Page, server: ServerProcess, who: Operator) -> None:
    page.goto(f"{server.url}/sign-in")
    page.fill("#email", who.email or "")
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_url("**/admin/")


def choose(page: Page, menu: str, value: str) -> None:
    page.locator(f"details.{menu} summary").click()
    page.locator(f"details.{menu} button[value='{value}']").click()


@pytest.mark.parametrize(
    ("name", "viewport", "language", "theme"),
    [
        ("light", DESKTOP, "en", "light"),
        ("dark", DESKTOP, "ru", "dark"),
        ("phone", PHONE, "ru", "light"),
        ("hebrew", DESKTOP, "he", "light"),
    ],
)
def test_every_page_is_reachable_by_everybody(
    browser: Browser,
    server: ServerProcess,
    town: Company,
    name: str,
    viewport: Any,
    language: str,
    theme: Any,
) -> None:
    context = browser.new_context(viewport=viewport, color_scheme=theme)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{server.url}/sign-in")
    choose(page, "lang", language)
    expect(page.locator("html")).to_have_attribute("lang", language)
    assert_accessible(page)
    keep(page, f"cabinet/{name}-sign-in")
    sign_in(page, server, town.administrator)
    choose(page, "lang", language)
    for title, path in PAGES.items():
        page.goto(f"{server.url}{path}")
        if title == "main":
            expect(page.locator("[data-live='live']")).to_be_visible()
        assert_accessible(page)
        keep(page, f"cabinet/{name}-{title}", full_page=True)
        width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert width <= 0, f"{path} is wider than the window"
    # The missing page is the only thing that the browser complains of.
    assert [text for text in complaints if "404" not in text] == []
    context.close()


def test_a_change_of_status_reaches_the_other_tab_and_the_dashboard_at_once(
    browser: Browser, server: ServerProcess, town: Company
) -> None:
    context = browser.new_context(viewport=DESKTOP, locale="en")
    here, there = context.new_page(), context.new_page()
    sign_in(here, server, town.administrator)
    there.goto(f"{server.url}/admin/")
    for page in (here, there):
        expect(page.locator("[data-live='live']")).to_be_visible()
    here.locator("#status-menu summary").click()
    here.locator("#status-menu [data-status='invisible']").click()
    for page in (here, there):
        expect(page.locator("#status-menu [data-status-dot] .s-invisible")).to_be_visible()
        row = page.locator(f"[data-operator='{town.administrator.id}']").first
        expect(row.locator(".s-invisible")).to_be_visible()
        expect(page.locator("[data-n='now.operators_online']")).to_have_text("0")
    context.close()


def test_a_visitor_who_asks_stands_on_the_dashboard_without_a_reload(
    browser: Browser, server: ServerProcess, town: Company
) -> None:
    context = browser.new_context(viewport=DESKTOP)
    page = context.new_page()
    sign_in(page, server, town.administrator)
    expect(page.locator("[data-live='live']")).to_be_visible()
    expect(page.locator("[data-n='now.waiting']")).to_have_text("0")
    ask(server)
    expect(page.locator("[data-n='now.waiting']")).to_have_text("1")
    row = page.locator("[data-department='0']")
    expect(row.locator("[data-n='waiting']")).to_have_text("1")
    expect(row.locator("[data-late]")).to_be_visible()
    keep(page, "cabinet/somebody-waits")
    context.close()


def ask(server: ServerProcess) -> None:
    entered = visitor_call(server, "enter", {"placement": "default"}, None)
    question = {
        "client_id": "11111111-1111-4111-8111-111111111111",
        "placement": "default",
        "first_question": "Hello?",
    }
    visitor_call(server, "start", question, entered["token"])


def visitor_call(
    server: ServerProcess, command: str, payload: dict[str, Any], token: str | None
) -> dict[str, Any]:
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    request = urllib.request.Request(
        f"{server.url}/visitor/api/{command}", json.dumps(payload).encode(), headers
    )
    with urllib.request.urlopen(request) as answer:
        found: dict[str, Any] = json.load(answer)
    assert found["ok"]
    return found


def test_deleting_asks_first_and_escape_means_no(
    browser: Browser, server: ServerProcess, town: Company
) -> None:
    context = browser.new_context(viewport=DESKTOP)
    page = context.new_page()
    sign_in(page, server, town.administrator)
    page.goto(f"{server.url}/admin/operators/")
    rows = page.locator(".list tbody tr")
    expect(rows).to_have_count(3)
    delete = rows.filter(has_text="Иван").locator("button.danger")
    delete.click()
    expect(page.locator("dialog.question")).to_contain_text("Иван")
    assert_accessible(page)
    keep(page, "cabinet/asks-before-deleting")
    page.keyboard.press("Escape")
    expect(page.locator("dialog.question")).to_have_count(0)
    expect(rows).to_have_count(3)
    delete.click()
    page.locator("dialog.question button[value='yes']").click()
    expect(rows).to_have_count(2)
    context.close()


def test_a_form_is_filled_by_the_keyboard_alone(
    browser: Browser, server: ServerProcess, town: Company
) -> None:
    context = browser.new_context(viewport=DESKTOP)
    page = context.new_page()
    sign_in(page, server, town.administrator)
    page.goto(f"{server.url}/admin/operators/edit/?id={town.administrator.id}")
    page.locator("#tab-main, [role=tab]").first.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("[role=tab]").nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Home")
    expect(page.locator("[role=tab]").first).to_be_focused()
    page.locator("#departments-input").focus()
    page.keyboard.type("Трен")
    page.keyboard.press("Enter")
    expect(page.locator("[data-field='departments'] .chip")).to_have_text(["Тренажёры×"])
    page.keyboard.press("Control+s")
    page.wait_for_url("**/admin/operators/")
    expect(page.locator(".alert.ok")).to_be_visible()
    expect(page.locator(".list tbody tr").filter(has_text="Administrator")).to_contain_text("Тренажёры")
    context.close()


def test_leaving_with_open_chats_says_how_many_first(
    browser: Browser, server: ServerProcess, town: Company
) -> None:
    context = browser.new_context(viewport=DESKTOP)
    page = context.new_page()
    sign_in(page, server, town.administrator)
    expect(page.locator("[data-live='live']")).to_be_visible()
    ask(server)
    expect(page.locator("[data-n='now.waiting']")).to_have_text("1")
    page.evaluate(
        """async () => {
            const { csrf } = JSON.parse(document.getElementById("boot").textContent);
            const call = async (command, payload) => (await fetch(`/operator/api/${command}`, {
                method: "POST", body: JSON.stringify(payload),
                headers: { "Content-Type": "application/json", "X-CSRFToken": csrf },
            })).json();
            const { chats } = await call("snapshot", {});
            await call("take", { chat: chats[0].id });
        }"""
    )
    page.locator("aside form[data-sign-out] button").click()
    dialog = page.locator("dialog.question")
    expect(dialog).to_contain_text("1")
    dialog.locator("button.ghost").click()
    expect(page.locator("#dashboard")).to_be_visible()
    page.locator("aside form[data-sign-out] button").click()
    dialog.locator("button[value='keep']").click()
    page.wait_for_url("**/sign-in")
    context.close()
