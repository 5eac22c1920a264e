"""The main job over sockets: asked, heard by the right people, taken by one, talked in by two, ended."""

from collections.abc import Iterator
from itertools import pairwise

import pytest

from models.database import unit_of_work
from models.placements import Choice
from models.settings import load_settings
from tests.realtime.conftest import House, heard, new_id, of_chat, says, state_is
from tests.support.clients import SocketClient


@pytest.fixture
def by_itself(house: House) -> Iterator[None]:
    """While this lasts the system hands out chats."""
    for is_on in (True, False):
        with unit_of_work() as session:
            load_settings(session).auto_assignment = is_on
        if is_on:
            yield


def test_a_chat_is_asked_taken_answered_read_and_ended(house: House) -> None:
    sales = house.department()
    anna = house.workplace(house.hire("Anna", departments=[sales], public_name="Anna from sales"))
    visitor = house.visitor()
    chat = house.begin(visitor, "Is it open?", department=sales.key, name="Vera")

    arrived = anna.wait_for("change", of_chat(chat))
    assert arrived["view"]["state"] == "queue"
    assert (arrived["view"]["visitor"]["name"], arrived["view"]["unread"]) == ("Vera", 1)
    assert [message["body"] for message in arrived["messages"]] == ["Is it open?"]

    assert "warning" not in anna.do("take", chat=chat)
    taken = visitor.wait_for("change", state_is("chatting"))
    assert taken["view"]["operator"]["name"] == "Anna from sales"

    posted = anna.do("post", chat=chat, client_id=new_id(), body="Until ten.")
    assert (posted["seq"], posted["duplicate"]) == (2, False)
    told = visitor.wait_for("change", says("Until ten."))
    assert told["revision"] == posted["revision"] == told["previous"] + 1
    assert told["messages"][0]["author"] == "operator"

    assert visitor.do("read", chat=chat, seq=2)["seq"] == 2
    assert anna.wait_for("change", lambda change: change.get("read", {}).get("visitor") == 2)
    visitor.do("post", chat=chat, client_id=new_id(), body="Thanks")
    anna.wait_for("change", says("Thanks"))

    anna.do("close", chat=chat)
    assert visitor.wait_for("change", state_is("closed_by_operator"))["view"]["closed_at"]
    visitor.do("post", chat=chat, client_id=new_id(), body="One more")
    assert anna.wait_for("change", says("One more"))["chat"] == chat
    assert visitor.wait_for("change", state_is("queue"))["view"]["closed_at"] is None


def test_a_department_is_demanded_only_of_visitors_who_are_asked_for_one(house: House) -> None:
    key = f"p{new_id()[:8]}"
    house.company.placement(key, offers_department_choice=Choice.REQUIRED)
    sales = house.department()
    begin = {"placement": key, "first_question": "Hello?"}
    refused = house.visitor().call("start", client_id=new_id(), **begin)
    assert (refused["error"], list(refused["fields"])) == ("invalid", ["department"])
    for decided in ({"department": sales.key}, {"snippet_department": sales.key}):
        started = house.visitor().do("start", client_id=new_id(), **begin, **decided)
        assert started["chat"]["department"]["key"] == sales.key


def test_when_one_takes_it_the_others_let_go(house: House) -> None:
    sales = house.department()
    anna, boris = (house.hire(name, departments=[sales]) for name in ("Anna", "Boris"))
    annas, boriss = house.workplace(anna), house.workplace(boris)
    visitor = house.visitor()
    chat = house.begin(visitor, department=sales.key)
    boriss.wait_for("change", of_chat(chat))
    annas.do("take", chat=chat)
    boriss.wait_for("gone", of_chat(chat))
    late = boriss.call("take", chat=chat)
    assert (late["error"], late["operator"]) == ("already_taken", anna.internal_name)
    assert anna.internal_name in late["message"]

    visitor.do("post", chat=chat, client_id=new_id(), body="For Anna only")
    annas.wait_for("change", says("For Anna only"))
    fence(house, boriss)
    assert not [change for change in heard(boriss, "change") if says("For Anna only")(change)]
    assert not heard(annas, "gone")


def test_a_redirected_chat_comes_to_the_colleague_and_leaves_the_page_it_was_on(house: House) -> None:
    sales = house.department()
    anna, boris = (house.hire(name, departments=[sales]) for name in ("Anna", "Boris"))
    annas, boriss = house.workplace(anna), house.workplace(boris)
    visitor = house.visitor()
    chat = house.begin(visitor, department=sales.key)
    annas.do("take", chat=chat)
    annas.do("redirect", chat=chat, operator=boris.id, note="Knows more")
    boriss.wait_for("assigned", of_chat(chat))
    annas.wait_for("gone", of_chat(chat))
    assert boriss.do("open", chat=chat)["log"][-1]["note"] == "Knows more"
    boriss.do("post", chat=chat, client_id=new_id(), body="Boris here")
    visitor.wait_for("change", says("Boris here"))


@pytest.mark.usefixtures("by_itself")
def test_the_system_gives_a_new_chat_to_who_is_online(house: House) -> None:
    sales = house.department()
    anna = house.hire("Anna", departments=[sales])
    annas = house.workplace(anna)
    chat = house.begin(house.visitor(), department=sales.key)
    annas.wait_for("assigned", of_chat(chat))
    change = annas.wait_for("change", lambda change: of_chat(chat)(change) and change["view"]["operator_id"])
    assert (change["view"]["operator_id"], change["view"]["state"]) == (anna.id, "queue")
    assert annas.do("open", chat=chat)["log"][-1]["why"]["tiebreak"] == "only_one"


