"""What the operator's plane answers, asked as either road asks it: parse, limit, act, commit, answer."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from actions import chats, sign_in
from actions.messages import Author
from models import Chat, Operator
from models.database import unit_of_work
from models.queries import people
from policy.languages import Language
from policy.statuses import OperatorStatus
from realtime.namespaces.operator import plane
from realtime.planes import Identity
from tests.support.clock import SteppingClock
from tests.support.company import Company

Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def ask(app: Flask, session: Session, clock: SteppingClock) -> Ask:
    """Send a command as this operator, who signs in for it."""

    def ask(operator: Operator, command: str, /, **payload: Any) -> dict[str, Any]:
        with unit_of_work(session):
            token = sign_in.start_session(
                session,
                operator,
                OperatorStatus.ONLINE,
                clock(),
                address="192.0.2.7",
                user_agent="Test",
                is_remembered=False,
            )
            signed_in = sign_in.session_of(session, token, clock())
        assert signed_in is not None
        identity = Identity(Author(session_id=signed_in.session_id), operator.id, Language.EN)
        return plane.carry_out(app, command, identity, payload)

    return ask


def taken_by(session: Session, operator: Operator, chat: Chat, clock: SteppingClock) -> str:
    with unit_of_work(session):
        chats.take(session, people.facts_of(session, operator), chat.public_id, clock())
    return chat.public_id


def test_everybody_learns_how_many_chats_each_colleague_has(
    ask: Ask, company: Company, session: Session, clock: SteppingClock
) -> None:
    anna = company.operator("Anna", status=OperatorStatus.ONLINE)
    boris = company.operator("Boris")
    taken_by(session, anna, company.chat(), clock)
    ended = taken_by(session, anna, company.chat(), clock)
    taken_by(session, anna, company.chat(), clock)
    assert ask(anna, "close", chat=ended)["ok"]
    assert ask(boris, "snapshot")["chats"] == []
    assert ask(boris, "loads") == {"ok": True, "loads": {str(anna.id): 2}}


def test_everybody_learns_which_chats_wait_of_those_they_see(
    ask: Ask, company: Company, session: Session, clock: SteppingClock
) -> None:
    sales, support = company.department("sales"), company.department("support")
    anna = company.operator("Anna", status=OperatorStatus.ONLINE, departments=[sales])
    boris = company.operator("Boris", departments=[support])
    waits, taken = company.chat(department="sales"), company.chat(department="sales")
    taken_by(session, anna, taken, clock)
    assert ask(anna, "waiting") == {"ok": True, "chats": [waits.public_id]}
    assert ask(company.administrator, "waiting")["chats"] == [waits.public_id]
    assert ask(boris, "waiting")["chats"] == []


def test_why_nobody_has_a_chat_is_told_only_while_nobody_has_it(
    ask: Ask, company: Company, session: Session, clock: SteppingClock
) -> None:
    anna = company.operator("Anna", status=OperatorStatus.ONLINE)
    chat = company.chat()
    assert ask(anna, "explain", chat=chat.public_id)["explanation"]["can_answer"]
    taken_by(session, anna, chat, clock)
    assert ask(anna, "explain", chat=chat.public_id)["error"] == "not_now"


def test_a_colleagues_own_limit_is_told_and_the_common_one_is_not_repeated(
    ask: Ask, company: Company
) -> None:
    anna, boris = company.operator("Anna", max_chats=2), company.operator("Boris")
    limits = {one["id"]: one["max_chats"] for one in ask(boris, "snapshot")["operators"]}
    assert (limits[anna.id], limits[boris.id]) == (2, None)


@pytest.mark.parametrize(("command", "payload"), [("open", {}), ("sync", {"after": 0})])
def test_with_an_ended_chat_nothing_can_be_done(
    ask: Ask,
    company: Company,
    session: Session,
    clock: SteppingClock,
    command: str,
    payload: dict[str, int],
) -> None:
    anna = company.operator("Anna", status=OperatorStatus.ONLINE)
    chat = taken_by(session, anna, company.chat(), clock)
    assert ask(anna, command, chat=chat, **payload)["may"] == ["write", "redirect", "close"]
    assert ask(anna, "close", chat=chat)["ok"]
    assert ask(anna, command, chat=chat, **payload)["may"] == []


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("95.79.1.1", {"country": "Russia", "city": "Nizhniy Novgorod", "credit": "DB-IP"}),
        ("8.8.8.8", {"country": "United States", "city": None, "credit": "DB-IP"}),
        ("10.0.0.7", None),
    ],
)
def test_an_open_chat_tells_where_its_visitor_is(
    ask: Ask, company: Company, address: str, place: dict[str, Any] | None
) -> None:
    chat = company.chat(company.visitor(address))
    answer = ask(company.administrator, "open", chat=chat.public_id)
    assert answer["visitor"]["place"] == place


def test_an_operator_who_is_not_there_is_no_missing_chat(ask: Ask, company: Company) -> None:
    answer = ask(company.administrator, "set_status", operator=999_999, status="offline")
    assert (answer["error"], answer["message"]) == ("not_found", "There is no such operator.")
