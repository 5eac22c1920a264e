"""The main page's numbers: each is what it says, counts what its reader may see, and agrees with the rows behind it."""

import uuid
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.messages import Author, Post, post_messages
from models import Chat, Operator, Visitor
from models.database import unit_of_work
from models.queries import people
from models.queries.dashboard import Dashboard, dashboard
from policy.facts import OperatorFacts
from policy.languages import Language
from policy.rights import Action, Answer, may
from policy.statuses import OperatorStatus
from policy.transitions import ChatState
from tests.actions.conftest import Do, FactsOf, signed_in
from tests.support.clock import SteppingClock
from tests.support.company import Company

ONLINE = OperatorStatus.ONLINE
MOSCOW = ZoneInfo("Europe/Moscow")


class Desk:
    """People at work, and the numbers that somebody sees of it."""

    def __init__(
        self, company: Company, session: Session, clock: SteppingClock, do: Do, facts: FactsOf
    ) -> None:
        self.company, self.session, self.clock, self.do, self.facts = company, session, clock, do, facts
        self._sessions: dict[int, int] = {}

    def numbers(self, who: Operator | None = None, zone: ZoneInfo = MOSCOW) -> Dashboard:
        actor = self.facts(who or self.company.administrator)
        return dashboard(self.session, actor, self.clock(), zone)

    def answer(self, who: Operator, chat: Chat) -> None:
        if who.id not in self._sessions:
            self._sessions[who.id] = signed_in(self.session, who, self.clock)
        author = Author(session_id=self._sessions[who.id])
        with unit_of_work(self.session):
            post_messages(
                self.session, [Post(author, chat.public_id, str(uuid.uuid4()), "Hello")], self.clock()
            )


@pytest.fixture
def desk(company: Company, session: Session, clock: SteppingClock, do: Do, facts: FactsOf) -> Desk:
    return Desk(company, session, clock, do, facts)


def test_a_company_that_has_just_been_founded_has_zeros(desk: Desk) -> None:
    numbers = desk.numbers()
    assert (numbers.now.chats_online, numbers.now.waiting, numbers.now.waiting_since) == (0, 0, None)
    assert (numbers.last_hour.requests, numbers.last_hour.missed, numbers.last_hour.wait_seconds) == (
        0,
        0,
        0.0,
    )
    assert [row.id for row in numbers.departments] == [None]


def test_online_chats_are_those_that_somebody_has_waiting_ones_those_that_nobody_has(desk: Desk) -> None:
    anna, boris = (desk.company.operator(name, status=ONLINE) for name in ("Anna", "Boris"))
    desk.company.operator("Clara", status=OperatorStatus.INVISIBLE)
    desk.company.operator("David", status=OperatorStatus.LUNCH)
    waiting_since = desk.clock.forward(seconds=1)
    chats = [desk.company.chat() for _ in range(4)]
    desk.clock.forward(minutes=2)
    desk.do("take", anna, chats[1].public_id)
    desk.do("take", anna, chats[2].public_id)
    desk.do("redirect_to_operator", anna, chats[2].public_id, boris.id, "")
    desk.do("take", boris, chats[3].public_id)
    desk.do("close_by_operator", boris, chats[3].public_id)
    now = desk.numbers().now
    assert (now.chats_online, now.waiting, now.waiting_since) == (2, 1, waiting_since)
    assert (now.operators_online, now.operators_invisible, now.places) == (2, 1, 10)


def test_missed_is_what_ended_without_an_operators_message(desk: Desk) -> None:
    anna = desk.company.operator("Anna", status=ONLINE)
    visitors = [desk.company.visitor() for _ in range(4)]
    left, answered, taken, waits = (desk.company.chat(visitor) for visitor in visitors)
    desk.do("close_by_visitor", visitors[0], left.public_id)
    for chat in (answered, taken):
        desk.do("take", anna, chat.public_id)
    desk.answer(anna, answered)
    for chat in (answered, taken):
        desk.do("close_by_operator", anna, chat.public_id)
    hour = desk.numbers().last_hour
    assert (hour.requests, hour.missed) == (4, 2)
    assert waits.state is ChatState.QUEUE


def test_the_wait_is_until_the_first_reply_and_up_to_now_where_there_is_none(desk: Desk) -> None:
    anna = desk.company.operator("Anna", status=ONLINE)
    visitor = desk.company.visitor()
    answered, waiting, gave_up = desk.company.chat(), desk.company.chat(), desk.company.chat(visitor)
    desk.do("take", anna, answered.public_id)
    desk.clock.forward(seconds=10)
    desk.answer(anna, answered)
    desk.do("close_by_visitor", visitor, gave_up.public_id)
    desk.clock.forward(seconds=20)
    assert waiting.first_reply_at is None
    # 10 s for the answered one, 30 s so far for the one that waits; who gave up is counted as missed instead.
    assert desk.numbers().last_hour.wait_seconds == pytest.approx(20, abs=0.01)


