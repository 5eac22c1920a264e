"""Random histories of a company: after every step limits hold, order holds, and nobody waits without need."""

from contextlib import suppress
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from actions import chats, presence
from models import Chat, Operator, OperatorPresence
from models.database import unit_of_work
from models.queries import people
from models.settings import load_settings
from policy.errors import DomainError
from policy.languages import Language
from policy.routing import can_answer, can_be_assigned
from policy.statuses import OperatorStatus
from policy.transitions import ChatState
from tests.actions.conftest import FactsOf, serve
from tests.support.clock import SteppingClock
from tests.support.company import Company

ONLINE = OperatorStatus.ONLINE


@dataclass
class World:
    """One history: people, what they do, and what must hold after each step."""

    session: Session
    company: Company
    clock: SteppingClock
    facts: FactsOf
    operators: list[Operator]
    departments: list[int | None]
    started: list[tuple[int, str]] = field(default_factory=list)

    def reset(self) -> None:
        self.started.clear()
        with unit_of_work(self.session) as session:
            session.execute(update(Chat).values(state=ChatState.CLOSED, operator_id=None))
            session.execute(update(OperatorPresence).values(status=ONLINE, last_assigned_at=None))
            load_settings(session).auto_assignment = True

    def do(self, kind: str, number: int) -> None:
        """One step; what the rules refuse is refused."""
        self.clock.forward(seconds=1)
        with suppress(DomainError), unit_of_work(self.session):
            getattr(self, f"_{kind}")(number)

    def _chat(self, number: int) -> tuple[int, str]:
        return self.started[number % len(self.started)] if self.started else (0, "x" * 22)

    def _operator(self, number: int) -> Operator:
        return self.operators[number % len(self.operators)]

    def _status(self, number: int) -> None:
        status = list(OperatorStatus)[number % len(OperatorStatus)]
        presence.change_status(
            self.session, self._operator(number), status, self.clock(), by_operator_id=None
        )

    def _online(self, number: int) -> None:
        presence.change_status(
            self.session, self._operator(number), ONLINE, self.clock(), by_operator_id=None
        )

    def _close(self, number: int) -> None:
        chats.close_by_visitor(self.session, *self._chat(number), self.clock())

    def _give(self, number: int) -> None:
        actor, operator_id = self.facts(self.company.administrator), self._operator(number).id
        chats.redirect_to_operator(self.session, actor, self._chat(number)[1], operator_id, "", self.clock())

    def _put_back(self, number: int) -> None:
        actor, department_id = self.facts(self.company.administrator), self.departments[number % 3]
        chats.redirect_to_department(
            self.session, actor, self._chat(number)[1], department_id, "", self.clock()
        )

    def _limit(self, number: int) -> None:
        load_settings(self.session).max_chats_per_operator = 1 + number % 3

    def _switch(self, number: int) -> None:
        load_settings(self.session).auto_assignment = number % 4 != 0

    def _start(self, number: int) -> None:
        visitor = self.company.visitor()
        chat = self.company.chat(
            visitor,
            department=(None, "one", "two")[number % 3],
            language=(Language.RU, Language.EN)[number % 2],
            operator=self.operators[0].public_id if number % 7 == 0 else None,
        )
        self.started.append((visitor.id, chat.public_id))

    def waiting(self) -> list[Chat]:
        query = select(Chat).where(Chat.state == ChatState.QUEUE, Chat.operator_id.is_(None))
        return list(self.session.scalars(query.order_by(Chat.queued_at, Chat.id)))

    def check(self) -> None:
        """Serve the queue, and see that nobody got too much, nobody was passed over, nobody waits without need."""
        session = self.session
        session.rollback()
        session.expire_all()
        before, waited = people.open_chats(session), [chat.facts() for chat in self.waiting()]
        serve(session, self.clock)
        session.rollback()
        session.expire_all()
        is_auto = load_settings(session).auto_assignment
        after = people.open_chats(session)
        online = {operator.id: operator for operator in people.online_facts(session)}
        if not is_auto:
            assert after == before
        for operator_id, load in after.items():
            assert load <= max(
                before.get(operator_id, 0), online[operator_id].max_chats if operator_id in online else 0
            )
        still = {chat.id: chat.facts() for chat in self.waiting()}
        if is_auto:
            free = [o for o in online.values() for chat in still.values() if can_be_assigned(o, chat)]
            assert not free
        for place, chat in enumerate(waited):
            owner = session.get_one(Chat, chat.id).operator_id
            passed_over = [earlier for earlier in waited[:place] if earlier.id in still]
            assert owner is None or not any(can_answer(online[owner], earlier) for earlier in passed_over)
        assert not session.scalars(
            select(Chat.id)
            .join(OperatorPresence, OperatorPresence.operator_id == Chat.operator_id)
            .where(Chat.state == ChatState.QUEUE, OperatorPresence.status == OperatorStatus.OFFLINE)
        ).all()


KINDS = ["start", "start", "start", "status", "online", "close", "give", "put_back", "limit", "switch"]
histories = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 41)), min_size=4, max_size=25)


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=histories)
def test_in_any_history_limits_hold_order_holds_and_nobody_waits_without_need(
    company: Company,
    session: Session,
    clock: SteppingClock,
    facts: FactsOf,
    world: World,
    history: list[tuple[str, int]],
) -> None:
    world.reset()
    for kind, number in history:
        world.do(kind, number)
        world.check()


@pytest.fixture
def world(company: Company, session: Session, clock: SteppingClock, facts: FactsOf) -> World:
    one, two = company.department("one"), company.department("two")
    with unit_of_work(session):
        # The administrator only sets things up in these histories.
        company.administrator.languages = ["tr"]
    operators = [
        company.operator("Both", departments=[one, two], max_chats=2),
        company.operator("One", departments=[one]),
        company.operator("English", departments=[two], languages=["en"]),
        company.operator("None"),
    ]
    return World(session, company, clock, facts, operators, [None, one.id, two.id])
