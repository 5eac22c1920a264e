"""The workplace: what its page brings, and what an operator is promised in a real browser."""

import json
import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from actions import chats
from actions.messages import Author, Post, post_messages
from clock import system_now
from models import Chat, Message, Operator
from models.database import unit_of_work
from models.queries import people
from models.settings import load_settings
from policy.languages import Language
from policy.statuses import OperatorStatus
from tests.support.browser import assert_accessible, keep
from tests.support.cabinet import Cabinet
from tests.support.clock import SteppingClock
from tests.support.company import PASSWORD, Company
from tests.support.server import ServerProcess

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


@pytest.fixture
def clock() -> SteppingClock:
    """The server's process has the real time, so the company must not live in another one."""
    return SteppingClock(system_now())


@pytest.fixture
def cabinet(app: Flask) -> Cabinet:
    return Cabinet(app)


def boot_of(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="boot"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert found
    boot: dict[str, Any] = json.loads(found[1])
    return boot


def test_a_stranger_signs_in_and_comes_back_to_the_workplace(cabinet: Cabinet, company: Company) -> None:
    asked = cabinet.get("/workplace")
    assert (asked.status_code, asked.location) == (302, "/sign-in?next=/workplace")
    assert cabinet.sign_in(company.operator("Anna"), next="/workplace").location == "/workplace"
    assert cabinet.get("/workplace").status_code == 200


def test_the_page_brings_the_person_and_nothing_secret(cabinet: Cabinet, company: Company) -> None:
    anna = company.operator("Anna")
    cabinet.sign_in(anna)
    page = cabinet.get("/workplace")
    boot = boot_of(page.text)
    assert boot["me"] == {
        "id": anna.id,
        "name": "Anna",
        "photo": None,
        "status": "online",
        "status_since": boot["me"]["status_since"],
    }
    assert set(boot["urls"]) == {"home", "profile", "workplace", "sign_in", "sign_out", "language", "theme"}
    assert [(section["url"], section["is_current"]) for section in boot["sections"]] == [
        ("/admin/", False),
        ("/workplace", True),
    ]
    assert "anna@example.com" not in page.text
    assert anna.password_hash is not None and anna.password_hash not in page.text
    assert page.headers["Cache-Control"] == "no-store"


def test_a_name_cannot_break_out_of_the_page(cabinet: Cabinet, company: Company) -> None:
    hostile = "</script><script>alert(1)</script>"
    cabinet.sign_in(company.operator("Anna", internal_name=hostile))
    page = cabinet.get("/workplace").text
    assert hostile not in page
    assert boot_of(page)["me"]["name"] == hostile


def test_the_page_keeps_to_its_own_security_policy(cabinet: Cabinet, company: Company) -> None:
    cabinet.sign_in(company.operator("Anna"))
    page = cabinet.get("/workplace")
    nonce = re.search(r"'nonce-([^']+)'", page.headers["Content-Security-Policy"])
    assert nonce
    scripts = re.findall(r"<script([^>]*)>", page.text)
    assert scripts
    assert all(f'nonce="{nonce[1]}"' in script or 'src="/static/' in script for script in scripts)
    assert not re.search(r"<[^>]+\s(?:on\w+|style)=", page.text)


@pytest.mark.parametrize(("language", "direction"), [(Language.EN, "ltr"), (Language.HE, "rtl")])
def test_the_page_speaks_the_persons_language(
    cabinet: Cabinet, company: Company, language: Language, direction: str
) -> None:
    cabinet.sign_in(company.operator("Anna", interface_language=language))
    page = cabinet.get("/workplace").text
    assert f'<html lang="{language.tag}" dir="{direction}"' in page
    assert boot_of(page)["language"] == language.tag


@pytest.fixture
def english(session: Session) -> None:
    with unit_of_work(session) as unit:
        load_settings(unit).language = Language.EN


@pytest.fixture
def anna(company: Company, english: None) -> Operator:
    return company.operator("Anna", status=OperatorStatus.ONLINE)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    yield context
    context.close()


def open_workplace(context: BrowserContext, server: ServerProcess, operator: Operator) -> Page:
    page = context.new_page()
    page.goto(f"{server.url}/sign-in?next=/workplace")
    page.fill("#email", str(operator.email))
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    expect(page.get_by_role("searchbox", name="Find a chat or a visitor")).to_be_visible()
    return page


def complaints_of(page: Page) -> list[str]:
    found: list[str] = []
    page.on("console", lambda said: found.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def say(page: Page, words: str) -> None:
    box = page.get_by_role("textbox", name="Message")
    box.fill(words)
    box.press("Enter")


def visitor_says(session: Session, chat: Chat, *bodies: str) -> None:
    author = Author(visitor_id=chat.visitor_id)
    posts = [Post(author, chat.public_id, str(uuid.uuid4()), body) for body in bodies]
    with unit_of_work(session) as unit:
        post_messages(unit, posts, system_now())


def take(session: Session, operator: Operator, chat: Chat) -> None:
    with unit_of_work(session) as unit:
        chats.take(unit, people.facts_of(unit, operator), chat.public_id, system_now())


def said_by_operator(session: Session, chat: Chat) -> list[str]:
    session.rollback()
    query = select(Message.body).where(Message.chat_id == chat.id, Message.operator_id.is_not(None))
    return list(session.scalars(query.order_by(Message.seq)))


def test_a_chat_is_taken_answered_and_closed_by_keys_alone(
    server: ServerProcess, context: BrowserContext, company: Company, anna: Operator, session: Session
) -> None:
    chat = company.chat(name="Maria", first_question="Does it fold?")
    page = open_workplace(context, server, anna)
    complaints = complaints_of(page)
    page.keyboard.press("Alt+KeyQ")
    expect(page.get_by_role("log").get_by_text("Does it fold?")).to_be_visible()
    page.keyboard.press("Alt+KeyA")
    expect(page.get_by_role("textbox", name="Message")).to_be_focused()
    page.keyboard.type("It does")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("Anything else?")
    page.keyboard.press("Enter")
    expect(page.get_by_role("img", name="sent", exact=True)).to_be_visible()
    page.keyboard.press("Alt+KeyX")
    expect(page.get_by_text("The chat has ended.")).to_be_visible()
    expect(page.get_by_role("textbox", name="Message")).to_have_count(0)
    assert said_by_operator(session, chat) == ["It does\nAnything else?"]
    assert complaints == []


def test_what_is_written_without_a_connection_goes_out_once_and_in_order(
    server: ServerProcess, context: BrowserContext, company: Company, anna: Operator, session: Session
) -> None:
    chat = company.chat(first_question="Is it in stock?")
    page = open_workplace(context, server, anna)
    page.keyboard.press("Alt+KeyQ")
    page.get_by_role("button", name="Take the chat").click()
    say(page, "One moment")
    expect(page.get_by_role("img", name="sent", exact=True)).to_be_visible()
    server.kill()
    say(page, "It is")
    say(page, "In Kazan, too")
    page.get_by_role("textbox", name="Message").fill("half a thou")
    expect(page.get_by_role("img", name="on its way")).to_have_count(2)
    expect(page.get_by_text("No connection to the server.")).to_be_visible()
    server.start()
    expect(page.get_by_role("img", name="sent", exact=True)).to_have_count(3, timeout=30_000)
    expect(page.get_by_text("No connection to the server.")).to_have_count(0)
    expect(page.get_by_role("textbox", name="Message")).to_have_value("half a thou")
    assert said_by_operator(session, chat) == ["One moment", "It is", "In Kazan, too"]
    assert page.locator("li.message.ours .body").all_inner_texts() == ["One moment", "It is", "In Kazan, too"]


def test_who_redirects_sees_how_busy_colleagues_are(
    server: ServerProcess, context: BrowserContext, company: Company, anna: Operator, session: Session
) -> None:
    boris = company.operator("Boris", status=OperatorStatus.ONLINE, max_chats=2)
    company.operator("Clara", status=OperatorStatus.LUNCH)
    take(session, boris, company.chat())
    take(session, anna, company.chat(name="Maria"))
    page = open_workplace(context, server, anna)
    page.locator("a.row", has_text="Maria").click()
    page.get_by_role("button", name="Redirect", exact=True).click()
    dialog = page.get_by_role("dialog", name="Redirect the chat: Maria")
    expect(dialog.get_by_role("radio", name=re.compile("Boris.*1 of 2 chats"))).to_have_count(1)
    expect(dialog.get_by_role("radio", name=re.compile("Clara.*0 of 5 chats"))).to_have_count(1)
    assert_accessible(page)


def test_two_tabs_of_one_operator_show_the_same(
    server: ServerProcess, context: BrowserContext, company: Company, anna: Operator
) -> None:
    chat = company.chat(first_question="Hello?")
    one = open_workplace(context, server, anna)
    other = context.new_page()
    other.goto(f"{server.url}/workplace#{chat.public_id}")
    expect(other.get_by_role("button", name="Take the chat")).to_be_visible()
    one.keyboard.press("Alt+KeyQ")
    one.get_by_role("button", name="Take the chat").click()
    say(one, "Good day")
    one.get_by_role("textbox", name="Message").fill("a draft")
    expect(other.get_by_role("log").get_by_text("Good day")).to_be_visible()
    expect(other.get_by_role("textbox", name="Message")).to_have_value("a draft")
    expect(other.locator("section", has=other.locator("#list-mine")).locator("a.row")).to_have_count(1)
    one.get_by_role("button", name="Sign out").click()
    one.get_by_role("button", name="Keep them and sign out").click()
    expect(other.get_by_role("dialog", name="You are signed out")).to_be_visible()


def test_a_long_chat_draws_two_hundred_messages_at_most_and_loads_older_ones_on_the_way_up(
    server: ServerProcess, context: BrowserContext, company: Company, anna: Operator, session: Session
) -> None:
    chat = company.chat(first_question="number 1")
    visitor_says(session, chat, *(f"number {index}" for index in range(2, 261)))
    page = open_workplace(context, server, anna)
    page.keyboard.press("Alt+KeyQ")
    page.get_by_role("button", name="Take the chat").click()
    say(page, "number 261")
    messages = page.locator("li.message[data-seq]")
    last = page.get_by_role("log").get_by_text("number 261", exact=True)
    expect(last).to_be_in_viewport()
    first = "211"
    while first != "1":
        page.get_by_role("log").evaluate("log => { log.scrollTop = 0; }")
        expect(messages.first).not_to_have_attribute("data-seq", first)
        first = str(messages.first.get_attribute("data-seq"))
        assert messages.count() <= 200
    page.get_by_role("button", name="To the end").click()
    expect(last).to_be_in_viewport()
    assert page.evaluate("document.scrollingElement.scrollHeight <= innerHeight")


def test_what_people_type_is_shown_and_never_run(
    server: ServerProcess, context: BrowserContext, company: Company, anna: Operator
) -> None:
    hostile = "<img src=x onerror=alert(1)> javascript:alert(1) https://example.com/?a=<b>"
    company.chat(name="<b>Maria</b>", first_question=hostile)
    page = open_workplace(context, server, anna)
    complaints = complaints_of(page)
    page.keyboard.press("Alt+KeyQ")
    shown = page.locator("li.message .body")
    expect(shown).to_have_text(hostile)
    assert [link.get_attribute("href") for link in shown.locator("a").all()] == ["https://example.com/?a="]
    assert shown.locator("img, b").count() == 0
    expect(page.get_by_role("heading", name="<b>Maria</b>").first).to_be_visible()
    assert complaints == []


LOOKS: dict[str, tuple[dict[str, Any], Language]] = {
    "light": ({"color_scheme": "light"}, Language.EN),
    "dark": ({"color_scheme": "dark"}, Language.EN),
    "hebrew": ({"color_scheme": "light"}, Language.HE),
    "phone": ({"color_scheme": "light", **PHONE}, Language.EN),
}


@pytest.mark.parametrize("look", LOOKS)
def test_every_look_is_accessible_and_fits_the_screen(
    server: ServerProcess, browser: Browser, company: Company, english: None, session: Session, look: str
) -> None:
    options, language = LOOKS[look]
    anna = company.operator("Anna", status=OperatorStatus.ONLINE, interface_language=language)
    chat = company.chat(name="Maria", email="maria@example.com", first_question="Does it fold?")
    visitor_says(session, chat, "And is it in stock?")
    company.chat(name="נועה לוי", first_question="תודה, ההזמנה תגיע ביום שלישי")
    context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})
    try:
        page = context.new_page()
        complaints = complaints_of(page)
        page.goto(f"{server.url}/sign-in?next=/workplace")
        page.fill("#email", str(anna.email))
        page.fill("#password", PASSWORD)
        page.press("#password", "Enter")
        page.locator("a.row").first.wait_for()
        assert_accessible(page)
        keep(page, f"workplace/{look}-lists")
        page.locator("a.row", has_text="Maria").click()
        page.locator(".foot button").click()
        page.locator("textarea").fill("It does")
        page.locator("textarea").press("Enter")
        page.locator("li.message.ours .stamp time").wait_for()
        assert_accessible(page)
        keep(page, f"workplace/{look}-chat")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert complaints == []
    finally:
        context.close()
