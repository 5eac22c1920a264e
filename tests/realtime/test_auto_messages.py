"""Auto-messages of a running server: at their time and by themselves, to both sides."""

from typing import Any

import pytest

from models.database import unit_of_work
from models.settings import load_settings
from tests.realtime.conftest import House, says
from tests.support.cabinet import form_of
from tests.support.clients import operator_client, visitor_client
from tests.support.company import PASSWORD, Company
from tests.support.server import ServerProcess


@pytest.fixture
def company_in_a_hurry(company: Company, storage: Any) -> Company:
    """Its server has yet to start."""
    with unit_of_work() as session:
        settings = load_settings(session)
        settings.first_reply_timeout_seconds = 1
        settings.first_reply_texts = {"ru": "Минуту!"}
    return company


@pytest.mark.databases("sqlite", "postgresql")
def test_who_waits_is_told_and_operators_see_it(company_in_a_hurry: Company, server: ServerProcess) -> None:
    company_in_a_hurry.operator("Anna")
    with (
        operator_client(server.url, "anna@example.com", PASSWORD) as anna,
        visitor_client(server.url) as visitor,
    ):
        start = {"client_id": "8d9f6c1e-6a5b-4f0e-9f57-0d3c7f1c2a11", "placement": "default"}
        chat = visitor.do("start", **start, first_question="Hello?")["chat"]["id"]
        (line,) = visitor.wait_for("change", says("Минуту!"))["messages"]
        assert (line["chat"], line["author"], line["seq"]) == (chat, "system", 2)
        assert anna.wait_for("change", says("Минуту!"))["chat"] == chat


def test_a_text_that_is_saved_stands_in_open_windows_at_once(house: House) -> None:
    visitor = house.visitor()
    browser = house.browser(house.hire(is_admin=True))
    page = browser.session.get(f"{house.url}/admin/settings/", timeout=10)
    form = {**form_of(page.text), "company_name": "Sila", "offline_prompt_texts-ru": "Скоро вернёмся"}
    answer = browser.session.post(
        f"{house.url}/admin/settings/", data=form, headers={"Referer": house.url}, timeout=10
    )
    assert answer.status_code == 200
    said = visitor.wait_for(
        "availability", lambda payload: payload["texts"]["offline_prompt"] == "Скоро вернёмся"
    )
    assert said["texts"]["queue_position"] == "Вы {place}-й в очереди."
