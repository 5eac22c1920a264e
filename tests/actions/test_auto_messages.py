"""Who waits for too long is told so: once for each wait, in the chat's language, by one process only."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.auto_messages import due, shortest_wait, tell_busy
from actions.events import ChatChanged
from actions.messages import Author, Post, post_messages
from models import AuthorKind, Chat, Message, Operator
from models.database import unit_of_work
from models.settings import load_settings
from policy.languages import Language
from policy.statuses import OperatorStatus
from tests.actions.conftest import Do, Heard, bodies_in, signed_in
from tests.actions.crowd import Crowd
from tests.support.clock import SteppingClock
from tests.support.company import Company

FIRST = "All operators are busy just now. Please stay here: you will be answered soon."
LATER = "The operator is busy and will answer as soon as possible. Thank you for waiting!"


@pytest.fixture
def set_times(session: Session) -> Callable[..., None]:
    def change(**settings: object) -> None:
        with unit_of_work(session):
            for name, value in {"language": Language.EN, **settings}.items():
                setattr(load_settings(session), name, value)

    change()
    return change


@pytest.fixture
def tell(session: Session, clock: SteppingClock) -> Callable[[], int]:
    """One round of the loop; how many were told."""

    def go() -> int:
        session.rollback()
        told = 0
        for chat in due(session, clock()).chats:
            with unit_of_work(session):
                told += tell_busy(session, chat, clock())
        return told

    return go


def ask(session: Session, chat: Chat, body: str, clock: SteppingClock) -> None:
    say(session, Author(visitor_id=chat.visitor_id), chat, body, clock)


def say(session: Session, author: Author, chat: Chat, body: str, clock: SteppingClock) -> None:
    with unit_of_work(session):
        (answer,) = post_messages(session, [Post(author, chat.public_id, body, body)], clock())
    assert not isinstance(answer, Exception)


@pytest.mark.usefixtures("set_times")
def test_a_visitor_who_waits_for_the_first_reply_is_told_once(
    session: Session, company: Company, clock: SteppingClock, tell: Callable[[], int], heard: Heard
) -> None:
    chat = company.chat()
    heard.forget()
    clock.forward(seconds=59)
    assert tell() == 0
    assert due(session, clock()).next_at == clock() + timedelta(seconds=1)
    clock.forward(seconds=1)
    assert (tell(), tell()) == (1, 0)
    clock.forward(hours=1)
    assert tell() == 0
    assert bodies_in(session, chat) == ["Hello?", FIRST]
    (told,) = heard.of(ChatChanged)
    assert (told.previous + 1, told.view) == (told.revision, None)
    assert [(line.author, line.seq, line.operator) for line in told.messages] == [
        (AuthorKind.SYSTEM, 2, None)
    ]


@pytest.mark.usefixtures("set_times")
def test_it_answers_nobody_and_is_nobodys_news(
    session: Session, company: Company, clock: SteppingClock, tell: Callable[[], int]
) -> None:
    chat = company.chat()
    since = clock()
    clock.forward(seconds=60)
    assert tell() == 1
    session.rollback()
    kept = session.get_one(Chat, chat.id, populate_existing=True)
    assert (kept.waiting_since, kept.unread, kept.last_body, kept.last_author) == (
        since,
        1,
        "Hello?",
        AuthorKind.VISITOR,
    )
    assert (kept.last_seq, kept.revision, kept.visitor.revision) == (2, 2, 2)
    # The next words find their place behind it.
    ask(session, chat, "Anybody?", clock)
    assert bodies_in(session, chat) == ["Hello?", FIRST, "Anybody?"]


@pytest.mark.usefixtures("set_times")
def test_each_wait_for_an_answer_is_told_of_once(
    session: Session, company: Company, clock: SteppingClock, tell: Callable[[], int], do: Do
) -> None:
    anna = company.operator("Anna", status=OperatorStatus.ONLINE)
    author = Author(session_id=signed_in(session, anna, clock))
    chat = company.chat()
    do("take", anna, chat.public_id)
    say(session, author, chat, "Yes?", clock)
    clock.forward(hours=1)
    assert tell() == 0
    for question in ("One", "Two"):
        ask(session, chat, question, clock)
        clock.forward(seconds=100)
        ask(session, chat, f"{question}!", clock)
        clock.forward(seconds=20)  # since the first of them
        assert (tell(), tell()) == (1, 0)
        say(session, author, chat, f"{question}.", clock)
    assert bodies_in(session, chat) == [
        *("Hello?", "Yes?"),
        *("One", "One!", LATER, "One."),
        *("Two", "Two!", LATER, "Two."),
    ]


def test_nobody_is_told_while_it_is_switched_off(
    session: Session,
    company: Company,
    clock: SteppingClock,
    tell: Callable[[], int],
    set_times: Callable[..., None],
) -> None:
    company.chat()
    clock.forward(hours=2)
    set_times(first_reply_timeout_seconds=0)
    assert tell() == 0
    assert shortest_wait(session) == 120
    set_times(reply_timeout_seconds=0)
    assert (tell(), shortest_wait(session)) == (0, None)
    set_times(first_reply_timeout_seconds=600)
    assert tell() == 1


def test_words_are_the_companys_own_in_the_language_of_the_chat_or_none(
    session: Session,
    company: Company,
    clock: SteppingClock,
    tell: Callable[[], int],
    set_times: Callable[..., None],
) -> None:
    set_times(first_reply_texts={"tr": "Bir dakika!", "en": ""})
    turkish, hebrew, english = (
        company.chat(language=language) for language in (Language.TR, Language.HE, Language.EN)
    )
    clock.forward(seconds=60)
    assert (tell(), tell()) == (3, 0)
    assert bodies_in(session, turkish) == ["Hello?", "Bir dakika!"]
    assert bodies_in(session, hebrew)[1].startswith("כל הנציגים")
    assert bodies_in(session, english) == ["Hello?"]


@pytest.mark.usefixtures("set_times")
def test_who_was_answered_or_has_gone_in_the_meantime_is_not_told(
    session: Session, company: Company, clock: SteppingClock, do: Do
) -> None:
    anna = company.operator("Anna", status=OperatorStatus.ONLINE)
    author = Author(session_id=signed_in(session, anna, clock))
    answered, closed = company.chat(), company.chat()
    clock.forward(seconds=60)
    planned = due(session, clock()).chats
    assert set(planned) == {answered.public_id, closed.public_id}
    do("take", anna, answered.public_id)
    say(session, author, answered, "Yes?", clock)
    with unit_of_work(session):
        session.get_one(Chat, closed.id).waiting_since = None
    for chat in planned:
        with unit_of_work(session):
            assert not tell_busy(session, chat, clock())


def test_several_processes_tell_once(
    session: Session,
    company: Company,
    clock: SteppingClock,
    crowd: Crowd,
    set_times: Callable[..., None],
) -> None:
    chat = company.chat()
    clock.forward(seconds=60)
    at, chat_id = clock(), chat.public_id
    session.rollback()

    def tell_it(own: Session) -> bool:
        with unit_of_work(own):
            return tell_busy(own, chat_id, at)

    told = crowd.together(*[tell_it] * 4)
    assert sorted(told) == [False, False, False, True]
    session.rollback()
    assert len(session.scalars(select(Message).where(Message.chat_id == chat.id)).all()) == 2


def test_the_company_says_goodbye_and_a_visitor_who_ends_the_chat_needs_none(
    session: Session, company: Company, do: Do, set_times: Callable[..., None], heard: Heard
) -> None:
    anna: Operator = company.operator("Anna", status=OperatorStatus.ONLINE)
    by_operator, by_visitor, silent = company.chat(), company.chat(), company.chat()
    do("take", anna, by_operator.public_id)
    heard.forget()
    do("close_by_operator", anna, by_operator.public_id)
    (closed,) = heard.of(ChatChanged)
    assert closed.view and closed.view.last_seq == 2
    assert [line.body for line in closed.messages] == bodies_in(session, by_operator)[1:]
    assert bodies_in(session, by_operator)[1].startswith("Thank you for writing to us!")
    do("close_by_visitor", by_visitor.visitor, by_visitor.public_id)
    assert bodies_in(session, by_visitor) == ["Hello?"]
    set_times(chat_closed_texts={"en": ""})
    do("take", anna, silent.public_id)
    do("close_by_operator", anna, silent.public_id)
    assert bodies_in(session, silent) == ["Hello?"]
