"""The loader on other people's pages, in a real browser: strict, old, single-page ones, and with our server down."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import ConsoleMessage, Frame, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import PageView
from models.placements import ButtonPosition
from policy.statuses import OperatorStatus
from tests.support.company import Company
from tests.support.server import ServerProcess
from tests.support.site import Site, snippet

BUTTON = "otvet-button button.b"
PANEL = "otvet-button .p"
FRAME = "otvet-button iframe"
HEAD = '<!doctype html><html lang="ru"><head><meta charset="utf-8"><title>Shop</title><link rel="icon" href="data:,">'


class Complaints:
    """Everything that a page's own developer would see in the console."""

    def __init__(self, page: Page) -> None:
        self.said: list[str] = []
        page.on("pageerror", lambda error: self.said.append(f"error: {error}"))
        page.on("console", self._hear)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.said.append(f"{message.type}: {message.text}")

    def besides_network(self) -> list[str]:
        """What the browser itself writes of a server that does not answer is not ours to prevent."""
        return [text for text in self.said if "net::ERR" not in text]


@pytest.fixture
def server(server: ServerProcess, company: Company) -> ServerProcess:
    company.operator("Anna", status=OperatorStatus.ONLINE)
    return server


@pytest.fixture
def complaints(page: Page) -> Complaints:
    return Complaints(page)


@pytest.fixture
def shop(server: ServerProcess) -> Iterator[Site]:
    """A page with the manual's snippet under a policy that allows what the documentation asks for, and no more."""
    policy = (
        f"default-src 'none'; script-src 'nonce-shop' {server.url}; connect-src {server.url}; "
        f"frame-src {server.url}; img-src data:"
    )
    code = snippet(server.url, nonce="shop")
    pages = {
        path: f"{HEAD}</head><body><h1>{path}</h1>{code}<p>Text</p></body></html>" for path in ("/", "/other")
    }
    with Site(pages, {"Content-Security-Policy": policy}) as site:
        yield site


def layout_shift(page: Page) -> float:
    """How much of the page has moved by itself so far."""
    shift: float = page.evaluate(
        """async () => {
            let sum = 0;
            const add = (entries) => entries.forEach(({ value }) => (sum += value));
            const observer = new PerformanceObserver((list) => add(list.getEntries()));
            observer.observe({ type: "layout-shift", buffered: true });
            for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame);
            add(observer.takeRecords());
            return sum;
        }"""
    )
    return shift


def chat_frame(page: Page) -> Frame:
    page.wait_for_function("document.querySelector('otvet-button').shadowRoot.querySelector('iframe')")
    return next(frame for frame in page.frames if "/chat/" in frame.url)


def test_a_strict_page_gets_the_button_and_nothing_else(
    page: Page, shop: Site, server: ServerProcess, complaints: Complaints
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.add_init_script("window.namesBefore = new Set(Object.getOwnPropertyNames(window))")
    page.goto(shop.url)
    expect(page.locator(BUTTON)).to_be_visible()
    ours = [url.removeprefix(server.url) for url in asked if url.startswith(server.url)]
    assert ours == ["/js/button.js", "/button/default/view"]
    made = page.evaluate("Object.getOwnPropertyNames(window).filter((name) => !namesBefore.has(name))")
    assert set(made) - {"namesBefore"} == {"webim"}
    assert page.context.cookies() == []
    assert layout_shift(page) == 0
    assert complaints.said == []


def test_a_press_opens_the_window_and_escape_closes_it(
    page: Page, shop: Site, complaints: Complaints
) -> None:
    page.goto(shop.url)
    expect(page.locator(BUTTON)).to_be_visible()
    page.locator(BUTTON).press("Enter")
    window = page.frame_locator(FRAME)
    expect(window.locator("textarea")).to_be_focused()
    expect(page.locator(BUTTON)).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.locator(PANEL)).to_be_hidden()
    expect(page.locator(BUTTON)).to_be_focused()
    assert complaints.said == []


def test_an_open_window_comes_back_on_the_next_page_without_taking_the_focus(page: Page, shop: Site) -> None:
    page.goto(shop.url)
    page.locator(BUTTON).click()
    expect(page.frame_locator(FRAME).locator("textarea")).to_be_visible()
    page.goto(f"{shop.url}/other")
    expect(page.frame_locator(FRAME).locator("textarea")).to_be_visible()
    assert page.evaluate("document.activeElement === document.body")


def test_only_the_window_itself_is_heard(page: Page, shop: Site) -> None:
    page.goto(shop.url)
    page.locator(BUTTON).click()
    expect(page.frame_locator(FRAME).locator("textarea")).to_be_visible()
    page.evaluate(
        "for (const otvet of ['close', 'state']) postMessage({ otvet, unread: 5, chat: true }, '*')"
    )
    # The window's own message comes behind the forged ones.
    chat_frame(page).evaluate("parent.postMessage({ otvet: 'state', unread: 0, chat: false }, '*')")
    page.evaluate("new Promise((resolve) => setTimeout(resolve, 0))")
    expect(page.locator(PANEL)).to_be_visible()
    assert page.title() == "Shop"


