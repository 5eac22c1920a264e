"""A chat begins: once, in its department and language, with what was asked."""

import uuid
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from actions import chats
from actions.errors import Conflict, Invalid, NotFound
from actions.events import ChatChanged
from models import Chat
from policy.languages import Language
from policy.transitions import ChatState, Step
from tests.actions.conftest import Do, Heard, bodies_in, steps_of
from tests.support.clock import SteppingClock
from tests.support.company import Company


def start(**fields: Any) -> chats.Start:
    return chats.Start(**{"client_id": str(uuid.uuid4()), "placement": "default", **fields})


def test_a_new_chat_waits_in_the_queue_with_its_question(
    company: Company, do: Do, session: Session, clock: SteppingClock, heard: Heard
) -> None:
    visitor = company.visitor()
    heard.forget()
    chat = do("start", visitor, start(first_question="Is it open?", name="Ann", email="ann@example.com"))
    assert (chat.state, chat.operator_id, chat.last_seq, chat.unread) == (ChatState.QUEUE, None, 1, 1)
    assert chat.queued_at == chat.started_at == chat.waiting_since == clock()
    assert bodies_in(session, chat) == ["Is it open?"]
    assert (chat.visitor.name, chat.visitor.email) == ("Ann", "ann@example.com")
    assert steps_of(session, chat) == [Step.START]
    (change,) = heard.of(ChatChanged)
    assert (change.previous, change.revision, change.view.revision) == (0, 1, 1)
    assert [(message.seq, message.revision) for message in change.messages] == [(1, 1)]


def test_without_a_question_there_is_no_message(company: Company, do: Do, session: Session) -> None:
    chat = do("start", company.visitor(), start())
    assert (chat.last_seq, chat.unread, bodies_in(session, chat)) == (0, 0, [])


def test_sent_twice_it_is_one_chat(company: Company, do: Do, session: Session, heard: Heard) -> None:
    visitor, command = company.visitor(), start(first_question="Hello?")
    first = do("start", visitor, command)
    heard.forget()
    again = do("start", visitor, command)
    assert again.public_id == first.public_id
    assert bodies_in(session, again) == ["Hello?"]
    assert heard.all == []


@pytest.mark.parametrize(("first", "again"), [("One", "Two"), ("One", ""), ("", "Two")])
def test_the_same_client_id_with_another_question_is_a_conflict(
    company: Company, do: Do, session: Session, heard: Heard, first: str, again: str
) -> None:
    visitor, command = company.visitor(), start(first_question=first)
    chat = do("start", visitor, command)
    heard.forget()
    with pytest.raises(Conflict):
        do("start", visitor, replace(command, first_question=again))
    assert (bodies_in(session, chat), heard.all) == ([first] if first else [], [])


def test_sent_again_after_the_chat_ended_it_is_still_that_chat(company: Company, do: Do) -> None:
    visitor, command = company.visitor(), start(first_question="Hello?")
    first = do("start", visitor, command)
    do("close_by_visitor", visitor, first.public_id)
    assert do("start", visitor, command).public_id == first.public_id


def test_while_a_chat_is_open_what_is_asked_is_kept_in_it_once(
    company: Company, do: Do, session: Session
) -> None:
    visitor = company.visitor()
    first = do("start", visitor, start(first_question="One"))
    second = start(first_question="Two")
    for _ in range(2):
        assert do("start", visitor, second).public_id == first.public_id
    assert bodies_in(session, first) == ["One", "Two"]
    do("close_by_visitor", visitor, first.public_id)
    # Its answer was lost and it comes again: the question has its place already.
    assert do("start", visitor, second).public_id == first.public_id
    assert bodies_in(session, first) == ["One", "Two"]


def test_after_the_end_a_new_question_is_a_new_chat(company: Company, do: Do) -> None:
    visitor = company.visitor()
    first = do("start", visitor, start())
    do("close_by_visitor", visitor, first.public_id)
    assert do("start", visitor, start()).public_id != first.public_id


def test_two_visitors_may_use_the_same_client_id(company: Company, do: Do) -> None:
    command = start()
    chats_begun = {do("start", company.visitor(), command).public_id for _ in range(2)}
    assert len(chats_begun) == 2


def test_what_a_visitor_does_not_tell_is_not_forgotten(company: Company, do: Do) -> None:
    visitor = company.visitor()
    first = do("start", visitor, start(name="Ann", phone="12345"))
    do("close_by_visitor", visitor, first.public_id)
    second = do("start", visitor, start(name="Anna"))
    assert (second.visitor.name, second.visitor.phone) == ("Anna", "12345")


def test_an_unknown_placement_is_not_found(company: Company, do: Do) -> None:
    with pytest.raises(NotFound):
        do("start", company.visitor(), start(placement="nowhere"))


@pytest.mark.parametrize(
    ("placement", "snippet", "choice", "chosen"),
    [
        ("one", "two", "three", "one"),
        (None, "two", "three", "two"),
        (None, None, "three", "three"),
        (None, None, None, None),
    ],
)
def test_the_department_comes_from_placement_then_snippet_then_choice(
    company: Company,
    do: Do,
    placement: str | None,
    snippet: str | None,
    choice: str | None,
    chosen: str | None,
) -> None:
    made = {key: company.department(key) for key in ("one", "two", "three")}
    company.placement("site", department_id=made[placement].id if placement else None)
    chat = do(
        "start",
        company.visitor(),
        start(placement="site", snippet_department=snippet, department=choice),
    )
    assert (chat.department and chat.department.key) == chosen


def test_old_code_with_a_department_that_is_gone_costs_nobody_the_chat(company: Company, do: Do) -> None:
    company.department("sales")
    assert do("start", company.visitor(), start(snippet_department="gone")).department is None
    chosen = do("start", company.visitor(), start(snippet_department="gone", department="sales"))
    assert chosen.department.key == "sales"
    with pytest.raises(Invalid):
        do("start", company.visitor(), start(department="gone"))


def test_a_hidden_department_is_for_snippets_only(company: Company, do: Do) -> None:
    company.department("vip", is_hidden=True)
    with pytest.raises(Invalid) as refused:
        do("start", company.visitor(), start(department="vip"))
    assert refused.value.fields == {"department": "not_found"}
    chat = do("start", company.visitor(), start(snippet_department="vip"))
    assert chat.department.key == "vip"


@pytest.mark.parametrize(
    ("placement", "choice", "expected"),
    [
        (Language.HE, Language.EN, Language.HE),
        (None, Language.EN, Language.EN),
        (None, None, Language.RU),
    ],
)
def test_the_language_comes_from_placement_then_choice_then_company(
    company: Company, do: Do, placement: Language, choice: Language, expected: Language
) -> None:
    company.placement("site", language=placement)
    chat = do("start", company.visitor(), start(placement="site", language=choice))
    assert chat.language is expected


def test_an_operator_can_be_asked_for_while_they_work_here(company: Company, do: Do) -> None:
    anna = company.operator("Anna")
    chat = do("start", company.visitor(), start(operator=anna.public_id))
    assert chat.requested_operator_id == anna.id
    with pytest.raises(Invalid):
        do("start", company.visitor(), start(operator="x" * 22))


def test_a_refused_start_leaves_nothing(company: Company, do: Do, session: Session) -> None:
    visitor = company.visitor()
    with pytest.raises(Invalid):
        do("start", visitor, start(department="nowhere", name="Ann"))
    session.expire_all()
    assert session.scalar(select(func.count()).select_from(Chat)) == 0
    assert (visitor.name, visitor.revision) == ("", 0)