def test_the_hour_and_the_companys_day_have_their_bounds(desk: Desk) -> None:
    """09:00 in UTC is noon in Moscow and six in the evening in Tokyo, where tomorrow begins in six hours."""
    begun = desk.clock()
    desk.company.chat()
    assert requests(desk.numbers()) == (1, 1)
    desk.clock.forward(hours=1)
    assert requests(desk.numbers()) == (1, 1)
    desk.clock.forward(seconds=1)
    assert requests(desk.numbers()) == (0, 1)
    tokyo = ZoneInfo("Asia/Tokyo")
    desk.clock.time = begun + timedelta(hours=5, minutes=59, seconds=59)
    assert requests(desk.numbers(zone=tokyo)) == (0, 1)
    desk.clock.time = begun + timedelta(hours=6)
    assert requests(desk.numbers(zone=tokyo)) == (0, 0)
    assert requests(desk.numbers(zone=MOSCOW)) == (0, 1)


def requests(numbers: Dashboard) -> tuple[int, int]:
    return (numbers.last_hour.requests, numbers.today.requests)


def test_departments_stand_in_their_order_those_without_first(desk: Desk) -> None:
    late = desk.company.department("late", sort_order=200)
    early = desk.company.department("early", sort_order=50)
    anna = desk.company.operator("Anna", status=ONLINE, departments=[late])
    desk.company.chat()
    desk.company.chat(department="late")
    taken = desk.company.chat(department="late")
    desk.do("take", anna, taken.public_id)
    rows = desk.numbers().departments
    assert [(row.id, row.chats, row.waiting) for row in rows] == [
        (None, 0, 1),
        (early.id, 0, 0),
        (late.id, 1, 1),
    ]


def test_an_operator_stands_in_each_of_their_departments_and_is_counted_once(desk: Desk) -> None:
    one, two = desk.company.department("one"), desk.company.department("two")
    anna = desk.company.operator("Anna", status=ONLINE, departments=[one, two])
    chat = desk.company.chat(department="one")
    desk.clock.forward(seconds=30)
    desk.do("take", anna, chat.public_id)
    desk.answer(anna, chat)
    numbers = desk.numbers()
    rows = {
        group.department_id: {row.operator.card.id: row for row in group.operators}
        for group in numbers.groups
    }
    assert anna.id in rows[one.id] and anna.id in rows[two.id] and anna.id not in rows[None]
    assert desk.company.administrator.id in rows[None]
    row = rows[one.id][anna.id]
    assert (row.chats_now, row.chats_last_hour) == (1, 1)
    assert row.wait_seconds == pytest.approx(30, abs=0.01)
    assert (numbers.now.operators_online, row.operator.status_since) == (1, anna.presence.status_since)
    desk.do("close_by_operator", anna, chat.public_id)
    desk.clock.forward(hours=1, seconds=1)
    later = next(
        row for group in desk.numbers().groups for row in group.operators if row.operator.card.id == anna.id
    )
    assert (later.chats_now, later.chats_last_hour, later.wait_seconds) == (0, 0, None)


def test_each_role_counts_its_own(desk: Desk) -> None:
    sales, support = desk.company.department("sales"), desk.company.department("support")
    anna = desk.company.operator("Anna", status=ONLINE, departments=[sales])
    boris = desk.company.operator("Boris", status=ONLINE, departments=[support])
    leader = desk.company.operator("Leader", status=ONLINE, subordinates=[anna])
    head = desk.company.operator("Head", status=ONLINE, supervised_departments=[support])
    for who, department in ((anna, "sales"), (boris, "support")):
        desk.do("take", who, desk.company.chat(department=department).public_id)
    online = {who.internal_name: desk.numbers(who).now.chats_online for who in (anna, boris, leader, head)}
    assert online == {"Anna": 1, "Boris": 1, "Leader": 1, "Head": 1}
    assert desk.numbers().now.chats_online == 2
    seen = {row.operator.card.id for group in desk.numbers(leader).groups for row in group.operators}
    assert seen == {leader.id, anna.id}


