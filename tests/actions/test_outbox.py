"""The outbox: written with its cause, leased by one, tried with growing pauses, never lost."""

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from actions import leases, outbox
from actions.events import OutboxFilled
from models import OutboxItem, OutboxKind, db
from models.database import unit_of_work, writing
from models.outbox import OUTDATED, OutboxState
from models.queries.outbox import outbox_numbers
from policy.retry import PAUSES
from tests.actions.conftest import Counting, Heard
from tests.support.clock import SteppingClock

pytestmark = pytest.mark.usefixtures("storage")


def put(session: Session, clock: SteppingClock, key: str = "one", **payload: Any) -> int:
    with unit_of_work(session) as unit:
        item = outbox.put(
            unit,
            OutboxKind.LETTER,
            key,
            clock(),
            recipient="anna@example.com",
            subject="Hello",
            payload={"text": "Hello", "html": "<p>Hello</p>", **payload},
        )
    return item.id


def lease(session: Session, now: datetime, most: int = 10) -> list[outbox.Leased]:
    with unit_of_work(session) as unit:
        return outbox.lease_due(unit, now, most)


def stored(session: Session, item_id: int) -> OutboxItem:
    session.rollback()
    return session.get_one(OutboxItem, item_id, populate_existing=True)


def test_what_is_written_leaves_with_its_cause_or_not_at_all(
    session: Session, clock: SteppingClock, heard: Heard
) -> None:
    with writing(session) as unit:
        outbox.put(unit, OutboxKind.LETTER, "one", clock(), recipient="a@b", subject="", payload={})
        unit.rollback()
    assert lease(session, clock()) == [] and heard.of(OutboxFilled) == []
    put(session, clock)
    assert len(lease(session, clock())) == 1 and heard.of(OutboxFilled) == [OutboxFilled()]


def test_one_cause_leaves_once(session: Session, clock: SteppingClock) -> None:
    assert put(session, clock) == put(session, clock)
    assert len(lease(session, clock())) == 1


def test_the_oldest_are_taken_first_and_not_more_than_asked_for(
    session: Session, clock: SteppingClock
) -> None:
    first = put(session, clock, "first")
    clock.forward(seconds=1)
    second, _third = put(session, clock, "second"), put(session, clock, "third")
    assert [leased.id for leased in lease(session, clock(), 2)] == [first, second]


def test_what_one_has_taken_no_other_takes_until_the_lease_ends(
    session: Session, clock: SteppingClock
) -> None:
    put(session, clock)
    (taken,) = lease(session, clock())
    assert not outbox.has_due(session, clock()) and lease(session, clock()) == []
    clock.time += leases.LEASE
    assert outbox.has_due(session, clock())
    (again,) = lease(session, clock())
    assert (again.id, again.dedupe_key, again.attempts) == (taken.id, taken.dedupe_key, 2)


def test_many_processes_take_each_item_once(storage: Flask, session: Session, clock: SteppingClock) -> None:
    wanted = {put(session, clock, str(number)) for number in range(40)}
    start, taken = threading.Barrier(4), list[int]()

    def work() -> None:
        with storage.app_context():
            start.wait()
            while leased := lease(db.session(), clock(), 3):
                taken.extend(one.id for one in leased)
            db.session.remove()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # Who finds everything locked ends early; nothing is taken twice, and nothing stays behind.
    taken.extend(one.id for one in lease(session, clock(), 40))
    assert sorted(taken) == sorted(wanted)


def test_pauses_grow_and_in_the_end_nobody_tries_any_more(session: Session, clock: SteppingClock) -> None:
    item_id = put(session, clock)
    for pause in PAUSES:
        (leased,) = lease(session, clock())
        with unit_of_work(session) as unit:
            outbox.mark_failed(unit, leased, "451 later", clock())
        assert stored(session, item_id).next_at == clock() + pause
        clock.time += pause - timedelta(seconds=1)
        assert lease(session, clock()) == []
        clock.forward(seconds=1)
    (leased,) = lease(session, clock())
    with unit_of_work(session) as unit:
        outbox.mark_failed(unit, leased, "451 never", clock())
    item = stored(session, item_id)
    assert (item.dead_at, item.last_error, item.attempts) == (clock(), "451 never", len(PAUSES) + 1)
    clock.forward(days=10)
    assert lease(session, clock()) == []


def test_what_is_sent_is_done_and_keeps_no_secret(session: Session, clock: SteppingClock) -> None:
    open_id, secret_id = put(session, clock, "open"), put(session, clock, "secret", is_secret=True)
    for leased in lease(session, clock()):
        with unit_of_work(session) as unit:
            outbox.mark_sent(unit, leased, clock())
    clock.forward(days=1)
    assert lease(session, clock()) == []
    assert stored(session, open_id).payload["text"] == "Hello"
    assert stored(session, secret_id).payload == {"is_secret": True}


