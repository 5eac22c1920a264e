"""Auto-assignment carried out: to the right one, never above the limit, the longest waiting first."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from actions import presence, returns
from actions.assignment import claim, plan_assignments
from actions.events import ChatAssigned, ChatChanged
from models import Chat, ChatStep, Operator
from models.chats import OPEN_STATES
from models.database import unit_of_work
from models.settings import load_settings
from policy.languages import Language
from policy.statuses import OperatorStatus
from policy.transitions import ChatState, Step
from tests.actions.conftest import Counting, Do, Heard, serve, set_auto
from tests.support.clock import SteppingClock
from tests.support.company import Company

ONLINE = OperatorStatus.ONLINE


def owners(session: Session, *of: Chat) -> list[int | None]:
    session.expire_all()
    return [chat.operator_id for chat in of]


@pytest.fixture
def auto(session: Session, company: Company) -> None:
    set_auto(session, on=True)


@pytest.mark.usefixtures("auto")
class TestClaim:
    def test_the_chat_is_given_logged_and_announced(
        self, company: Company, session: Session, clock: SteppingClock, heard: Heard
    ) -> None:
        anna = company.operator("Anna", status=ONLINE)
        chat = company.chat()
        heard.forget()
        at = clock.forward(seconds=1)
        assert serve(session, clock) == 1
        session.expire_all()
        assert (chat.operator_id, chat.state, chat.assigned_at) == (anna.id, ChatState.QUEUE, at)
        assert anna.presence.last_assigned_at == at
        (step,) = session.scalars(select(ChatStep).where(ChatStep.step == Step.ASSIGN))
        assert step.why == {
            "tiebreak": "only_one",
            "load": 0,
            "limit": 5,
            "candidates": 1,
            "was_asked_for": False,
        }
        assert heard.of(ChatAssigned) == [ChatAssigned(chat.public_id, anna.id)]
        (change,) = heard.of(ChatChanged)
        assert change.before is not None and change.before.operator_id is None
        assert change.after.operator_id == anna.id

    @pytest.mark.parametrize("status", [status for status in OperatorStatus if status is not ONLINE])
    def test_only_the_online_are_given_chats(
        self, company: Company, session: Session, clock: SteppingClock, status: OperatorStatus
    ) -> None:
        company.operator("Anna", status=status)
        chat = company.chat()
        assert serve(session, clock) == 0
        assert owners(session, chat) == [None]

    def test_department_language_and_the_one_asked_for_decide(
        self, company: Company, session: Session, clock: SteppingClock
    ) -> None:
        sales = company.department("sales")
        seller = company.operator("Seller", status=ONLINE, departments=[sales], languages=["en"])
        polyglot = company.operator("Polyglot", status=ONLINE, languages=["ru"])
        wanted = company.operator("Wanted", status=ONLINE, languages=["he"])
        for language, department, asked, owner in (
            (Language.EN, "sales", None, seller),
            (Language.RU, None, None, polyglot),
            (Language.HE, None, wanted.public_id, wanted),
            (Language.HE, "sales", None, None),
            (Language.EN, None, wanted.public_id, None),
        ):
            chat = company.chat(language=language, department=department, operator=asked)
            serve(session, clock)
            assert owners(session, chat) == [owner and owner.id]

    def test_fewest_chats_then_longest_without_then_sort_order_then_number(
        self, company: Company, session: Session, clock: SteppingClock
    ) -> None:
        late = company.operator("Late", status=ONLINE, sort_order=300)
        early = company.operator("Early", status=ONLINE, sort_order=100)
        second = company.operator("Second", status=ONLINE, sort_order=100)
        given_to = []
        for _ in range(4):
            clock.forward(seconds=1)
            chat = company.chat()
            serve(session, clock)
            given_to += owners(session, chat)
        assert given_to == [early.id, second.id, late.id, early.id]

    def test_a_plan_that_no_longer_holds_is_not_carried_out(
        self, company: Company, session: Session, clock: SteppingClock, do: Do, heard: Heard
    ) -> None:
        """The operator goes, the chat goes, the limit is reached, another one comes first, the switch is turned."""
        anna = company.operator("Anna", status=ONLINE, max_chats=1)
        visitor = company.visitor()
        chat = company.chat(visitor)

        def is_claimed_after(change: Any) -> bool:
            session.rollback()
            (decision,) = plan_assignments(session)
            session.rollback()
            change()
            heard.forget()
            with unit_of_work(session):
                was = claim(session, decision, clock())
            assert bool(heard.all) is was
            return was

        def status(to: OperatorStatus) -> None:
            with unit_of_work(session):
                presence.change_status(session, anna, to, clock(), by_operator_id=None)

        assert not is_claimed_after(lambda: status(OperatorStatus.LUNCH))
        status(ONLINE)
        assert not is_claimed_after(lambda: set_auto(session, on=False))
        set_auto(session, on=True)
        boris = company.operator("Boris", status=OperatorStatus.LUNCH, sort_order=1)

        def boris_comes() -> None:
            with unit_of_work(session):
                presence.change_status(session, boris, ONLINE, clock(), by_operator_id=None)

        assert not is_claimed_after(boris_comes)
        with unit_of_work(session):
            presence.change_status(session, boris, OperatorStatus.LUNCH, clock(), by_operator_id=None)
        assert not is_claimed_after(
            lambda: do("redirect_to_operator", company.administrator, company.chat().public_id, anna.id, "")
        )
        do("redirect_to_department", company.administrator, only_chat_of(session, anna), None, "")
        assert not is_claimed_after_first(
            session, clock, lambda: do("close_by_visitor", visitor, chat.public_id)
        )

    def test_several_are_planned_at_once_and_none_waits_longer_than_needed(
        self, company: Company, session: Session, clock: SteppingClock
    ) -> None:
        anna, boris = (company.operator(name, status=ONLINE, max_chats=2) for name in ("Anna", "Boris"))
        waiting = []
        for _ in range(6):
            clock.forward(seconds=1)
            waiting.append(company.chat())
        session.rollback()
        decisions = plan_assignments(session)
        session.rollback()
        assert [decision.chat_id for decision in decisions] == [chat.id for chat in waiting[:4]]
        assert serve(session, clock) == 4
        assert owners(session, *waiting) == [anna.id, boris.id, anna.id, boris.id, None, None]

    def test_what_nobody_can_take_does_not_hold_up_those_behind_it(
        self, company: Company, session: Session, clock: SteppingClock
    ) -> None:
        company.department("empty")
        anna = company.operator("Anna", status=ONLINE)
        stuck = company.chat(department="empty")
        clock.forward(seconds=1)
        behind = company.chat()
        serve(session, clock)
        assert owners(session, stuck, behind) == [None, anna.id]

    def test_also_when_more_than_a_page_is_stuck_in_front(
        self, company: Company, session: Session, clock: SteppingClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("actions.assignment.WAITING_PAGE", 2)
        anna, away = company.operator("Anna", status=ONLINE), company.operator("Away")
        stuck = [company.chat(operator=away.public_id) for _ in range(5)]
        behind = company.chat()
        assert serve(session, clock) == 1
        assert owners(session, *stuck, behind) == [None] * 5 + [anna.id]

    def test_a_person_may_exceed_the_limit_and_the_system_then_waits(
        self, company: Company, session: Session, clock: SteppingClock, do: Do
    ) -> None:
        anna = company.operator("Anna", status=ONLINE, max_chats=1)
        first, second, third = company.chat(), company.chat(), company.chat()
        serve(session, clock)
        moved = do("redirect_to_operator", company.administrator, second.public_id, anna.id, "")
        assert moved.above_limit
        assert serve(session, clock) == 0
        do("close_by_operator", anna, first.public_id)
        assert serve(session, clock) == 0
        do("close_by_operator", anna, second.public_id)
        assert serve(session, clock) == 1
        assert owners(session, third) == [anna.id]

    def test_a_smaller_limit_takes_no_chat_away(
        self, company: Company, session: Session, clock: SteppingClock
    ) -> None:
        anna = company.operator("Anna", status=ONLINE)
        chats_given = [company.chat() for _ in range(3)]
        serve(session, clock)
        with unit_of_work(session):
            load_settings(session).max_chats_per_operator = 1
        company.chat()
        assert serve(session, clock) == 0
        assert owners(session, *chats_given) == [anna.id] * 3


def only_chat_of(session: Session, operator: Operator) -> str:
    return session.scalars(
        select(Chat.public_id).where(Chat.operator_id == operator.id, Chat.state.in_(OPEN_STATES))
    ).one()


def is_claimed_after_first(session: Session, clock: SteppingClock, change: Any) -> bool:
    """Whether the first planned chat is still given once something has changed."""
    session.rollback()
    decision = plan_assignments(session)[0]
    session.rollback()
    change()
    with unit_of_work(session):
        return claim(session, decision, clock())


def test_without_auto_assignment_nothing_is_given(
    company: Company, session: Session, clock: SteppingClock
) -> None:
    company.operator("Anna", status=ONLINE)
    chat = company.chat()
    assert serve(session, clock) == 0
    set_auto(session, on=True)
    assert serve(session, clock) == 1
    assert owners(session, chat) != [None]


def test_the_cost_of_one_assignment_does_not_grow_with_the_queue(
    company: Company, session: Session, clock: SteppingClock, counted: Counting
) -> None:
    anna = company.operator("Anna", status=ONLINE, max_chats=1)
    costs = []
    for _ in range(2):
        for _ in range(5):
            company.chat()
        set_auto(session, on=True)
        with counted() as statements:
            assert serve(session, clock) == 1
        costs.append(len(statements))
        with unit_of_work(session):
            returns.return_chats(session, anna.id, OPEN_STATES, "operator_gone", clock())
    assert costs[0] == costs[1]
