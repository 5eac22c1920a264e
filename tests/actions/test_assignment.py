"""Auto-assignment carried out: to the right one, never above the limit, the longest waiting first."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from actions import chats, presence, returns
from actions.assignment import assign_at_once, claim
from actions.events import ChatAssigned, ChatChanged
from models import Chat, ChatStep, Visitor
from models.chats import OPEN_STATES
from models.database import unit_of_work
from models.settings import load_settings
from policy.languages import Language
from policy.statuses import OperatorStatus
from policy.transitions import ChatState, Step
from tests.actions.conftest import Counting, Do, Heard, looked, serve, set_auto, steps_of
from tests.support.clock import SteppingClock
from tests.support.company import Company, chat_called

Begin = Callable[..., Chat]
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

    def test_what_changed_since_is_seen(
        self, company: Company, session: Session, clock: SteppingClock, do: Do
    ) -> None:
        """The operator goes, the switch is turned, the limit is reached, the chat goes: nothing is given."""
        anna = company.operator("Anna", status=ONLINE, max_chats=1)
        visitor = company.visitor()
        chat = company.chat(visitor)

        def status(to: OperatorStatus) -> None:
            with unit_of_work(session):
                presence.change_status(session, anna, to, clock(), by_operator_id=None)

        status(OperatorStatus.LUNCH)
        assert serve(session, clock) == 0
        status(ONLINE)
        set_auto(session, on=False)
        assert serve(session, clock) == 0
        set_auto(session, on=True)
        other = company.chat()
        do("redirect_to_operator", company.administrator, other.public_id, anna.id, "")
        assert serve(session, clock) == 0
        do("close_by_visitor", visitor, chat.public_id)
        do("close_by_operator", anna, other.public_id)
        assert serve(session, clock) == 0

    @pytest.mark.parametrize("change", ["goes", "is_given_another", "chat_ends", "is_switched_off"])
    def test_a_decision_that_no_longer_holds_is_not_carried_out(
        self, company: Company, session: Session, clock: SteppingClock, do: Do, heard: Heard, change: str
    ) -> None:
        anna, visitor = company.operator("Anna", status=ONLINE), company.visitor()
        chat, other = company.chat(visitor), company.chat()
        snapshot = looked(session)
        if change == "goes":
            with unit_of_work(session):
                presence.change_status(session, anna, OperatorStatus.LUNCH, clock(), by_operator_id=None)
        elif change == "is_given_another":
            do("redirect_to_operator", company.administrator, other.public_id, anna.id, "")
        elif change == "chat_ends":
            do("close_by_visitor", visitor, chat.public_id)
        else:
            set_auto(session, on=False)
        heard.forget()
        with unit_of_work(session):
            assert not claim(session, snapshot, clock())
        assert (heard.all, owners(session, chat)) == ([], [None])

    def test_the_longest_waiting_come_first_and_none_waits_longer_than_needed(
        self, company: Company, session: Session, clock: SteppingClock
    ) -> None:
        anna, boris = (company.operator(name, status=ONLINE, max_chats=2) for name in ("Anna", "Boris"))
        waiting = []
        for _ in range(6):
            clock.forward(seconds=1)
            waiting.append(company.chat())
        snapshot = looked(session)
        assert [decision.chat_id for decision in snapshot.decisions] == [chat.id for chat in waiting[:4]]
        with unit_of_work(session):
            assert claim(session, snapshot, clock())
        assert owners(session, *waiting) == [anna.id] + [None] * 5
        assert serve(session, clock) == 3
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


@pytest.mark.usefixtures("auto")
class TestAtOnce:
    """A chat that begins while somebody is free has its operator from its first moment."""

    @pytest.fixture
    def begin(self, session: Session, clock: SteppingClock) -> Begin:
        def begin(visitor: Visitor, **fields: Any) -> Chat:
            """As the visitor's page does it."""
            command = chats.Start(str(uuid.uuid4()), "default", first_question="Hello?", **fields)
            with unit_of_work(session):
                begun = chats.start(session, visitor.id, command, clock())
                assign_at_once(session, visitor.id, clock())
            return chat_called(session, begun.id)

        return begin

    def test_it_is_one_change_that_never_shows_it_waiting(
        self, company: Company, session: Session, begin: Begin, heard: Heard
    ) -> None:
        anna, visitor = company.operator("Anna", status=ONLINE), company.visitor()
        heard.forget()
        chat = begin(visitor)
        assert (chat.operator_id, chat.revision) == (anna.id, 1)
        assert steps_of(session, chat) == [Step.START, Step.ASSIGN]
        assert session.get_one(Visitor, visitor.id).revision == 1
        change, assigned = heard.all
        assert isinstance(change, ChatChanged) and assigned == ChatAssigned(chat.public_id, anna.id)
        assert (change.before, change.previous, change.revision) == (None, 0, 1)
        assert [message.body for message in change.messages] == ["Hello?"]
        assert change.view and change.view.operator and change.view.operator.id == anna.id
        assert change.after.operator_id == anna.id

    def test_where_nobody_is_free_it_waits(self, company: Company, session: Session, begin: Begin) -> None:
        company.operator("Anna", status=OperatorStatus.LUNCH)
        chat = begin(company.visitor())
        assert (chat.operator_id, steps_of(session, chat)) == (None, [Step.START])

    def test_whoever_waits_longer_comes_first(
        self, company: Company, session: Session, begin: Begin, clock: SteppingClock
    ) -> None:
        """A place became free, and before the queue was served somebody new comes."""
        waiting = company.chat()
        anna = company.operator("Anna", status=ONLINE)
        clock.forward(seconds=1)
        chat = begin(company.visitor())
        assert owners(session, waiting, chat) == [None, None]
        assert serve(session, clock) == 2
        assert owners(session, waiting, chat) == [anna.id, anna.id]

    def test_those_who_wait_for_somebody_else_do_not_hold_it_up(
        self, company: Company, session: Session, begin: Begin
    ) -> None:
        away = company.operator("Away")
        waiting = company.chat(operator=away.public_id)
        anna = company.operator("Anna", status=ONLINE)
        assert owners(session, begin(company.visitor()), waiting) == [anna.id, None]

    def test_the_same_command_again_gives_nothing_anew(
        self, company: Company, session: Session, clock: SteppingClock, heard: Heard
    ) -> None:
        anna, visitor = company.operator("Anna", status=ONLINE), company.visitor()
        command = chats.Start(str(uuid.uuid4()), "default", first_question="Hello?")
        for _ in range(2):
            heard.forget()
            with unit_of_work(session):
                begun = chats.start(session, visitor.id, command, clock())
                assign_at_once(session, visitor.id, clock())
        assert heard.all == []
        chat = chat_called(session, begun.id)
        assert (chat.operator_id, begun.operator and begun.operator.id) == (anna.id, anna.id)

    def test_one_that_waited_is_given_by_a_change_of_its_own(
        self, company: Company, session: Session, clock: SteppingClock, heard: Heard
    ) -> None:
        """The visitor's page asks again, and meanwhile somebody has come."""
        visitor = company.visitor()
        command = chats.Start(str(uuid.uuid4()), "default", first_question="Hello?")
        with unit_of_work(session):
            chats.start(session, visitor.id, command, clock())
        company.operator("Anna", status=ONLINE)
        heard.forget()
        with unit_of_work(session):
            begun = chats.start(session, visitor.id, command, clock())
            assign_at_once(session, visitor.id, clock())
        (change,) = heard.of(ChatChanged)
        assert (change.previous, change.revision) == (1, 2)
        assert change.before is not None and change.messages == ()
        assert chat_called(session, begun.id).revision == 2


def test_to_begin_a_chat_and_to_give_it_takes_few_statements(
    company: Company, session: Session, clock: SteppingClock, counted: Counting
) -> None:
    """Each one is a part of the visitor's waiting; time itself is not to be trusted in a test."""
    set_auto(session, on=True)
    company.operator("Anna", status=ONLINE, departments=[company.department("sales")])
    visitor_id = company.visitor().id
    command = chats.Start(str(uuid.uuid4()), "default", department="sales", first_question="Hello?")
    with counted() as statements, unit_of_work(session):
        chats.start(session, visitor_id, command, clock())
        assert assign_at_once(session, visitor_id, clock()) is not None
    assert len(statements) <= 20
    company.chat()
    with counted() as statements:
        assert serve(session, clock) == 1
    # A look before and one after.
    assert len(statements) <= 3 + 7 + 3


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
