"""Letters about chats that ended: missed ones once, answered ones as they were said, to whom the settings name."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.messages import Author, Post, post_messages
from actions.reopening import write_again
from models import Chat, Operator, OutboxItem
from models.database import unit_of_work
from models.settings import load_settings
from policy.languages import Language
from policy.statuses import OperatorStatus
from tests.actions.conftest import Do, signed_in
from tests.support.clock import SteppingClock
from tests.support.company import Company


@pytest.fixture
def anna(company: Company) -> Operator:
    return company.operator("Anna", status=OperatorStatus.ONLINE)


def set_addresses(session: Session, **settings: Any) -> None:
    with unit_of_work(session):
        for name, value in {"language": Language.RU, "company_name": "Сила", **settings}.items():
            setattr(load_settings(session), name, value)


def letters(session: Session) -> list[OutboxItem]:
    session.rollback()
    return list(session.scalars(select(OutboxItem).order_by(OutboxItem.id)))


def answer(session: Session, anna: Operator, chat: Chat, body: str, clock: SteppingClock) -> None:
    author = Author(session_id=signed_in(session, anna, clock))
    with unit_of_work(session):
        (posted,) = post_messages(session, [Post(author, chat.public_id, body, body)], clock())
    assert not isinstance(posted, Exception)


def test_a_missed_chat_is_written_of_once_to_everybody_named(
    session: Session, company: Company, do: Do, anna: Operator
) -> None:
    set_addresses(
        session, missed_emails="ivan@sila.example, irina@sila.example", transcript_emails="x@sila.example"
    )
    sales = company.department("sales", name="Тренажёры")
    chat = company.chat(
        department="sales", name="Пётр <b>", email="petr@example.com", first_question="Есть\nкто?"
    )
    assert sales.id == chat.department_id
    do("close_by_visitor", chat.visitor, chat.public_id)
    first, second = letters(session)
    assert (first.recipient, second.recipient) == ("ivan@sila.example", "irina@sila.example")
    assert first.subject == second.subject == "Пропущенный чат: Пётр <b>"
    text = first.payload["text"]
    assert "Посетитель: Пётр <b>, petr@example.com" in text
    assert "Отдел: Тренажёры" in text
    assert "12:00 Пётр <b>: Есть\nкто?" in text  # in the company's time zone
    assert "Пётр &lt;b&gt;: Есть\nкто?" in first.payload["html"]
    assert (first.payload["sender"], first.payload["language"]) == ("Сила", "ru")


def test_an_answered_chat_goes_out_as_it_was_said(
    session: Session, company: Company, do: Do, anna: Operator, clock: SteppingClock
) -> None:
    set_addresses(
        session,
        language=Language.EN,
        time_zone="Asia/Novosibirsk",
        transcript_emails="archive@sila.example",
        missed_emails="x@sila.example",
    )
    chat = company.chat()
    do("take", anna, chat.public_id)
    clock.forward(minutes=5)
    answer(session, anna, chat, "Yes!", clock)
    do("close_by_operator", anna, chat.public_id)
    (letter,) = letters(session)
    assert (letter.recipient, letter.subject) == ("archive@sila.example", "Chat with a visitor")
    said = [" ".join(line.split()) for line in letter.payload["text"].split("\n\n")[1:-1]]
    assert said == [
        "4:00 PM Visitor: Hello?",
        "4:05 PM Anna: Yes!",
        "4:05 PM The system: Thank you for writing to us! If anything is left open, just write again.",
    ]
    assert "Operator: Anna" in letter.payload["text"]


def test_nothing_is_written_where_the_field_is_empty(
    session: Session, company: Company, do: Do, anna: Operator, clock: SteppingClock
) -> None:
    set_addresses(session)
    missed, answered = company.chat(), company.chat()
    do("close_by_visitor", missed.visitor, missed.public_id)
    do("take", anna, answered.public_id)
    answer(session, anna, answered, "Yes!", clock)
    do("close_by_operator", anna, answered.public_id)
    assert letters(session) == []


def test_a_long_chat_sends_its_end(
    session: Session, company: Company, do: Do, anna: Operator, clock: SteppingClock
) -> None:
    set_addresses(session, language=Language.EN, transcript_emails="archive@sila.example")
    chat = company.chat()
    do("take", anna, chat.public_id)
    author = Author(visitor_id=chat.visitor_id)
    with unit_of_work(session):
        post_messages(
            session, [Post(author, chat.public_id, f"n{n}", f"line {n}") for n in range(500)], clock()
        )
    answer(session, anna, chat, "Enough!", clock)
    do("close_by_operator", anna, chat.public_id)
    (letter,) = letters(session)
    text = letter.payload["text"]
    assert "Only the last 500 messages stand here." in text
    assert "Hello?" not in text and "line 499" in text and "Enough!" in text


def test_who_writes_and_closes_again_and_again_fills_nobodys_box(
    company: Company, session: Session, anna: Operator, do: Do, clock: SteppingClock
) -> None:
    """A transcript goes out again only with new words of an operator."""
    set_addresses(session, transcript_emails="archive@sila.example")
    chat = company.chat()
    do("take", anna, chat.public_id)
    answer(session, anna, chat, "Yes!", clock)
    do("close_by_visitor", chat.visitor, chat.public_id)
    author = Author(visitor_id=chat.visitor_id)
    for number in range(3):
        with unit_of_work(session):
            write_again(session, Post(author, chat.public_id, f"again{number}", "Again!"), clock())
        do("close_by_visitor", chat.visitor, chat.public_id)
    assert len(letters(session)) == 1
