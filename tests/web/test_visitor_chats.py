"""The chat window in a real browser, with a real server and an operator on a socket of their own."""

import re
import uuid
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect
from sqlalchemy.orm import Session

from actions.presence import change_status
from models import Operator
from models.database import unit_of_work
from models.placements import Choice
from models.settings import load_settings
from policy.languages import Language
from policy.statuses import OperatorStatus
from tests.support.browser import assert_accessible, keep
from tests.support.clients import SocketClient, operator_client
from tests.support.clock import SteppingClock
from tests.support.company import PASSWORD, Company
from tests.support.server import ServerProcess

WITHOUT_WEBSOCKET = """
window.WebSocket = class {
    constructor() {
        setTimeout(() => { this.onerror?.(new Event("error")); this.onclose?.(new CloseEvent("close")); });
    }
    close() {}
    send() {}
};
"""


@pytest.fixture
def anna(server: ServerProcess, company: Company) -> Iterator[SocketClient]:
    """An operator at work; the placement `en` speaks English."""
    company.operator("Anna", status=OperatorStatus.ONLINE)
    company.placement("en", language=Language.EN)
    with operator_client(server.url, "anna@example.com", PASSWORD) as client:
        yield client


@pytest.fixture
def window(page: Page, server: ServerProcess, anna: SocketClient) -> Page:
    """The window as a page of its own, before the chat; colours are measured while nothing fades in."""
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{server.url}/chat/en")
    expect(page.get_by_label("Your question")).to_be_visible()
    return page


def ask(page: Page, question: str = "Do you deliver?") -> None:
    page.get_by_label("Your question").fill(question)
    page.get_by_role("button", name="Start the chat").click()
    expect(page.get_by_role("log")).to_be_visible()


def take(anna: SocketClient) -> str:
    """The operator takes the only chat; its id."""
    (chat,) = anna.do("snapshot")["chats"]
    anna.do("take", chat=chat["id"])
    return str(chat["id"])


def answer(anna: SocketClient, chat: str, body: str) -> None:
    anna.do("post", chat=chat, client_id=str(uuid.uuid4()), body=body)


