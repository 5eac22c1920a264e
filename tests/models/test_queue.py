"""Everybody's place in the queue by one question, and what recent waiting was like."""

from datetime import timedelta

from sqlalchemy.orm import Session

from models import Chat
from models.database import unit_of_work
from models.queries.queue import everybodys_places, recent_waits
from policy.transitions import ChatState
from realtime.places import Places
from tests.support.clock import SteppingClock
from tests.support.company import Company


def answered(session: Session, chat: Chat, seconds: float) -> None:
    with unit_of_work(session):
        chat.first_reply_at = chat.queued_at + timedelta(seconds=seconds)
        chat.state = ChatState.CHATTING


def test_places_are_counted_among_those_who_wait_for_the_same_department(
    company: Company, session: Session, clock: SteppingClock
) -> None:
    company.department("sales")
    anna = company.operator("Anna")
    chats = []
    for department in (None, "sales", None, "sales", None):
        clock.forward(seconds=1)
        chats.append(company.chat(department=department))
    with unit_of_work(session):
        chats[0].operator_id = anna.id
    session.expire_all()
    found = {one.chat: one.position for one in everybodys_places(session)}
    assert found == {chat.public_id: place for chat, place in zip(chats[1:], (1, 1, 2, 2), strict=True)}


def test_recent_waits_are_those_of_the_last_hour_latest_first(
    company: Company, session: Session, clock: SteppingClock
) -> None:
    old, first, second, begun_anew = (company.chat() for _ in range(4))
    answered(session, old, 10)
    for chat, seconds in ((first, 3700), (second, 3900), (begun_anew, 3800)):
        answered(session, chat, seconds)
    with unit_of_work(session):
        begun_anew.queued_at += timedelta(hours=2)
    (waits,) = recent_waits(session, clock.forward(seconds=4000)).values()
    assert [round(seconds) for seconds in waits] == [3900, 3700]


def test_only_places_that_moved_are_told(company: Company, session: Session, clock: SteppingClock) -> None:
    places = Places()
    for _ in range(5):
        answered(session, company.chat(), 150)
    clock.forward(seconds=160)
    first, second = company.chat(), company.chat()
    told = places.look(session, clock())
    assert {key: (place.position, place.minutes) for key, place in told.items()} == {
        first.visitor_id: (1, 3),
        second.visitor_id: (2, 3),
    }
    assert places.look(session, clock.forward(seconds=10)) == {}
    assert [place.minutes for place in places.look(session, clock.forward(seconds=30)).values()] == [2, 2]
    answered(session, first, 10)
    (moved,) = places.look(session, clock()).values()
    assert (moved.chat, moved.position) == (second.public_id, 1)
    assert places.of(first.visitor_id) is None
