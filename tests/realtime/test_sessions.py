"""Rights hold now: who signed out, was switched off or lost a right is off the socket or the rooms within 5 s."""

import time
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import requests
from socketio.exceptions import ConnectionError as Refused

from actions import operators as accounts
from actions import second_factor, sign_in
from clock import system_now
from models import Operator, OperatorSession, SecondFactor
from models.database import unit_of_work
from tests.realtime.conftest import Browser, House, heard, of_chat, says
from tests.support.clients import SocketClient

PROMISED_SECONDS = 5


class Stopwatch:
    def __enter__(self) -> "Stopwatch":
        self._began = time.monotonic()
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            assert time.monotonic() - self._began < PROMISED_SECONDS


def change_account(operator: Operator, how: Callable[[Any, Operator], None]) -> None:
    """Done in another process than the server's, as a command or a second server would."""
    with unit_of_work() as session:
        how(session, session.get_one(Operator, operator.id))


def test_signing_out_closes_the_sockets_of_that_session_only(house: House) -> None:
    anna = house.hire("Anna")
    leaving, staying = house.browser(anna), house.browser(anna)
    tabs, other = [house.tab_of(leaving), house.tab_of(leaving)], house.tab_of(staying)
    with Stopwatch():
        sign_out(leaving)
        for tab in tabs:
            # The look at all sessions, every few seconds, may come first; it does not know why one ended.
            assert tab.wait_for("signed_out")["reason"] in ("signed_out", "session_ended")
            tab.wait_until_disconnected()
    assert other.do("snapshot")["me"]["status"] == "online"
    assert leaving.send("snapshot", {}).status_code in (400, 401)


def test_when_the_last_session_ends_the_shift_ends(house: House) -> None:
    anna, watching = house.hire("Anna"), house.workplace(house.hire("Boris"))
    browser = house.browser(anna)
    house.tab_of(browser)
    sign_out(browser)
    watching.wait_for(
        "operator", lambda operator: operator["id"] == anna.id and operator["status"] == "offline"
    )


def sign_out(browser: Browser) -> None:
    answer = browser.session.post(
        f"{browser.url}/sign-out",
        data={"csrf_token": browser.token},
        headers={"Referer": browser.url},
        timeout=15,
        allow_redirects=False,
    )
    assert answer.status_code == 302


def deactivate(session: Any, operator: Operator) -> None:
    accounts.deactivate_operator(session, operator, system_now(), by_operator_id=operator.id)


def delete(session: Any, operator: Operator) -> None:
    accounts.delete_operator(session, operator, system_now(), by_operator_id=operator.id)


def give_a_new_password(session: Any, operator: Operator) -> None:
    operator.password_hash = "another"
    accounts.save_operator(session, operator, system_now())


def let_the_session_expire(session: Any, operator: Operator) -> None:
    session.query(OperatorSession).filter_by(operator_id=operator.id).update(
        {"expires_at": system_now() - timedelta(seconds=1)}
    )


@pytest.mark.parametrize("how", [deactivate, delete, give_a_new_password, let_the_session_expire])
def test_an_account_that_was_closed_is_off_its_sockets(house: House, how: Any) -> None:
    """Also when another process did it: each looks for itself."""
    anna = house.hire("Anna")
    page = house.workplace(anna)
    with Stopwatch():
        change_account(anna, how)
        # At once over any way in; the open socket follows.
        answer = page.call("snapshot")
        assert answer["ok"] is False and answer["error"] == "unauthorised"
        page.wait_for("signed_out")
        page.wait_until_disconnected()


class TestChangedRights:
    def test_a_department_that_one_has_left_is_not_heard_any_more(self, house: House) -> None:
        sales = house.department()
        anna = house.hire("Anna", departments=[sales])
        page, staying = house.workplace(anna), house.workplace(house.hire("Boris", departments=[sales]))
        house.begin(house.visitor(), "While she belongs here", department=sales.key)
        page.wait_for("change", says("While she belongs here"))
        with Stopwatch():
            change_account(anna, lambda session, operator: move(session, operator, []))
            page.wait_for("resync")
        page.events.clear()
        chat = house.begin(house.visitor(), "Not for her", department=sales.key)
        staying.wait_for("change", says("Not for her"))
        # What everybody hears comes after it.
        staying.do("set_status", status="lunch")
        page.wait_for("operator", lambda operator: operator["status"] == "lunch")
        assert heard(page, "change") == []
        assert chat not in str(page.do("snapshot"))

    def test_a_department_that_one_has_joined_is_heard(self, house: House) -> None:
        sales = house.department()
        anna = house.hire("Anna")
        page = house.workplace(anna)
        chat = house.begin(house.visitor(), "Before she came", department=sales.key)
        with Stopwatch():
            change_account(anna, lambda session, operator: move(session, operator, [sales.id]))
            page.wait_for("resync")
        assert [row["id"] for row in page.do("snapshot")["chats"] if row["id"] == chat]
        house.begin(house.visitor(), "After she came", department=sales.key)
        page.wait_for("change", says("After she came"))

    def test_a_supervisor_no_more_sees_no_more(self, house: House) -> None:
        sales = house.department()
        anna = house.hire("Anna", departments=[sales])
        head = house.hire("Head", supervised_departments=[sales])
        annas, page = house.workplace(anna), house.workplace(head)
        visitor = house.visitor()
        chat = house.begin(visitor, department=sales.key)
        annas.do("take", chat=chat)
        assert page.do("open", chat=chat)["may"] == ["take_over", "redirect", "close"]

        def demote(session: Any, operator: Operator) -> None:
            operator.supervised_departments = []
            accounts.save_operator(session, operator, system_now())

        with Stopwatch():
            change_account(head, demote)
            assert page.call("open", chat=chat)["error"] == "not_found"
            page.wait_for("resync")
        page.events.clear()
        visitor.do("typing", chat=chat, text="Not for the head")
        annas.wait_for("typing", of_chat(chat))
        annas.do("set_status", status="lunch")
        page.wait_for("operator", lambda operator: operator["status"] == "lunch")
        assert heard(page, "typing") == []


