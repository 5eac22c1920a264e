"""Events are told once, after the commit that made them true, and never when there was none."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.events import Event, SettingsChanged, publisher, record
from models import Department, db
from models.database import unit_of_work
from tests.actions.conftest import Heard


def test_a_commit_publishes_what_was_recorded_once_and_in_order(heard: Heard, session: Session) -> None:
    events = [SettingsChanged(), SettingsChanged()]
    with unit_of_work(session):
        for event in events:
            record(session, event)
        assert heard.all == []
    assert heard.all == events
    session.commit()
    assert heard.all == events


def test_what_is_published_is_true_for_everybody_already(storage: Flask, session: Session) -> None:
    """Whoever hears of a change and looks sees it, over a connection of their own."""
    seen: list[str] = []

    def look(_event: Event) -> None:
        with db.engine.connect() as connection:
            seen.extend(connection.scalars(select(Department.key)))

    publisher(storage).subscribe(look)
    with unit_of_work(session):
        session.add(Department(name="Sales", key="sales"))
        record(session, SettingsChanged())
    assert seen == ["sales"]


def test_a_rollback_forgets(heard: Heard, session: Session) -> None:
    def fail() -> None:
        with unit_of_work(session):
            record(session, SettingsChanged())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with unit_of_work(session):
        session.add(Department(name="Sales", key="sales"))
    assert heard.all == []


def test_nothing_is_told_before_the_outer_transaction_ends(heard: Heard, session: Session) -> None:
    with unit_of_work(session):
        with session.begin_nested():
            session.add(Department(name="Sales", key="sales"))
            record(session, SettingsChanged())
        assert heard.all == []
    assert len(heard.all) == 1


def test_any_commit_of_the_session_publishes(heard: Heard, session: Session) -> None:
    """The generated screens commit by themselves."""
    record(session, SettingsChanged())
    session.add(Department(name="Sales", key="sales"))
    session.commit()
    assert len(heard.all) == 1


def test_a_subscriber_that_fails_harms_nobody(storage: Flask, session: Session) -> None:
    def fail(_event: Event) -> None:
        raise RuntimeError("not today")

    publisher(storage).subscribe(fail)
    later = Heard()
    publisher(storage).subscribe(later)
    with unit_of_work(session):
        session.add(Department(name="Sales", key="sales"))
        record(session, SettingsChanged())
    assert len(later.all) == 1
    assert session.scalar(select(Department.key)) == "sales"