def box(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Message")


def write(page: Page, text: str) -> None:
    box(page).fill(text)
    box(page).press("Enter")


def bodies(page: Page) -> Locator:
    return page.locator(".bubble p")


def test_a_visitor_asks_waits_talks_and_ends(window: Page, anna: SocketClient) -> None:
    window.get_by_role("button", name="Start the chat").click()
    question = window.get_by_label("Your question")
    expect(question).to_be_focused()
    expect(question).to_have_accessible_description("Please fill in this field.")
    assert_accessible(window)
    keep(window, "visitor/before-the-chat")

    ask(window)
    expect(window.get_by_text("You are number 1 in the queue.")).to_be_visible()
    expect(window.locator(".tick.sent")).to_have_count(1)
    assert_accessible(window)
    keep(window, "visitor/waiting")

    chat = take(anna)
    expect(window.locator("header").get_by_text("Anna")).to_be_visible()
    anna.do("read", chat=chat, seq=1)
    expect(window.locator(".tick.seen")).to_have_count(1)
    anna.do("typing", chat=chat, is_typing=True)
    expect(window.locator(".dots")).to_be_visible()
    answer(anna, chat, "Yes, tomorrow: https://shop.example/delivery")
    link = window.get_by_role("link", name="https://shop.example/delivery")
    expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")
    expect(window.locator(".dots")).to_have_count(0)
    anna.wait_for("change", lambda change: change.get("read", {}).get("visitor") == 2)
    box(window).fill("To Kazan")
    anna.wait_for("typing", lambda typing: typing["text"] == "To Kazan")
    box(window).press("Enter")
    expect(bodies(window)).to_have_text(["Do you deliver?", re.compile("^Yes"), "To Kazan"])
    expect(box(window)).to_be_focused()
    assert_accessible(window)
    keep(window, "visitor/chat")

    window.get_by_role("button", name="More").click()
    window.get_by_role("button", name="End the chat").click()
    dialog = window.get_by_role("dialog")
    dialog.get_by_role("button", name="Go on chatting").click()
    expect(dialog).to_have_count(0)
    window.get_by_role("button", name="More").click()
    window.get_by_role("button", name="End the chat").click()
    dialog.get_by_role("button", name="End the chat").click()
    expect(window.get_by_text("You have ended this chat.")).to_be_visible()
    assert_accessible(window)
    box(window).fill("One more thing")
    box(window).press("Enter")
    expect(window.get_by_text("You have ended this chat.")).to_have_count(0)
    expect(bodies(window)).to_have_text(["Do you deliver?", re.compile("^Yes"), "To Kazan", "One more thing"])
    window.get_by_role("button", name="More").click()
    window.get_by_role("button", name="End the chat").click()
    dialog.get_by_role("button", name="End the chat").click()
    window.get_by_role("button", name="Begin a new chat").click()
    ask(window, "Something else")
    expect(bodies(window)).to_have_text(["Something else"])


def test_what_is_written_without_a_connection_goes_by_itself_in_order(
    window: Page, anna: SocketClient, context: BrowserContext
) -> None:
    ask(window)
    chat = take(anna)
    context.set_offline(True)
    for text in ("one", "two", "three"):
        write(window, text)
    expect(window.locator(".tick.waiting")).to_have_count(3)
    context.set_offline(False)
    expect(window.locator(".tick.waiting")).to_have_count(0, timeout=30_000)
    expect(bodies(window)).to_have_text(["Do you deliver?", "one", "two", "three"])
    stored = anna.do("open", chat=chat)["messages"]
    assert [message["body"] for message in stored] == ["Do you deliver?", "one", "two", "three"]


def test_unsent_messages_and_what_was_begun_survive_a_reload(
    window: Page, anna: SocketClient, context: BrowserContext
) -> None:
    ask(window)
    expect(window.locator(".tick.sent")).to_have_count(1)
    context.route("**/visitor/api/post", lambda route: route.abort())
    context.route_web_socket("**/socket.io/**", lambda socket: socket.close())
    window.reload()
    write(window, "kept")
    expect(window.locator(".tick.waiting")).to_have_count(1)
    box(window).fill("half a sent")
    window.reload()
    expect(window.locator(".tick.waiting")).to_have_count(1)
    expect(box(window)).to_have_value("half a sent")
    context.unroute("**/visitor/api/post")
    expect(window.locator(".tick.sent")).to_have_count(2, timeout=30_000)
    expect(bodies(window)).to_have_text(["Do you deliver?", "kept"])


def test_a_refused_message_stays_and_says_why(
    window: Page, anna: SocketClient, context: BrowserContext
) -> None:
    ask(window)
    refusal = {"ok": False, "error": "forbidden", "message": "Not today."}
    context.route("**/visitor/api/post", lambda route: route.fulfill(status=403, json=refusal))
    context.route_web_socket("**/socket.io/**", lambda socket: socket.close())
    window.reload()
    write(window, "hello")
    expect(window.get_by_role("alert")).to_contain_text("Not today.")
    window.reload()
    expect(window.get_by_role("alert")).to_contain_text("Not today.")
    context.unroute("**/visitor/api/post")
    window.get_by_role("button", name="Try again").click()
    expect(window.get_by_role("alert")).to_have_count(0)
    expect(bodies(window)).to_have_text(["Do you deliver?", "hello"])


def test_two_tabs_show_the_same_chat(
    window: Page, server: ServerProcess, anna: SocketClient, context: BrowserContext
) -> None:
    ask(window)
    other = context.new_page()
    other.goto(f"{server.url}/chat/en")
    expect(bodies(other)).to_have_text(["Do you deliver?"])
    write(other, "from the other tab")
    expect(bodies(window)).to_have_text(["Do you deliver?", "from the other tab"])
    anna.do("close", chat=take(anna))
    for page in (window, other):
        expect(page.get_by_text("The operator has ended this chat.")).to_be_visible()


def test_two_tabs_that_begin_without_a_connection_lose_neither_question(
    window: Page, server: ServerProcess, anna: SocketClient, context: BrowserContext
) -> None:
    other = context.new_page()
    other.goto(f"{server.url}/chat/en")
    expect(other.get_by_label("Your question")).to_be_visible()
    context.set_offline(True)
    for page, question in ((window, "from the first"), (other, "from the second")):
        page.get_by_label("Your question").fill(question)
        page.get_by_role("button", name="Start the chat").click()
        expect(page.get_by_role("button", name="Starting the chat…")).to_be_visible()
    context.set_offline(False)
    for page in (window, other):
        expect(page.get_by_text("from the first")).to_be_visible(timeout=30_000)
        expect(page.get_by_text("from the second")).to_be_visible(timeout=30_000)
        expect(bodies(page)).to_have_count(2)
    (chat,) = anna.do("snapshot")["chats"]
    assert chat["last_seq"] == 2


def test_words_that_an_ended_chat_did_not_take_stand_in_the_next_one(
    window: Page, anna: SocketClient, context: BrowserContext, session: Session
) -> None:
    with unit_of_work(session):
        load_settings(session).reopens_within_hours = 0
    ask(window)
    chat = take(anna)
    context.set_offline(True)
    write(window, "too late")
    expect(window.locator(".tick.waiting")).to_have_count(1)
    anna.do("close", chat=chat)
    context.set_offline(False)
    expect(window.get_by_role("alert")).to_be_visible(timeout=30_000)
    window.locator(".foot").get_by_role("button", name="Write again").click()
    expect(window.get_by_label("Your question")).to_have_value("too late")
    window.reload()
    window.get_by_role("button", name="Write again").click()
    expect(window.get_by_label("Your question")).to_have_value("too late")
    window.get_by_role("button", name="Start the chat").click()
    expect(bodies(window)).to_have_text(["too late"])


def test_everything_works_where_websocket_is_blocked(
    page: Page, server: ServerProcess, anna: SocketClient
) -> None:
    page.add_init_script(WITHOUT_WEBSOCKET)
    page.goto(f"{server.url}/chat/en")
    ask(page)
    chat = take(anna)
    answer(anna, chat, "Yes")
    expect(bodies(page)).to_have_text(["Do you deliver?", "Yes"])
    write(page, "Thanks")
    expect(bodies(page)).to_have_text(["Do you deliver?", "Yes", "Thanks"])
    expect(page.get_by_text("No connection")).to_have_count(0)


def test_messages_are_seen_only_by_eyes_on_them(
    window: Page, anna: SocketClient, context: BrowserContext, server: ServerProcess
) -> None:
    ask(window)
    chat = take(anna)
    elsewhere = context.new_page()
    elsewhere.goto(f"{server.url}/sign-in")
    # A headless browser gives every page the focus; another page in front of it takes it from a real one.
    window.evaluate("document.hasFocus = () => false; dispatchEvent(new Event('blur'))")
    answer(anna, chat, "Are you there?")
    expect(window).to_have_title(re.compile(r"^\(1\) "))
    expect(window.locator(".rule")).to_have_text("New messages")
    assert anna.do("open", chat=chat)["chat"]["read"]["visitor"] < 2
    window.evaluate("document.hasFocus = () => true; dispatchEvent(new Event('focus'))")
    anna.wait_for("change", lambda change: change.get("read", {}).get("visitor") == 2)
    expect(window).not_to_have_title(re.compile(r"^\("))


def test_hostile_text_is_text(window: Page, anna: SocketClient) -> None:
    hostile = "<img src=x onerror=alert(1)><script>alert(2)</script> javascript:alert(3)"
    window.on("dialog", lambda dialog: pytest.fail(dialog.message))
    ask(window, hostile)
    chat = take(anna)
    answer(anna, chat, hostile)
    expect(bodies(window)).to_have_text([hostile, hostile])
    assert window.locator(".log img, .log script, .log a").count() == 0


def test_nobody_online_is_said_and_nothing_pretends_to_work(
    page: Page, server: ServerProcess, company: Company, session: Session, clock: SteppingClock
) -> None:
    anna = company.operator("Anna")
    company.placement("en", language=Language.EN)
    page.goto(f"{server.url}/chat/en")
    expect(page.get_by_role("heading")).to_have_text("Nobody is here right now")
    assert page.locator("input, textarea, button").count() == 0
    assert_accessible(page)
    keep(page, "visitor/offline")
    with unit_of_work(session) as own:
        change_status(
            own, own.get_one(Operator, anna.id), OperatorStatus.ONLINE, clock(), by_operator_id=anna.id
        )
    page.reload()
    expect(page.get_by_label("Your question")).to_be_visible()


def test_what_the_placement_asks_is_asked_and_errors_stand_beside_their_fields(
    page: Page, server: ServerProcess, company: Company
) -> None:
    sales, _service = company.department("sales"), company.department("service")
    company.operator("Anna", status=OperatorStatus.ONLINE, departments=[sales])
    company.placement(
        "en",
        language=Language.EN,
        requires_prechat_form=True,
        offers_department_choice=Choice.REQUIRED,
        asks_email=Choice.REQUIRED,
    )
    page.goto(f"{server.url}/chat/en")
    expect(page.get_by_role("radio", name=re.compile("Service"))).to_be_disabled()
    page.get_by_role("button", name="Start the chat").click()
    expect(page.get_by_text("Please fill in this field.")).to_have_count(3)
    page.get_by_role("radio", name=re.compile("Sales")).check(force=True)
    page.get_by_label("Your question").fill("Hello")
    page.get_by_label("E-mail").fill("nonsense")
    page.get_by_role("button", name="Start the chat").click()
    expect(page.get_by_label("E-mail")).to_have_accessible_description(re.compile("e-mail"))
    page.get_by_label("E-mail").fill("maria@example.com")
    page.get_by_role("button", name="Start the chat").click()
    expect(page.locator("header").get_by_text("Sales")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_right_to_left_window_in_both_lights(
    page: Page, server: ServerProcess, company: Company, scheme: str
) -> None:
    company.department("sales")
    company.operator("Anna", status=OperatorStatus.ONLINE)
    company.placement("hebrew", language=Language.HE, offers_operator_choice=Choice.OPTIONAL)
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]  # one of the two words
    page.goto(f"{server.url}/chat/hebrew")
    expect(page.locator("textarea")).to_be_visible()
    assert_accessible(page)
    keep(page, f"visitor/hebrew-{scheme}")
    page.locator("textarea").fill("שלום")
    page.locator("button[type=submit]").click()
    expect(page.get_by_role("log")).to_be_visible()
    assert_accessible(page)
    keep(page, f"visitor/hebrew-chat-{scheme}")
