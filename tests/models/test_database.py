"""One transaction per command: durable, all or nothing, one writer at a time on the embedded database."""

import gc
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.exc import TimeoutError as TimedOut
from sqlalchemy.orm import Session

from models import Department, Placement, Settings, database, db
from models.database import engine_options, of_one_moment, unit_of_work, writing
from models.settings import load_settings
from policy.languages import Language
from tests.actions.conftest import Counting
from tests.support.clock import SteppingClock
from tests.support.company import Company


def keys(session: Session) -> list[str]:
    session.rollback()
    return list(session.scalars(select(Department.key).order_by(Department.key)))


def add(session: Session, key: str) -> None:
    session.add(Department(name=key, key=key))
    session.flush()


class TestUnitOfWork:
    def test_all_of_it_is_committed(self, session: Session) -> None:
        with unit_of_work(session):
            add(session, "one")
            add(session, "two")
        with db.engine.connect() as connection:
            assert connection.scalar(select(func.count()).select_from(Department)) == 2

    def test_or_nothing(self, session: Session) -> None:
        def fail() -> None:
            with unit_of_work(session):
                add(session, "one")
                raise RuntimeError

        with pytest.raises(RuntimeError):
            fail()
        assert keys(session) == []

    def test_it_does_not_decide_from_what_was_read_before(self, session: Session, storage: Flask) -> None:
        settings = session.get_one(Settings, 1)
        assert settings.company_name == ""
        with db.engine.begin() as other:
            # A connection that only reads in our eyes; the statement is what counts.
            other.execute(text("UPDATE settings SET company_name = 'Sila'"))
        with unit_of_work(session):
            assert settings.company_name == "Sila"

    def test_after_a_failure_the_next_one_works(self, session: Session) -> None:
        for _ in range(3):
            with pytest.raises(IntegrityError), unit_of_work(session):
                add_twice(session)
        with unit_of_work(session):
            add(session, "one")
        assert keys(session) == ["one"]


def test_what_is_read_as_of_one_moment_does_not_change_meanwhile(session: Session, storage: Flask) -> None:
    with of_one_moment(session):
        assert session.scalar(select(func.count()).select_from(Department)) == 0
        with storage.app_context(), unit_of_work() as another:
            add(another, "new")
        assert session.scalar(select(func.count()).select_from(Department)) == 0
    assert session.scalar(select(func.count()).select_from(Department)) == 1
    # And the next transaction is an ordinary one again.
    with unit_of_work(session):
        add(session, "newer")
    assert keys(session) == ["new", "newer"]


def test_a_transaction_reads_the_settings_once(session: Session, counted: Counting) -> None:
    for _ in range(2):
        with counted() as statements, unit_of_work(session):
            for _ in range(3):
                load_settings(session)
                gc.collect()
        assert len(statements) == 1


def add_twice(session: Session) -> None:
    add(session, "same")
    add(session, "same")


def test_writers_take_turns_and_none_is_lost(session: Session, storage: Flask) -> None:
    """Each reads a number and writes the next one: as if they had come one after another."""
    add(session, "counter")
    session.commit()
    start = threading.Barrier(4)

    def count() -> None:
        with storage.app_context():
            start.wait()
            for _ in range(10):
                with unit_of_work() as own:
                    department = own.scalars(select(Department).with_for_update()).one()
                    department.sort_order += 1

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    session.rollback()
    assert session.scalar(select(Department.sort_order)) == 100 + 40