def test_an_old_page_in_quirks_mode_with_links_of_its_own(
    page: Page, server: ServerProcess, complaints: Complaints
) -> None:
    code = snippet(server.url)
    old = (
        f"<html><head><title>Old</title>{code}</head><body><style>* {{ color: red !important; display: block }}</style>"
        "<center><font><a class='webim_button' href='#' rel='webim'><b>Ask us</b></a></font></center>"
        "<script>Array.prototype.odd = function () {}; Object.defineProperty(window, 'status', { value: 1 })</script>"
        f"{code}</body></html>"
    )
    with Site({"/": old, "/favicon.ico": ""}) as site:
        page.goto(site.url)
        expect(page.locator(BUTTON)).to_be_visible()
        assert page.locator("otvet-button").count() == 1
        page.get_by_text("Ask us").click()
        expect(page.frame_locator(FRAME).locator("textarea")).to_be_visible()
        assert page.url == f"{site.url}/"
        page.evaluate("webim.close()")
        expect(page.locator(PANEL)).to_be_hidden()
    assert complaints.said == []


def test_each_link_asks_for_its_department_or_placement(
    page: Page, server: ServerProcess, company: Company
) -> None:
    sales = company.department("sales")
    company.operator("Sveta", status=OperatorStatus.ONLINE, departments=[sales])
    company.placement("shop", department_id=sales.id)
    links = "".join(
        f'<a class="webim_button" href="#" {extra}>{name}</a>'
        for name, extra in {"Sales": 'data-department="sales"', "Shop": 'data-location="shop"'}.items()
    )
    with Site({"/": f"{HEAD}</head><body>{links}{snippet(server.url)}</body></html>"}) as site:
        page.goto(site.url)
        for name, address in {
            "Sales": "/chat/default?embedded=1&department=sales",
            "Shop": "/chat/shop?embedded=1",
        }.items():
            page.locator("a", has_text=name).click()
            expect(page.locator(FRAME)).to_have_attribute("src", server.url + address)
            page.evaluate("webim.close()")


def test_a_new_address_of_a_single_page_site_is_a_new_view(page: Page, shop: Site, session: Session) -> None:
    page.goto(shop.url)
    expect(page.locator(BUTTON)).to_be_visible()
    with page.expect_response("**/button/default/view"):
        page.evaluate("history.pushState({}, '', '/catalogue/7')")
    session.rollback()
    views = session.scalars(select(PageView).order_by(PageView.started_at)).all()
    assert [view.url.removeprefix(shop.url) for view in views] == ["/", "/catalogue/7"]
    assert views[1].referrer == f"{shop.url}/"


def test_a_page_that_a_script_draws_anew_has_its_button_in_the_flow(
    page: Page, server: ServerProcess, company: Company
) -> None:
    company.placement("flow", button_position=ButtonPosition.INLINE, button_label="Ask the shop")
    html = f"{HEAD}</head><body>{snippet(server.url, location='flow')}</body></html>"
    with Site({"/": html}) as site:
        page.goto(site.url)
        expect(page.get_by_role("button", name="Ask the shop")).to_be_visible()
        page.evaluate(
            """document.body.replaceChildren(
                Object.assign(document.createElement("a"), { className: "webim_button", href: "#" }))"""
        )
        page.get_by_role("button", name="Ask the shop").press("Space")
        expect(page.frame_locator(FRAME).locator("textarea")).to_be_focused()
        expect(page.locator(BUTTON).first).to_be_hidden()


def test_the_site_can_open_the_window_and_hears_of_it(page: Page, shop: Site) -> None:
    page.goto(shop.url)
    expect(page.locator(BUTTON)).to_be_visible()
    page.evaluate(
        """() => { window.heard = []; for (const name of ["open", "close"]) webim.on(name, () => heard.push(name));
            webim.open({ message: "Do you deliver to Kazan?" }); }"""
    )
    expect(page.frame_locator(FRAME).locator("textarea")).to_have_value("Do you deliver to Kazan?")
    page.evaluate("webim.close()")
    assert page.evaluate("heard") == ["open", "close"]


def test_a_server_that_is_down_leaves_the_page_without_an_error_and_without_the_button(
    page: Page, shop: Site, server: ServerProcess, complaints: Complaints
) -> None:
    server.kill()
    page.goto(shop.url)
    expect(page.get_by_text("Text")).to_be_visible()
    assert page.locator("otvet-button").count() == 0
    assert complaints.besides_network() == []


def test_a_server_that_goes_down_takes_its_button_with_it(
    page: Page, shop: Site, server: ServerProcess, complaints: Complaints
) -> None:
    page.goto(shop.url)
    expect(page.locator(BUTTON)).to_be_visible()
    server.kill()
    page.locator(BUTTON).click()
    expect(page.locator(PANEL)).to_be_hidden()
    assert page.locator(FRAME).count() == 0
    page.locator(BUTTON).click()
    expect(page.locator(BUTTON)).to_be_hidden()
    assert complaints.besides_network() == []
