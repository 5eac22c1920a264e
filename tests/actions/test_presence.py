"""Statuses: chosen, changed by those in charge, and lost when the last connection has been gone for too long."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from actions import chats, presence
from actions.errors import Forbidden, Invalid, NotFound
from actions.events import Disconnected, OperatorChanged
from models import Chat, Operator, OperatorPresence, StatusChange
from models.database import unit_of_work
from models.settings import load_settings
from policy.statuses import OperatorStatus
from policy.transitions import ChatState
from tests.actions.conftest import Do, FactsOf, Heard
from tests.support.clock import SteppingClock
from tests.support.company import Company

ONLINE, OFFLINE, LUNCH = OperatorStatus.ONLINE, OperatorStatus.OFFLINE, OperatorStatus.LUNCH


@pytest.fixture
def statuses(session: Session) -> Any:
    def now() -> dict[int, OperatorStatus]:
        session.rollback()
        rows = session.execute(select(OperatorPresence.operator_id, OperatorPresence.status))
        return {row.operator_id: row.status for row in rows}

    return now


def log_of(session: Session, operator: Operator) -> list[tuple[OperatorStatus, int | None]]:
    rows = session.scalars(
        select(StatusChange).where(StatusChange.operator_id == operator.id).order_by(StatusChange.id)
    )
    return [(row.status, row.by_operator_id) for row in rows]


def see(session: Session, operator: Operator, clock: SteppingClock) -> None:
    with unit_of_work(session):
        presence.note_seen(session, [operator.id], clock())


def sweep(session: Session, clock: SteppingClock, *, listening_for: float = 3600) -> int:
    with unit_of_work(session):
        return presence.switch_gone_offline(session, clock(), clock() - timedelta(seconds=listening_for))


class TestOwnStatus:
    def test_a_change_is_recorded_with_its_time_and_author(
        self, company: Company, session: Session, clock: SteppingClock, facts: FactsOf, heard: Heard
    ) -> None:
        anna = company.operator("Anna")
        heard.forget()
        at = clock.forward(minutes=5)
        actor = facts(anna)
        with unit_of_work(session):
            presence.set_own_status(session, actor, LUNCH, at)
        assert (anna.presence.status, anna.presence.status_since) == (LUNCH, at)
        assert log_of(session, anna) == [(LUNCH, anna.id)]
        (event,) = heard.of(OperatorChanged)
        assert event.view is not None
        assert (event.view.status, event.view.status_since, event.rights_changed) == (LUNCH, at, False)

    def test_the_same_status_again_is_no_change(
        self, company: Company, session: Session, clock: SteppingClock, facts: FactsOf, heard: Heard
    ) -> None:
        anna = company.operator("Anna", status=ONLINE)
        since = anna.presence.status_since
        heard.forget()
        clock.forward(minutes=5)
        actor = facts(anna)
        with unit_of_work(session):
            presence.set_own_status(session, actor, ONLINE, clock())
        assert (anna.presence.status_since, heard.all) == (since, [])
        assert len(log_of(session, anna)) == 1

    def test_an_inactive_person_changes_nothing(
        self, company: Company, session: Session, clock: SteppingClock, facts: FactsOf
    ) -> None:
        anna = company.operator("Anna")
        actor = facts(anna)
        with pytest.raises(Forbidden), unit_of_work(session):
            presence.set_own_status(
                session, type(actor)(actor.id, actor.status, is_active=False), ONLINE, clock()
            )


class TestDisconnecting:
    def disconnect(
        self, session: Session, facts: FactsOf, clock: SteppingClock, who: Operator, whom: int
    ) -> None:
        actor = facts(who)
        with unit_of_work(session):
            presence.switch_offline(session, actor, whom, clock())

    def test_those_in_charge_disconnect_whom_they_are_in_charge_of(
        self, company: Company, session: Session, clock: SteppingClock, facts: FactsOf, statuses: Any
    ) -> None:
        sales = company.department("sales")
        anna = company.operator("Anna", status=ONLINE, departments=[sales])
        leader = company.operator("Leader", subordinates=[anna])
        head = company.operator("Head", supervised_departments=[sales])
        for person in (leader, head, company.administrator):
            with unit_of_work(session):
                presence.change_status(session, anna, ONLINE, clock(), by_operator_id=anna.id)
            self.disconnect(session, facts, clock, person, anna.id)
            assert statuses()[anna.id] is OFFLINE
            assert log_of(session, anna)[-1] == (OFFLINE, person.id)

    def test_colleagues_do_not(
        self, company: Company, session: Session, clock: SteppingClock, facts: FactsOf, statuses: Any
    ) -> None:
        anna, boris = (company.operator(name, status=ONLINE) for name in ("Anna", "Boris"))
        with pytest.raises(NotFound):
            self.disconnect(session, facts, clock, boris, anna.id)
        with pytest.raises(NotFound):
            self.disconnect(session, facts, clock, boris, 999)
        assert statuses()[anna.id] is ONLINE

    def test_leads_and_supervisors_do_not_reach_administrators(
        self, company: Company, session: Session, clock: SteppingClock, facts: FactsOf
    ) -> None:
        sales = company.department("sales")
        chief = company.operator("Chief", status=ONLINE, is_admin=True, departments=[sales])
        for person in (
            company.operator("Leader", subordinates=[chief]),
            company.operator("Head", supervised_departments=[sales]),
        ):
            with pytest.raises(NotFound):
                self.disconnect(session, facts, clock, person, chief.id)

    def test_only_somebody_online_can_be_disconnected(
        self, company: Company, session: Session, clock: SteppingClock, facts: FactsOf
    ) -> None:
        anna = company.operator("Anna", status=LUNCH)
        with pytest.raises(Invalid):
            self.disconnect(session, facts, clock, company.administrator, anna.id)

    def test_all_means_everybody_but_the_one_who_presses(
        self, company: Company, session: Session, clock: SteppingClock, facts: FactsOf, statuses: Any
    ) -> None:
        chief = company.operator("Chief", status=ONLINE, is_admin=True)
        people = [company.operator(status=status) for status in OperatorStatus]
        actor = facts(chief)
        with unit_of_work(session):
            assert presence.count_present(session, actor) == len(OperatorStatus) - 1
            assert presence.switch_all_offline(session, actor, clock()) == len(OperatorStatus) - 1
        after = statuses()
        assert after.pop(chief.id) is ONLINE
        assert set(after.values()) == {OFFLINE}
        assert log_of(session, people[0])[-1] == (OFFLINE, chief.id)

    def test_all_is_for_administrators(
        self, company: Company, session: Session, clock: SteppingClock, facts: FactsOf
    ) -> None:
        sales = company.department("sales")
        actor = facts(company.operator("Head", supervised_departments=[sales]))
        with pytest.raises(Forbidden), unit_of_work(session):
            presence.switch_all_offline(session, actor, clock())


class TestGone:
    @pytest.mark.parametrize(("seconds", "is_gone"), [(60, False), (61, True)])
    def test_after_the_grace_one_becomes_offline_by_nobody(
        self,
        company: Company,
        session: Session,
        clock: SteppingClock,
        statuses: Any,
        seconds: float,
        is_gone: bool,
    ) -> None:
        anna = company.operator("Anna", status=ONLINE)
        clock.forward(hours=1)
        see(session, anna, clock)
        clock.forward(seconds=seconds)
        assert sweep(session, clock) == int(is_gone)
        assert statuses()[anna.id] is (OFFLINE if is_gone else ONLINE)
        if is_gone:
            assert log_of(session, anna)[-1] == (OFFLINE, None)

    def test_the_grace_is_a_setting_and_0_is_never(
        self, company: Company, session: Session, clock: SteppingClock
    ) -> None:
        company.operator("Anna", status=ONLINE)
        clock.forward(hours=5)
        for grace, gone in ((0, 0), (6 * 3600, 0), (4 * 3600, 1)):
            with unit_of_work(session):
                load_settings(session).operator_gone_after_seconds = grace
            assert sweep(session, clock, listening_for=10 * 3600) == gone

    def test_nobody_is_blamed_for_the_time_in_which_no_server_was_there(
        self, company: Company, session: Session, clock: SteppingClock, statuses: Any
    ) -> None:
        anna = company.operator("Anna", status=ONLINE)
        see(session, anna, clock)
        clock.forward(hours=8)
        assert sweep(session, clock, listening_for=30) == 0
        assert statuses()[anna.id] is ONLINE
        clock.forward(seconds=31)
        assert sweep(session, clock, listening_for=61) == 1

    def test_the_offline_are_left_alone(
        self, company: Company, session: Session, clock: SteppingClock, heard: Heard
    ) -> None:
        company.operator("Anna", status=OFFLINE)
        clock.forward(hours=1)
        heard.forget()
        assert sweep(session, clock) == 0
        assert heard.all == []


class TestChatsOfWhoGoesOffline:
    @pytest.fixture
    def left(self, company: Company, do: Do, clock: SteppingClock) -> tuple[Operator, Chat, Chat]:
        """Anna, the chat that she was given and has not begun, and the one that she talks in."""
        anna, boris = (company.operator(name, status=ONLINE) for name in ("Anna", "Boris"))
        given, talked_in = company.chat(), company.chat()
        do("take", boris, given.public_id)
        do("redirect_to_operator", boris, given.public_id, anna.id, "")
        do("take", anna, talked_in.public_id)
        clock.forward(minutes=2)
        return anna, given, talked_in

    @pytest.mark.parametrize("how", ["chooses", "is gone"])
    def test_unanswered_ones_go_back_to_their_place_conversations_stay(
        self,
        left: tuple[Operator, Chat, Chat],
        session: Session,
        clock: SteppingClock,
        facts: FactsOf,
        how: str,
    ) -> None:
        anna, given, talked_in = left
        place = given.queued_at
        if how == "chooses":
            actor = facts(anna)
            with unit_of_work(session):
                presence.set_own_status(session, actor, OFFLINE, clock())
        else:
            sweep(session, clock)
        session.expire_all()
        assert (given.state, given.operator_id, given.queued_at) == (ChatState.QUEUE, None, place)
        assert (talked_in.state, talked_in.operator_id) == (ChatState.CHATTING, anna.id)

    @pytest.mark.parametrize(
        "status", [status for status in OperatorStatus if status not in (ONLINE, OFFLINE)]
    )
    def test_in_other_statuses_they_stay(
        self,
        left: tuple[Operator, Chat, Chat],
        session: Session,
        clock: SteppingClock,
        facts: FactsOf,
        status: OperatorStatus,
    ) -> None:
        anna, given, _ = left
        actor = facts(anna)
        with unit_of_work(session):
            presence.set_own_status(session, actor, status, clock())
        session.expire_all()
        assert given.operator_id == anna.id


def test_a_chat_that_goes_back_can_be_taken_at_once(company: Company, do: Do, session: Session) -> None:
    anna, boris = (company.operator(name, status=ONLINE) for name in ("Anna", "Boris"))
    chat = company.chat()
    do("take", boris, chat.public_id)
    do("redirect_to_operator", boris, chat.public_id, anna.id, "")
    with unit_of_work(session):
        presence.change_status(session, anna, OFFLINE, chat.queued_at, by_operator_id=None)
    assert isinstance(do("take", boris, chat.public_id), chats.Taken)


def test_who_is_disconnected_hears_by_whom(
    session: Session, company: Company, clock: SteppingClock, facts: FactsOf, heard: Heard
) -> None:
    anna, boris = (company.operator(name, status=OperatorStatus.ONLINE) for name in ("Anna", "Boris"))
    boss = facts(company.administrator)
    with unit_of_work(session):
        presence.switch_offline(session, boss, anna.id, clock())
    assert heard.of(Disconnected) == [Disconnected(anna.id, "Administrator")]
    heard.forget()
    with unit_of_work(session):
        presence.switch_all_offline(session, boss, clock())
    assert heard.of(Disconnected) == [Disconnected(boris.id, "Administrator")]
    oneself = facts(anna)
    with unit_of_work(session):
        presence.set_own_status(session, oneself, OperatorStatus.ONLINE, clock())
        presence.switch_offline(session, oneself, anna.id, clock())
    assert len(heard.of(Disconnected)) == 1