@pytest.mark.databases("sqlite")
class TestEmbedded:
    def test_commits_are_durable_and_references_hold(self, session: Session) -> None:
        found = {
            name: session.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "foreign_keys")
        }
        assert found == {"journal_mode": "wal", "foreign_keys": 1}
        full = 2
        assert session.execute(text("PRAGMA synchronous")).scalar() == full

    def test_who_reads_does_not_wait_for_who_writes(self, session: Session, storage: Flask) -> None:
        def count() -> int:
            with storage.app_context():
                return db.session().query(Department).count()

        with ThreadPoolExecutor(1) as another, unit_of_work(session):
            add(session, "uncommitted")
            assert another.submit(count).result(10) == 0
        assert keys(session) == ["uncommitted"]

    def test_the_turn_is_given_back_whatever_happens(self, session: Session, storage: Flask) -> None:
        """After a failed commit, a rollback, a closed connection: the next writer gets its turn."""
        for end in ("rollback", "commit", "close"):
            with writing(session):
                add(session, end)
                getattr(session, end)()

        def write() -> None:
            with storage.app_context(), unit_of_work() as own:
                add(own, "other")

        with ThreadPoolExecutor(1) as another:
            another.submit(write).result(10)
        assert keys(session) == ["commit", "other"]

    def test_who_waits_too_long_is_refused_and_not_hung(
        self, session: Session, storage: Flask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(database, "WRITE_TURN_SECONDS", 0.05)

        def write() -> None:
            with storage.app_context(), unit_of_work() as own:
                add(own, "other")

        with ThreadPoolExecutor(1) as another:
            with unit_of_work(session):
                add(session, "slow")
                with pytest.raises(TimedOut):
                    another.submit(write).result(10)
            another.submit(write).result(10)
        assert keys(session) == ["other", "slow"]

    def test_outside_of_a_unit_a_read_takes_no_turn(self, session: Session, storage: Flask) -> None:
        session.scalar(select(func.count()).select_from(Department))
        with storage.app_context(), unit_of_work() as other:
            add(other, "one")
        assert keys(session) == ["one"]


def test_each_database_has_its_options() -> None:
    assert "connect_args" in engine_options("sqlite:///x")
    assert engine_options("postgresql+psycopg://x")["pool_pre_ping"] is True
    first, second = (
        engine_options("sqlite:///x")["connect_args"]["factory"].keywords["turn"] for _ in range(2)
    )
    assert first is not second


class TestColumns:
    def test_a_time_without_a_zone_is_refused(self, session: Session) -> None:
        with pytest.raises(StatementError), unit_of_work(session):
            set_seen(session, datetime(2026, 3, 2, 9, 0))  # noqa: DTZ001  the mistake itself

    def test_a_time_comes_back_in_utc(self, session: Session) -> None:
        tokyo = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=timezone(timedelta(hours=9)))
        with unit_of_work(session):
            set_seen(session, tokyo)
        session.expire_all()
        found = default_placement(session).last_seen_at
        assert found == tokyo
        assert found is not None and found.tzinfo is UTC

    def test_an_enum_is_stored_by_its_name(self, session: Session) -> None:
        with unit_of_work(session):
            default_placement(session).language = Language.UK
        assert session.execute(text("SELECT language FROM placements")).scalar() == "UK"
        assert default_placement(session).language is Language.UK

    def test_there_is_one_row_of_settings(self, session: Session) -> None:
        session.add(Settings(id=2))
        with pytest.raises(IntegrityError):
            session.commit()
        session.rollback()


def default_placement(session: Session) -> Placement:
    return session.scalars(select(Placement).where(Placement.key == "default")).one()


def set_seen(session: Session, at: datetime) -> None:
    default_placement(session).last_seen_at = at
    session.flush()


def test_a_message_is_unique_in_the_database_itself(
    company: Company, session: Session, clock: SteppingClock
) -> None:
    """Whatever the code does: one place, and one name, per chat."""
    from models import AuthorKind, Message

    chat = company.chat(first_question="One")
    first = session.scalars(select(Message)).one()
    for seq, client_id in ((1, "another"), (2, first.client_id)):
        second = Message(seq=seq, client_id=client_id, chat_id=chat.id, revision=9, body="Two", at=clock())
        second.author = AuthorKind.VISITOR
        session.add(second)
        with pytest.raises(IntegrityError):
            session.commit()
        session.rollback()