def move(session: Any, operator: Operator, department_ids: list[int]) -> None:
    from models import Department

    operator.departments = [session.get_one(Department, department_id) for department_id in department_ids]
    accounts.save_operator(session, operator, system_now())


def test_who_lost_the_connection_is_gone_after_the_grace_and_who_reloads_is_not(house: House) -> None:
    """The grace is shortened to its smallest; the reload is over before it."""
    from models.settings import load_settings

    with unit_of_work() as session:
        load_settings(session).operator_gone_after_seconds = 1
    try:
        anna, boris = house.hire("Anna"), house.hire("Boris")
        watching = house.workplace(house.hire("Clara"))
        page, reloading = house.workplace(anna), house.browser(boris)
        first = house.tab_of(reloading)
        page.disconnect()
        second = house.tab_of(reloading)
        first.disconnect()
        gone = watching.wait_for("operator", is_offline(anna))
        assert gone["status"] == "offline"
        assert second.do("snapshot")["me"]["status"] == "online"
        assert not [event for event in heard(watching, "operator") if is_offline(boris)(event)]
    finally:
        with unit_of_work() as session:
            load_settings(session).operator_gone_after_seconds = 60


def is_offline(person: Operator) -> Callable[[dict[str, Any]], bool]:
    return lambda operator: operator["id"] == person.id and operator["status"] == "offline"


def test_a_page_that_was_closed_hears_nothing(house: House) -> None:
    sales = house.department()
    browser = house.browser(house.hire("Anna", departments=[sales]))
    closed, kept = house.tab_of(browser), house.tab_of(browser)
    closed.disconnect()
    house.begin(house.visitor(), "Hello?", department=sales.key)
    kept.wait_for("change")
    assert isinstance(closed, SocketClient) and heard(closed, "change") == []


def demand_a_second_factor(session: Any, operator: Operator) -> None:
    from models.settings import load_settings

    load_settings(session).second_factor_demanded = True


def ask_for_another_password(session: Any, operator: Operator) -> None:
    operator.must_change_password = True


def end_every_session(session: Any, operator: Operator) -> None:
    sign_in.sign_out_everywhere(session, operator, system_now())


def reset_the_second_factor(session: Any, operator: Operator) -> None:
    session.add(SecondFactor(operator_id=operator.id, seed=b"x" * 20, last_step=0, since=system_now()))
    session.flush()
    second_factor.reset(session, operator, system_now())


@pytest.fixture
def undemanded() -> Iterator[None]:
    """The house is shared: what one test demands of everybody must not meet the next one."""
    from models.settings import load_settings

    yield
    with unit_of_work() as session:
        load_settings(session).second_factor_demanded = False


@pytest.mark.usefixtures("undemanded")
@pytest.mark.parametrize(
    "how",
    [demand_a_second_factor, ask_for_another_password, end_every_session, reset_the_second_factor],
)
def test_whoever_has_a_duty_first_is_off_the_workplace_in_every_way(house: House, how: Any) -> None:
    anna = house.hire("Anna")
    browser = house.browser(anna)
    token, tab = browser.token, house.tab_of(browser)
    with Stopwatch():
        change_account(anna, how)
        for command in ("snapshot", "set_status", "post"):
            payload = {"status": "lunch"} if command == "set_status" else {}
            payload = (
                {"chat": "A" * 22, "client_id": str(uuid.uuid4()), "body": "Hello"}
                if command == "post"
                else payload
            )
            assert tab.call(command, **payload)["error"] == "unauthorised", command
        tab.wait_for("signed_out")
        tab.wait_until_disconnected()
    with pytest.raises(Refused):
        house.tab_of(browser)
    answer = browser.session.post(
        f"{house.url}/operator/api/snapshot",
        json={},
        headers={"X-CSRFToken": token, "Referer": house.url},
        timeout=15,
    )
    assert answer.status_code == 401
    assert (
        browser.session.get(f"{house.url}/operator/api/events", timeout=15, allow_redirects=False).status_code
        == 401
    )


def test_whoever_works_over_a_socket_alone_stays_signed_in(house: House) -> None:
    anna = house.hire("Anna")
    tab = house.tab_of(house.browser(anna))
    long_ago = system_now() - timedelta(hours=11)
    with unit_of_work() as session:
        session.query(OperatorSession).filter_by(operator_id=anna.id).update({"last_seen_at": long_ago})
    assert seen_at(anna) == long_ago
    tab.do("snapshot")
    deadline = time.monotonic() + 30
    while seen_at(anna) == long_ago:
        # Written with the next round of the presence loop.
        assert requests.get(f"{house.url}/health", timeout=15).ok
        assert time.monotonic() < deadline


def seen_at(person: Operator) -> datetime:
    from models import db

    db.session.rollback()
    return db.session.query(OperatorSession).filter_by(operator_id=person.id).one().last_seen_at
