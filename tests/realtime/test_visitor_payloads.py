"""What a visitor's page is told: the protocol's fields alone, nothing of the company's own, nothing of others."""

import json
from typing import Any

import pytest

from models.placements import Choice
from tests.realtime.conftest import House, Window, new_id, of_chat, says, state_is
from tests.realtime.visitor_schema import ANSWERS, EVENTS, faults
from tests.support.clients import enter


def test_the_schema_finds_what_it_should() -> None:
    """A check that cannot fail would be none."""
    good = {"chat": "A" * 22, "is_typing": True}
    assert not list(faults(good, EVENTS["typing"]))
    for bad in (
        {**good, "operator_id": 7},
        {"chat": "A" * 22},
        {**good, "is_typing": 1},
        {**good, "chat": 12},
    ):
        assert list(faults(bad, EVENTS["typing"]))


@pytest.fixture
def told(house: House) -> dict[str, list[Any]]:
    """All that a visitor's two pages, one without a socket, were told in a whole story with canaries around."""
    sales = house.department()
    photo = "canary.webp"
    anna = house.hire(
        "InternalCanary",
        departments=[sales],
        public_name="Anna",
        photo=photo,
        reply_templates="TemplateCanary",
    )
    boris = house.hire("InternalCanary", departments=[sales], public_name="Boris")
    placement = house.company.placement(
        sales.key, offers_department_choice=Choice.OPTIONAL, offers_operator_choice=Choice.OPTIONAL
    )
    annas, boriss = house.workplace(anna), house.workplace(boris)
    entered = enter(house.url, placement.key)
    window, page = Window(house.url, entered["token"]), house.visitor(entered["token"])
    other = house.visitor()
    house.begin(other, "OtherVisitorsCanary", department=sales.key, name="OtherNameCanary")

    answers: list[tuple[str, Any]] = [
        ("enter", entered),
        ("enter", enter(house.url, placement.key, window.token)),
    ]

    def do(command: str, **payload: Any) -> Any:
        answer = page.do(command, **payload)
        answers.append((command, answer))
        return answer

    chat = do(
        "start",
        client_id=new_id(),
        placement=placement.key,
        department=sales.key,
        first_question="Hello?",
        name="Vera",
        email="vera@example.com",
    )["chat"]["id"]
    annas.do("take", chat=chat)
    annas.do("post", chat=chat, client_id=new_id(), body="Good day")
    annas.do("typing", chat=chat, is_typing=True)
    annas.do("read", chat=chat, seq=1)
    do("typing", chat=chat, text="I ")
    do("read", chat=chat, seq=2)
    do("post", chat=chat, client_id=new_id(), body="I have a question")
    annas.do("redirect", chat=chat, operator=boris.id, note="NoteCanary")
    boriss.do("post", chat=chat, client_id=new_id(), body="Boris here")
    boriss.do("set_status", status="lunch")
    page.wait_for("change", says("Boris here"))
    answers.append(("sync", do("sync", after=0)))
    answers.append(("events", window.events(0)))
    do("close", chat=chat)
    page.wait_for("change", state_is("closed_by_visitor"))
    page.wait_for("typing", of_chat(chat))
    return {"events": list(page.events), "answers": answers}


def test_every_event_and_answer_keeps_to_the_protocol(told: dict[str, list[Any]]) -> None:
    found = [
        fault
        for name, payload in told["events"]
        for fault in faults(payload, EVENTS.get(name, {"no such event": bool}), name)
    ]
    found += [fault for name, answer in told["answers"] for fault in faults(answer, ANSWERS[name], name)]
    assert not found
    assert {name for name, _ in told["events"]} >= {"change", "typing"}
    assert {name for name, _ in told["answers"]} == ANSWERS.keys()


def test_nothing_of_the_companys_own_or_of_others_is_told(told: dict[str, list[Any]]) -> None:
    everything = json.dumps(told)
    for canary in (
        "InternalCanary",
        "TemplateCanary",
        "NoteCanary",
        "OtherVisitorsCanary",
        "OtherNameCanary",
        "@example.com",
        "192.0.2",
        "127.0.0.1",
    ):
        where = everything.find(canary)
        own = canary == "@example.com" and everything.replace("vera@example.com", "").find(canary) < 0
        assert where < 0 or own, everything[max(0, where - 200) : where + 50]


def test_an_echo_names_the_visitors_own_messages_only(told: dict[str, list[Any]]) -> None:
    messages = [message for _, event in told["events"] for message in event.get("messages", ())]
    assert {("client_id" in message, message["author"]) for message in messages} == {
        (True, "visitor"),
        (False, "operator"),
    }