def test_a_secret_that_never_left_is_forgotten_too(session: Session, clock: SteppingClock) -> None:
    item_id = put(session, clock, is_secret=True)
    (leased,) = lease(session, clock())
    with unit_of_work(session) as unit:
        outbox.mark_failed(unit, leased, "550 no", clock(), is_final=True)
    item = stored(session, item_id)
    assert item.dead_at == clock() and item.payload == {"is_secret": True}


def test_who_comes_late_does_not_undo_what_another_has_done(session: Session, clock: SteppingClock) -> None:
    item_id = put(session, clock)
    (slow,) = lease(session, clock())
    clock.time += leases.LEASE
    (quick,) = lease(session, clock())
    with unit_of_work(session) as unit:
        outbox.mark_failed(unit, slow, "timed out", clock())
    assert stored(session, item_id).last_error == ""
    with unit_of_work(session) as unit:
        outbox.mark_sent(unit, quick, clock())
        outbox.mark_failed(unit, slow, "timed out", clock())
    item = stored(session, item_id)
    assert item.sent_at == clock() and item.last_error == ""


def test_what_is_done_with_is_forgotten_after_a_month(session: Session, clock: SteppingClock) -> None:
    sent_id = put(session, clock, "sent")
    (leased,) = lease(session, clock())
    with unit_of_work(session) as unit:
        outbox.mark_sent(unit, leased, clock())
    waiting_id = put(session, clock, "waiting")
    clock.time += outbox.KEPT + timedelta(seconds=1)
    with unit_of_work(session) as unit:
        outbox.forget_old(unit, clock())
    assert session.scalars(select(OutboxItem.id)).all() == [waiting_id] != [sent_id]


def test_looking_for_work_costs_one_statement_and_writes_nothing(
    session: Session, clock: SteppingClock, counted: Counting
) -> None:
    session.rollback()
    with counted() as statements:
        assert not outbox.has_due(session, clock())
    assert len(statements) == 1 and statements[0].startswith("SELECT")


class TestUseless:
    def put(self, session: Session, clock: SteppingClock, hours: int) -> int:
        with unit_of_work(session) as unit:
            item = outbox.put(
                unit,
                OutboxKind.LETTER,
                f"letter-{hours}",
                clock(),
                recipient="anna@example.com",
                subject="A link",
                payload={"text": "the link", "html": "the link", "is_secret": True},
                useful_until=clock() + timedelta(hours=hours),
            )
        return item.id

    def test_what_comes_too_late_does_not_leave(self, session: Session, clock: SteppingClock) -> None:
        short, long = self.put(session, clock, 1), self.put(session, clock, 72)
        clock.forward(minutes=59, seconds=59)
        assert outbox.has_due(session, clock())
        clock.forward(seconds=1)
        assert [leased.id for leased in lease(session, clock())] == [long]
        with unit_of_work(session):
            outbox.give_up_outdated(session, clock())
        item = stored(session, short)
        assert (item.state, item.last_error, item.payload) == (
            OutboxState.FAILED,
            OUTDATED,
            {"is_secret": True},
        )
        assert stored(session, long).dead_at is None

    def test_it_is_no_failure_of_the_mail_server(self, session: Session, clock: SteppingClock) -> None:
        self.put(session, clock, 1)
        clock.forward(hours=2)
        with unit_of_work(session):
            outbox.give_up_outdated(session, clock())
        numbers = outbox_numbers(session)
        assert (numbers.waiting, numbers.failed, numbers.last_error) == (0, 0, "")

    def test_what_was_withdrawn_does_not_leave(self, session: Session, clock: SteppingClock) -> None:
        withdrawn, kept = self.put(session, clock, 1), self.put(session, clock, 2)
        with unit_of_work(session):
            outbox.withdraw(session, ["letter-1", "unknown"], clock())
        assert [leased.id for leased in lease(session, clock())] == [kept]
        assert "text" not in stored(session, withdrawn).payload

    def test_what_has_left_stays_as_it_is(self, session: Session, clock: SteppingClock) -> None:
        sent = self.put(session, clock, 1)
        (leased,) = lease(session, clock())
        with unit_of_work(session):
            outbox.mark_sent(session, leased, clock())
        clock.forward(hours=2)
        with unit_of_work(session):
            outbox.withdraw(session, ["letter-1"], clock())
            outbox.give_up_outdated(session, clock())
        assert stored(session, sent).state is OutboxState.SENT
