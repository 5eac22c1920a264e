"""Visitors are recognised by a token of our making; pages with the button beat, leave and are forgotten."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from actions import visits
from actions.events import VisitorsMoved
from models import PageView, Placement, Visitor
from models.database import unit_of_work
from models.queries.visitors import count_on_site
from models.settings import load_settings
from tests.actions.conftest import Heard
from tests.support.clock import SteppingClock


def enter(session: Session, clock: SteppingClock, token: str | None = None) -> visits.Entered:
    with unit_of_work(session):
        return visits.enter(session, token, clock(), address="192.0.2.7", user_agent="Browser" * 100)


class TestToken:
    def test_a_new_browser_gets_a_token_of_256_bits_that_is_not_stored(
        self, session: Session, clock: SteppingClock
    ) -> None:
        entered = enter(session, clock)
        assert entered.token is not None and len(entered.token) == 43
        assert entered.token.encode() not in entered.visitor.token_hash
        assert len(entered.visitor.token_hash) == 32
        assert enter(session, clock).token != entered.token

    def test_with_its_token_it_is_the_same_visitor(self, session: Session, clock: SteppingClock) -> None:
        first = enter(session, clock)
        again = enter(session, clock, first.token)
        assert (again.visitor.id, again.token) == (first.visitor.id, None)

    @pytest.mark.parametrize("token", ["", "x" * 43, "' OR 1=1 --"])
    def test_a_token_of_ones_own_making_is_nobody(
        self, session: Session, clock: SteppingClock, token: str
    ) -> None:
        first = enter(session, clock)
        again = enter(session, clock, token)
        assert again.visitor.id != first.visitor.id
        assert again.token not in (None, token)

    def test_who_comes_within_the_remembered_time_is_remembered_from_then_on(
        self, session: Session, clock: SteppingClock
    ) -> None:
        first = enter(session, clock)
        for _ in range(3):
            clock.forward(days=29)
            assert enter(session, clock, first.token).visitor.id == first.visitor.id
        clock.forward(days=30)
        assert visits.visitor_of(session, first.token, clock()) is None
        assert enter(session, clock, first.token).visitor.id != first.visitor.id

    def test_how_long_is_a_setting(self, session: Session, clock: SteppingClock) -> None:
        first = enter(session, clock)
        with unit_of_work(session):
            load_settings(session).visitor_remembered_days = 1
        clock.forward(hours=23)
        assert visits.visitor_of(session, first.token, clock()) is not None
        clock.forward(hours=1)
        assert visits.visitor_of(session, first.token, clock()) is None


class TestViews:
    @pytest.fixture
    def placement(self, session: Session) -> Placement:
        return session.scalars(select(Placement).where(Placement.key == "default")).one()

    def begin(self, session: Session, placement: Placement, clock: SteppingClock, view_id: str = "") -> str:
        view = visits.View(view_id or str(uuid.uuid4()), "https://shop.example/cart", "Cart", "")
        with unit_of_work(session):
            visits.begin_view(session, placement, view, clock(), address="192.0.2.7", site="shop.example")
        return view.id

    def on_site(self, session: Session, clock: SteppingClock) -> int:
        session.rollback()
        return count_on_site(session, clock())

    def test_a_view_is_on_the_site_while_it_beats(
        self, session: Session, clock: SteppingClock, placement: Placement, heard: Heard
    ) -> None:
        view_id = self.begin(session, placement, clock)
        assert heard.of(VisitorsMoved)
        assert (placement.last_seen_at, placement.last_seen_site) == (clock(), "shop.example")
        for _ in range(3):
            clock.forward(seconds=20)
            with unit_of_work(session):
                visits.beat(session, [view_id], clock())
        assert self.on_site(session, clock) == 1
        clock.forward(seconds=45)
        assert self.on_site(session, clock) == 0

    def test_leaving_ends_it_at_once_and_coming_back_begins_it_again(
        self, session: Session, clock: SteppingClock, placement: Placement
    ) -> None:
        view_id = self.begin(session, placement, clock)
        with unit_of_work(session):
            visits.leave(session, view_id, clock())
        assert self.on_site(session, clock) == 0
        with unit_of_work(session):
            visits.beat(session, [view_id], clock())
        assert self.on_site(session, clock) == 1

    def test_told_twice_it_is_one_view(
        self, session: Session, clock: SteppingClock, placement: Placement
    ) -> None:
        view_id = self.begin(session, placement, clock)
        self.begin(session, placement, clock, view_id)
        assert self.on_site(session, clock) == 1

    def test_after_a_day_it_is_forgotten(
        self, session: Session, clock: SteppingClock, placement: Placement
    ) -> None:
        self.begin(session, placement, clock)
        clock.forward(hours=12)
        kept = self.begin(session, placement, clock)
        clock.forward(hours=12, seconds=1)
        with unit_of_work(session):
            visits.forget_old_views(session, clock())
        assert session.scalars(select(PageView.id)).all() == [kept]


def test_a_visitor_is_remembered_without_writing_at_every_page(
    session: Session, clock: SteppingClock
) -> None:
    first = enter(session, clock)
    began = clock()
    clock.forward(minutes=59)
    enter(session, clock, first.token)
    assert session.scalar(select(Visitor.last_seen_at)) == began
    clock.forward(minutes=2)
    enter(session, clock, first.token)
    assert session.scalar(select(Visitor.last_seen_at)) == began + timedelta(minutes=61)


def test_where_visitors_are_not_followed_they_are_counted_and_nothing_is_kept(
    session: Session, clock: SteppingClock
) -> None:
    before = enter(session, clock)
    with unit_of_work(session):
        load_settings(session).tracks_visitors = False
    assert enter(session, clock).visitor.address == ""
    # What was kept before goes with the next visit.
    assert enter(session, clock, before.token).visitor.address == ""
    view = visits.View(
        str(uuid.uuid4()), url="https://shop.example/secret", title="Secret", referrer="https://a.example"
    )
    with unit_of_work(session):
        placement = session.scalars(select(Placement)).one()
        visits.begin_view(session, placement, view, clock(), address="192.0.2.7", site="shop.example")
    kept = session.get_one(PageView, view.id)
    assert (kept.url, kept.title, kept.referrer, kept.address) == ("", "", "", "")
    assert count_on_site(session, clock()) == 1
    assert placement.last_seen_site == "shop.example"