@pytest.mark.usefixtures("by_itself")
def test_who_comes_online_is_given_what_waits(house: House) -> None:
    sales = house.department()
    annas = house.workplace(house.hire("Anna", departments=[sales]), status="break")
    visitor = house.visitor()
    chat = house.begin(visitor, department=sales.key)
    annas.do("set_status", status="online")
    annas.wait_for("assigned", of_chat(chat))
    annas.do("set_status", status="offline")
    back = annas.wait_for("change", lambda change: change["revision"] == 3)
    assert (back["view"]["operator_id"], back["view"]["state"]) == (None, "queue")


def test_a_status_reaches_everybody_at_once(house: House) -> None:
    anna = house.hire("Anna")
    annas, boriss = house.workplace(anna), house.workplace(house.hire("Boris"))
    tab = house.tab_of(house.browser(anna))
    annas.do("set_status", status="lunch")
    for page in (annas, boriss, tab):
        told = page.wait_for(
            "operator", lambda operator: operator["id"] == anna.id and operator["status"] == "lunch"
        )
        assert told["status_since"]


def test_two_hundred_messages_sent_without_waiting_keep_their_order(house: House) -> None:
    sales = house.department()
    annas = house.workplace(house.hire("Anna", departments=[sales]))
    visitor = house.visitor()
    chat = house.begin(visitor, "0", department=sales.key)
    annas.do("take", chat=chat)
    answers = visitor.pipeline(
        [("post", {"chat": chat, "client_id": new_id(), "body": str(number)}) for number in range(1, 201)]
    )
    assert [answer["seq"] for answer in answers] == list(range(2, 202))
    annas.wait_for("change", says("200"))
    bodies = [message["body"] for change in heard(annas, "change") for message in change.get("messages", ())]
    assert bodies == [str(number) for number in range(201)]
    revisions = [(change["previous"], change["revision"]) for change in heard(annas, "change")]
    assert all(previous == before for (_, before), (previous, _) in pairwise(revisions))


def test_what_one_page_sends_is_done_in_its_order(house: House) -> None:
    """Five messages and the end: none of them is overtaken, so none is too late."""
    for _ in range(5):
        visitor = house.visitor()
        chat = house.begin(visitor, "0")
        posts = [
            ("post", {"chat": chat, "client_id": new_id(), "body": str(number)}) for number in range(1, 6)
        ]
        answers = visitor.pipeline([*posts, ("close", {"chat": chat})])
        assert [answer["ok"] for answer in answers] == [True] * 6
        assert [answer["revision"] for answer in answers] == [2, 3, 4, 5, 6, 7]


def test_all_tabs_of_a_visitor_show_the_same(house: House) -> None:
    window = house.window()
    one, two = house.visitor(window.token), house.visitor(window.token)
    chat = house.begin(one, "From the first")
    two.wait_for("change", says("From the first"))
    sent = new_id()
    two.do("post", chat=chat, client_id=sent, body="From the second")
    echo = one.wait_for("change", says("From the second"))
    assert echo["messages"][0]["client_id"] == sent
    one.do("close", chat=chat)
    two.wait_for("change", state_is("closed_by_visitor"))
    assert one.do("sync", after=0)["messages"] == two.do("sync", after=0)["messages"]


def test_all_tabs_of_an_operator_show_the_same(house: House) -> None:
    sales = house.department()
    browser = house.browser(house.hire("Anna", departments=[sales]))
    one, two = house.tab_of(browser), house.tab_of(browser)
    chat = house.begin(house.visitor(), department=sales.key)
    one.do("take", chat=chat)
    two.wait_for("change", state_is("chatting"))
    one.do("post", chat=chat, client_id=new_id(), body="Hello")
    two.wait_for("change", says("Hello"))
    snapshots = [page.do("snapshot") for page in (one, two)]
    assert snapshots[0]["chats"] == snapshots[1]["chats"]


class TestTyping:
    def test_the_visitors_words_reach_those_who_may_see_the_chat_only(self, house: House) -> None:
        sales, other = house.department(), house.department()
        annas = house.workplace(house.hire("Anna", departments=[sales]))
        strangers = house.workplace(house.hire("Stranger", departments=[other]))
        visitor, bystander = house.visitor(), house.visitor()
        chat = house.begin(visitor, department=sales.key)
        visitor.do("typing", chat=chat, text="I have a que")
        assert annas.wait_for("typing", of_chat(chat)) == {"chat": chat, "text": "I have a que"}
        annas.do("take", chat=chat)
        annas.do("typing", chat=chat, is_typing=True)
        assert visitor.wait_for("typing") == {"chat": chat, "is_typing": True}
        house.begin(bystander)
        bystander.wait_for("change")
        fence(house, strangers)
        assert not heard(strangers, "typing") and not heard(bystander, "typing")
        # One does not hear oneself.
        assert len(heard(annas, "typing")) == 1

    def test_without_the_setting_only_that_somebody_types_is_told(self, house: House) -> None:
        sales = house.department()
        annas = house.workplace(house.hire("Anna", departments=[sales]))
        visitor = house.visitor()
        chat = house.begin(visitor, department=sales.key)
        with unit_of_work() as session:
            load_settings(session).shows_typing_preview = False
        try:
            visitor.do("typing", chat=chat, text="My secret")
            assert annas.wait_for("typing") == {"chat": chat, "text": "…"}
            visitor.do("typing", chat=chat, text="")
            assert annas.wait_for("typing", lambda typing: not typing["text"])
        finally:
            with unit_of_work() as session:
                load_settings(session).shows_typing_preview = True


def fence(house: House, page: SocketClient) -> None:
    """Return when the page has heard of something that happened after everything before."""
    newcomer = house.hire("Fence")
    house.browser(newcomer)
    page.wait_for("operator", lambda operator: operator["id"] == newcomer.id)
