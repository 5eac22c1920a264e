"""Reading chats: catching up by revision, going back page by page, and no query per row."""

import uuid

import pytest
from sqlalchemy.orm import Session

from actions.messages import Author, Post, post_messages
from models import Chat, Visitor
from models.database import unit_of_work
from models.queries import chats
from policy.statuses import OperatorStatus
from policy.transitions import ChatState
from tests.actions.conftest import Counting, Do
from tests.support.clock import SteppingClock
from tests.support.company import Company


@pytest.fixture
def talk(company: Company, session: Session, clock: SteppingClock) -> tuple[Visitor, Chat]:
    """A chat of 120 messages."""
    visitor = company.visitor()
    chat = company.chat(visitor, first_question="1")
    author = Author(visitor_id=visitor.id)
    with unit_of_work(session):
        posts = [Post(author, chat.public_id, str(uuid.uuid4()), str(number)) for number in range(2, 121)]
        post_messages(session, posts, clock())
    session.expire_all()
    return visitor, chat


def test_pages_go_back_without_gap_or_overlap(session: Session, talk: tuple[Visitor, Chat]) -> None:
    _, chat = talk
    pages, before = [], None
    while page := chats.messages_before(session, chat, before):
        pages.append([message.seq for message in page])
        before = page[0].seq
    assert [len(page) for page in pages] == [50, 50, 20]
    assert [seq for page in reversed(pages) for seq in page] == list(range(1, 121))


def test_catching_up_gives_what_is_newer_in_order_and_at_most_so_many(
    session: Session, talk: tuple[Visitor, Chat], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, chat = talk
    monkeypatch.setattr(chats, "SYNC_LIMIT", 50)
    key = [(chat.id, chat.public_id)]
    found, after = [], 0
    while page := chats.changed_messages(session, key, after):
        assert len(page) <= 50
        found += [message.seq for message in page]
        after = chats.last_revision(page)
    assert found == list(range(1, 121))
    assert chats.changed_messages(session, [], 0) == []


def test_only_chats_that_changed_are_caught_up(company: Company, session: Session, do: Do) -> None:
    visitor = company.visitor()
    first = company.chat(visitor)
    do("close_by_visitor", visitor, first.public_id)
    session.refresh(visitor)
    mark = visitor.revision
    second = company.chat(visitor)
    other = company.chat()
    assert [chat.id for chat in chats.changed_chats(session, visitor.id, mark)] == [second.id]
    assert {chat.id for chat in chats.changed_chats(session, visitor.id, 0)} == {first.id, second.id}
    assert chats.changed_chats(session, visitor.id, mark + 1) == []
    assert other.visitor_id != visitor.id


def test_the_open_chat_comes_before_the_one_that_ended_last(
    company: Company, session: Session, do: Do
) -> None:
    visitor = company.visitor()
    assert chats.newest_chat(session, visitor.id) is None
    ended = [company.chat(visitor)]
    do("close_by_visitor", visitor, ended[0].public_id)
    ended.append(company.chat(visitor))
    do("close_by_visitor", visitor, ended[1].public_id)
    assert newest(session, visitor) == ended[1].id
    opened = company.chat(visitor)
    assert newest(session, visitor) == opened.id


def newest(session: Session, visitor: Visitor) -> int:
    chat = chats.newest_chat(session, visitor.id)
    assert chat is not None
    return chat.id


def test_open_chats_stand_in_the_order_of_the_queue(
    company: Company, session: Session, clock: SteppingClock, do: Do
) -> None:
    visitors = [company.visitor() for _ in range(3)]
    begun = []
    for visitor in visitors:
        clock.forward(seconds=1)
        begun.append(company.chat(visitor))
    do("close_by_visitor", visitors[1], begun[1].public_id)
    assert [chat.id for chat in chats.open_chats(session)] == [begun[0].id, begun[2].id]


@pytest.mark.parametrize("count", [2, 12])
def test_a_list_of_chats_is_one_query_however_long(
    company: Company, session: Session, do: Do, counted: Counting, count: int
) -> None:
    sales = company.department("sales")
    anna = company.operator("Anna", status=OperatorStatus.ONLINE, departments=[sales])
    for number in range(count):
        chat = company.chat(department="sales" if number % 2 else None)
        if number % 3:
            do("take", anna, chat.public_id)
    session.rollback()
    session.expunge_all()
    with counted() as statements:
        views = [chats.view_of(chat) for chat in chats.open_chats(session)]
    assert (len(views), len(statements)) == (count, 1)


def test_the_log_tells_each_step_with_its_author(
    company: Company, session: Session, do: Do, clock: SteppingClock
) -> None:
    anna = company.operator("Anna", status=OperatorStatus.ONLINE)
    chat = company.chat()
    do("take", anna, chat.public_id)
    do("close_by_operator", anna, chat.public_id)
    log = chats.steps(session, chat)
    assert [(row.step.value, row.by.value, row.by_operator_id) for row in log] == [
        ("start", "visitor", None),
        ("take", "operator", anna.id),
        ("close_by_operator", "operator", anna.id),
    ]


def test_a_visitors_chats_are_counted(company: Company, session: Session, do: Do) -> None:
    visitor = company.visitor()
    chat = company.chat(visitor)
    do("close_by_visitor", visitor, chat.public_id)
    company.chat(visitor)
    company.chat()
    assert chats.chats_of_visitor(session, visitor.id) == 2


def test_history_keeps_the_name_of_who_left(
    company: Company, session: Session, do: Do, clock: SteppingClock
) -> None:
    from actions.operators import delete_operator
    from tests.actions.conftest import signed_in

    anna = company.operator("Anna", status=OperatorStatus.ONLINE)
    chat = company.chat()
    do("take", anna, chat.public_id)
    author = Author(session_id=signed_in(session, anna, clock))
    with unit_of_work(session):
        post_messages(session, [Post(author, chat.public_id, str(uuid.uuid4()), "Hello")], clock())
    with unit_of_work(session):
        delete_operator(session, anna, clock(), by_operator_id=company.administrator.id)
    (hers,) = [message for message in chats.messages_before(session, chat, None) if message.operator]
    assert hers.operator is not None and hers.operator.internal_name == "Anna"
    session.refresh(chat)
    assert (chat.state, chat.operator_id) == (ChatState.QUEUE, None)
