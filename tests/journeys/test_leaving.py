"""Leaving with open chats: handed over by keyboard, or kept; and what an old browser is told."""

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Chat, Operator
from models.database import unit_of_work
from models.settings import load_settings
from policy.languages import Language
from policy.transitions import ChatState
from tests.journeys import test_roles
from tests.journeys.people import Complaints, somebody
from tests.journeys.test_roles import WORDS, Floor, enter
from tests.support.browser import assert_accessible, keep
from tests.support.company import Company
from tests.support.server import ServerProcess

clock, floor = test_roles.clock, test_roles.floor


def ask_to_leave(page: Page, status: str) -> None:
    menu = page.locator("#status-menu")
    menu.locator("summary").press("Enter")
    menu.get_by_role("button", name=status).press("Enter")


def owners(session: Session, floor: Floor) -> dict[str, str | None]:
    session.rollback()
    names = {one.id: one.internal_name for one in session.scalars(select(Operator))}
    found = {chat.public_id: chat.operator_id for chat in session.scalars(select(Chat))}
    return {visitor: names.get(found[chat] or 0) for visitor, chat in floor.chats.items()}


def test_who_goes_offline_hands_the_chats_over_by_keyboard(
    floor: Floor, browser: Browser, session: Session
) -> None:
    complaints = Complaints()
    floor.takes("Anna", "Rosa")
    with somebody(browser, WORDS, complaints) as page:
        enter(page, floor, "Anna")
        ask_to_leave(page, "Offline")
        question = page.get_by_role("dialog")
        expect(question).to_contain_text("You have 2 open chats.")
        assert_accessible(page)
        page.keyboard.press("Escape")
        expect(question).to_have_count(0)
        expect(page.locator("#status-menu [data-status-name]")).to_have_text("Online")

        ask_to_leave(page, "Offline")
        expect(question).to_be_visible()
        page.keyboard.press("Tab")
        expect(question.get_by_role("button", name="Redirect them…")).to_be_focused()
        page.keyboard.press("Enter")
        to_whom = question.get_by_role("combobox")
        expect(to_whom).to_be_focused()
        to_whom.select_option(label="Boris · Support · Online · 1 of 5 chats")
        keep(page, "roles/leaving")
        page.keyboard.press("Tab")
        page.keyboard.type("She asks about sizes")
        page.keyboard.press("Enter")
        expect(page.locator("#status-menu [data-status-name]")).to_have_text("Offline")
        given = owners(session, floor)
        assert (given["Maria"], given["Rosa"], given["Pavel"]) == ("Boris", "Boris", "Boris")
        assert complaints.found == []


def test_who_signs_out_may_keep_them(floor: Floor, browser: Browser, session: Session) -> None:
    complaints = Complaints()
    with somebody(browser, WORDS, complaints) as page:
        enter(page, floor, "Anna")
        page.get_by_role("banner").get_by_role("button", name="Sign out").click()
        question = page.get_by_role("dialog")
        expect(question).to_contain_text("You have 1 open chat.")
        question.get_by_role("button", name="Keep them and sign out").click()
        page.wait_for_url("**/sign-in")
        # What was not answered yet goes back to the queue only with the last session: another one is open.
        assert owners(session, floor)["Maria"] == "Anna"
        assert complaints.found == []


def test_a_chat_that_ended_opens_from_the_rows_behind_a_number(
    floor: Floor, browser: Browser, session: Session
) -> None:
    complaints = Complaints()
    floor.desks["Anna"].do("close", chat=floor.chats["Maria"])
    with somebody(browser, WORDS, complaints) as page:
        enter(page, floor, "Administrator")
        page.get_by_role("table", name="Requests and waiting").get_by_role("link", name="4").first.click()
        expect(page.get_by_role("row", name="Maria")).to_contain_text("Closed by the operator")
        page.get_by_role("link", name="Maria").click()
        expect(page.get_by_role("log").get_by_text("Maria has a question")).to_be_visible()
        session.rollback()
        chat = session.scalars(select(Chat).where(Chat.public_id == floor.chats["Maria"])).one()
        assert chat.state is ChatState.CLOSED_BY_OPERATOR
        assert complaints.found == []


@pytest.mark.parametrize("is_old", [True, False])
def test_an_old_browser_is_told_where_the_requirements_are(
    server: ServerProcess, company: Company, session: Session, browser: Browser, is_old: bool
) -> None:
    with unit_of_work(session) as unit:
        load_settings(unit).language = Language.EN
    with somebody(browser, WORDS, Complaints()) as page:
        if is_old:
            page.add_init_script("CSS.supports = undefined")
        page.goto(f"{server.url}/sign-in?next=/admin/")
        notice = page.get_by_text("This browser is too old for the cabinet.")
        expect(notice).to_be_visible(visible=is_old)
        if is_old:
            page.get_by_role("link", name="System requirements").first.click()
            expect(page.get_by_text("Google Chrome")).to_be_visible()


def test_a_visitors_face_is_the_same_in_the_list_and_beside_their_words(
    floor: Floor, browser: Browser, session: Session
) -> None:
    with somebody(browser, WORDS, Complaints()) as page:
        enter(page, floor, "Anna")
        page.goto(f"{floor.url}/workplace#{floor.chats['Maria']}")
        faces = [
            page.locator(".lists .row").filter(has_text="Maria").locator(".initials"),
            page.get_by_role("log").locator(".message .initials").first,
        ]
        hues = {face.evaluate("(face) => face.style.getPropertyValue('--hue')") for face in faces}
        assert len(hues) == 1