def test_a_chat_handed_over_from_elsewhere_counts_with_who_has_it(desk: Desk) -> None:
    sales = desk.company.department("sales")
    anna = desk.company.operator("Anna", status=ONLINE, departments=[sales])
    boris = desk.company.operator("Boris", status=ONLINE)
    chat = desk.company.chat(department="sales")
    desk.do("take", anna, chat.public_id)
    desk.do("redirect_to_operator", anna, chat.public_id, boris.id, "")
    assert desk.numbers(boris).now.chats_online == 1
    assert desk.numbers(anna).now.chats_online == 0


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_what_is_counted_is_what_may_be_seen(crowded: Desk, data: st.DataObject) -> None:
    """The condition in SQL and the table of rights never disagree, whoever asks."""
    session = crowded.session
    actor = data.draw(persons(crowded))
    session.rollback()
    rows = [chat.facts() for chat in session.scalars(select(Chat))]
    seen = [chat for chat in rows if may(actor, Action.SEE_CHAT, chat) is Answer.ALLOWED]
    is_taken = {ChatState.CHATTING: True, ChatState.QUEUE: False}
    numbers = dashboard(session, actor, crowded.clock(), MOSCOW)
    assert numbers.today.requests == len(seen)
    opened = [chat for chat in seen if chat.state in is_taken]
    assert numbers.now.chats_online == len([chat for chat in opened if chat.operator_id is not None])
    assert numbers.now.waiting == len([chat for chat in opened if chat.operator_id is None])


def persons(desk: Desk) -> st.SearchStrategy[OperatorFacts]:
    session = desk.session
    session.rollback()
    operator_ids = list(session.scalars(select(Operator.id)))
    department_ids = sorted({d.id for o in session.scalars(select(Operator)) for d in o.departments})
    some = st.frozensets(st.sampled_from(department_ids))
    return st.builds(
        OperatorFacts,
        id=st.sampled_from(operator_ids),
        status=st.just(ONLINE),
        is_admin=st.sampled_from([False, False, False, True]),
        department_ids=some,
        languages=st.frozensets(st.sampled_from([Language.RU, Language.EN])),
        supervised_department_ids=some,
        subordinate_ids=st.frozensets(st.sampled_from(operator_ids)),
        subordinate_department_ids=some,
    ).filter(lambda person: person.subordinate_ids or not person.subordinate_department_ids)


@pytest.fixture
def crowded(desk: Desk) -> Desk:
    """Chats of every kind: waiting, asked of somebody, with operators and an administrator, ended."""
    one, two = desk.company.department("one"), desk.company.department("two")
    chief = desk.company.operator("Chief", status=ONLINE, is_admin=True)
    anna = desk.company.operator("Anna", status=ONLINE, departments=[one, two])
    boris = desk.company.operator("Boris", status=ONLINE)
    for number, department in enumerate((None, "one", "two") * 4):
        visitor = desk.company.visitor()
        chat = begin(desk, visitor, number, department, boris)
        if number >= 6:
            desk.do(
                "redirect_to_operator", chief, chat.public_id, (anna, boris, chief)[number % 4 % 3].id, ""
            )
        if number % 5 == 4:
            desk.do("close_by_visitor", visitor, chat.public_id)
    return desk


def begin(desk: Desk, visitor: Visitor, number: int, department: str | None, asked: Operator) -> Chat:
    fields: dict[str, Any] = {"department": department, "language": (Language.RU, Language.EN)[number % 2]}
    if number % 4 == 1:
        fields["operator"] = asked.public_id
    return desk.company.chat(visitor, **fields)


def test_the_cost_does_not_grow_with_people_or_chats(desk: Desk, counted: Any) -> None:
    costs = []
    actor = desk.facts(desk.company.administrator)
    for _ in range(2):
        sales = desk.company.department()
        for _ in range(4):
            desk.company.operator(status=ONLINE, departments=[sales])
            desk.company.chat(department=sales.key)
        desk.session.rollback()
        desk.session.expunge_all()
        with counted() as statements:
            dashboard(desk.session, actor, at(desk), MOSCOW)
        costs.append(len(statements))
    assert costs[0] == costs[1]


def at(desk: Desk) -> datetime:
    return desk.clock()


def test_facts_of_everybody_cost_the_same_however_many_they_are(
    company: Company, session: Session, counted: Any
) -> None:
    costs = []
    for _ in range(2):
        sales = company.department()
        staff = [company.operator(status=ONLINE, departments=[sales]) for _ in range(4)]
        company.operator(subordinates=staff, supervised_departments=[sales])
        session.rollback()
        session.expunge_all()
        with counted() as statements:
            assert people.everybodys_facts(session) and people.online_facts(session)
        costs.append(len(statements))
    assert costs[0] == costs[1]
