"""Signing in: attempts are throttled, sessions live on the server and end when they should."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from actions import sign_in
from actions.events import SessionEnded
from models import Operator, OperatorSession
from models.database import unit_of_work
from models.settings import load_settings
from policy.statuses import OperatorStatus
from tests.actions.conftest import Heard
from tests.support.clock import SteppingClock
from tests.support.company import Company

EMAIL, HOME = "anna@example.com", "192.0.2.1"


class TestFindByEmail:
    def test_letter_case_and_spaces_do_not_matter(self, company: Company, session: Session) -> None:
        anna = company.operator("Anna")
        found = sign_in.find_by_email(session, "  ANNA@Example.com ")
        assert found is not None and found.id == anna.id

    @pytest.mark.parametrize("field", ["is_active", "deleted_at"])
    def test_who_no_longer_works_here_is_not_found(
        self, company: Company, session: Session, clock: SteppingClock, field: str
    ) -> None:
        company.operator("Anna")
        with unit_of_work(session):
            anna = session.scalars(select(Operator).where(Operator.email == EMAIL)).one()
            setattr(anna, field, False if field == "is_active" else clock())
        assert sign_in.find_by_email(session, EMAIL) is None
        assert sign_in.find_by_email(session, "nobody@example.com") is None


class TestSessions:
    @pytest.fixture
    def anna(self, company: Company) -> Operator:
        return company.operator("Anna")

    def begin(
        self,
        session: Session,
        operator: Operator,
        clock: SteppingClock,
        *,
        remembered: bool = False,
        status: OperatorStatus = OperatorStatus.ONLINE,
    ) -> str:
        with unit_of_work(session):
            return sign_in.start_session(
                session,
                operator,
                status,
                clock(),
                address=HOME,
                user_agent="Test" * 200,
                is_remembered=remembered,
            )

    def test_it_begins_in_the_chosen_status_under_a_token_that_is_not_stored(
        self, anna: Operator, session: Session, clock: SteppingClock
    ) -> None:
        token = self.begin(session, anna, clock, status=OperatorStatus.INVISIBLE)
        assert anna.presence.status is OperatorStatus.INVISIBLE
        assert anna.presence.last_seen_at == clock()
        row = session.scalars(select(OperatorSession)).one()
        assert token.encode() not in row.token_hash
        assert len(token) == 43
        signed_in = sign_in.session_of(session, token, clock())
        assert signed_in is not None
        assert (signed_in.session_id, signed_in.operator.id) == (row.id, anna.id)
        assert sign_in.session_of(session, "another", clock()) is None

    def test_each_sign_in_is_a_session_of_its_own(
        self, anna: Operator, session: Session, clock: SteppingClock
    ) -> None:
        assert self.begin(session, anna, clock) != self.begin(session, anna, clock)
        assert session.scalar(select(func.count()).select_from(OperatorSession)) == 2

    def test_unused_it_ends_after_the_set_time_remembered_after_a_week(
        self, anna: Operator, session: Session, clock: SteppingClock
    ) -> None:
        short, long = self.begin(session, anna, clock), self.begin(session, anna, clock, remembered=True)
        clock.forward(hours=12)
        assert sign_in.session_of(session, short, clock()) is None
        assert sign_in.session_of(session, long, clock()) is not None
        clock.forward(days=6, hours=12)
        assert sign_in.session_of(session, long, clock()) is None

    def test_used_it_goes_on_but_not_for_more_than_a_week(
        self, anna: Operator, session: Session, clock: SteppingClock
    ) -> None:
        token = self.begin(session, anna, clock)
        began = clock()
        while (signed_in := sign_in.session_of(session, token, clock())) is not None:
            with unit_of_work(session):
                sign_in.touch(session, signed_in.session_id, clock())
            clock.forward(hours=11)
        assert timedelta(days=7) <= clock() - began < timedelta(days=7, hours=11)

    def test_sessions_used_over_sockets_go_on_and_are_written_once_a_minute(
        self, anna: Operator, session: Session, clock: SteppingClock
    ) -> None:
        token = self.begin(session, anna, clock)
        row = session.scalars(select(OperatorSession)).one()
        began = clock()
        for seconds, seen in ((59, 0), (1, 60), (30, 60), (30, 120)):
            clock.forward(seconds=seconds)
            with unit_of_work(session):
                sign_in.touch_used(session, [row.id, 999], clock())
            session.expire_all()
            assert row.last_seen_at == began + timedelta(seconds=seen)
        clock.forward(hours=12, seconds=-1)
        assert sign_in.session_of(session, token, clock()) is not None

    def test_touching_does_not_wake_what_has_ended(
        self, anna: Operator, session: Session, clock: SteppingClock
    ) -> None:
        token = self.begin(session, anna, clock)
        signed_in = sign_in.session_of(session, token, clock())
        assert signed_in is not None
        with unit_of_work(session):
            sign_in.end_session(session, signed_in, clock())
            sign_in.touch(session, signed_in.session_id, clock.forward(hours=1))
        assert sign_in.session_of(session, token, clock()) is None

    def test_the_length_of_a_quiet_session_is_a_setting(
        self, anna: Operator, session: Session, clock: SteppingClock
    ) -> None:
        with unit_of_work(session):
            load_settings(session).operator_idle_hours = 1
        token = self.begin(session, anna, clock)
        clock.forward(minutes=59)
        assert sign_in.session_of(session, token, clock()) is not None
        clock.forward(minutes=1)
        assert sign_in.session_of(session, token, clock()) is None

    @pytest.mark.parametrize("field", ["is_active", "deleted_at"])
    def test_who_no_longer_works_here_has_no_session(
        self, anna: Operator, session: Session, clock: SteppingClock, field: str
    ) -> None:
        token = self.begin(session, anna, clock)
        with unit_of_work(session):
            setattr(anna, field, False if field == "is_active" else clock())
        assert sign_in.session_of(session, token, clock()) is None

    def test_signing_out_of_the_last_one_ends_the_shift(
        self, anna: Operator, session: Session, clock: SteppingClock, heard: Heard
    ) -> None:
        tokens = [self.begin(session, anna, clock) for _ in range(2)]
        heard.forget()
        for token, status in zip(tokens, (OperatorStatus.ONLINE, OperatorStatus.OFFLINE), strict=True):
            signed_in = sign_in.session_of(session, token, clock())
            assert signed_in is not None
            with unit_of_work(session):
                sign_in.end_session(session, signed_in, clock())
            session.expire_all()
            assert sign_in.session_of(session, token, clock()) is None
            assert anna.presence.status is status
            assert heard.of(SessionEnded)[-1] == SessionEnded(anna.id, signed_in.session_id, "signed_out")
