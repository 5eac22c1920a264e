"""Behind every number of the main page stand exactly the rows that it counts, whoever asks, at a cost that stays."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, insert, text
from sqlalchemy.orm import Session

from actions.ids import new_public_id
from models import Chat, PageView, Placement, db
from models.database import unit_of_work
from models.queries import people
from models.queries.behind import (
    PAGE_SIZE,
    Counted,
    Period,
    Question,
    chats_behind,
    operator_seen_by,
    people_behind,
    views_behind,
)
from models.queries.chats import open_chats
from models.queries.counted import waiting_chats
from models.queries.dashboard import dashboard
from models.queries.visitors import count_on_site
from policy.facts import OperatorFacts
from policy.languages import Language
from policy.statuses import OperatorStatus
from policy.transitions import ChatState
from tests.actions.conftest import Do, FactsOf
from tests.models.test_dashboard import MOSCOW, Desk, persons
from tests.models.test_dashboard import crowded as _crowded
from tests.models.test_dashboard import desk as _desk
from tests.support.clock import SteppingClock
from tests.support.company import Company

crowded, desk = _crowded, _desk
ONLINE = OperatorStatus.ONLINE


def behind(desk: Desk, actor: OperatorFacts, question: Question, page: int = 0) -> Any:
    return chats_behind(desk.session, actor, question, desk.clock(), MOSCOW, page)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_rows_and_numbers_agree_for_everybody(crowded: Desk, data: st.DataObject) -> None:
    actor = data.draw(persons(crowded))
    session = crowded.session
    session.rollback()
    numbers = dashboard(session, actor, crowded.clock(), MOSCOW)
    for period, shown in ((Period.HOUR, numbers.last_hour), (Period.TODAY, numbers.today)):
        for counted, number in ((Counted.REQUESTS, shown.requests), (Counted.MISSED, shown.missed)):
            found = behind(crowded, actor, Question(counted, period))
            assert (found.total, len(found.rows)) == (number, min(number, PAGE_SIZE))
        waits = behind(crowded, actor, Question(Counted.WAIT, period))
        assert waits.wait_seconds == pytest.approx(shown.wait_seconds, abs=0.01)
        assert waits.total == shown.requests - shown.missed
    for group in numbers.groups:
        for row in group.operators:
            number = row.operator.card.id
            assert (
                behind(crowded, actor, Question(Counted.CAME, operator_id=number)).total
                == row.chats_last_hour
            )
            answered = behind(crowded, actor, Question(Counted.ANSWERED, operator_id=number))
            assert bool(answered.total) == (row.wait_seconds is not None)
            assert answered.wait_seconds == pytest.approx(row.wait_seconds or 0, abs=0.01)
    assert len(waiting_chats(session, actor)) == numbers.now.waiting
    assert len(people_behind(session, actor, ONLINE)) == numbers.now.operators_online


def test_a_row_says_who_asked_who_answered_and_how_long_it_took(desk: Desk) -> None:
    sales = desk.company.department("sales")
    anna = desk.company.operator("Anna", status=ONLINE, departments=[sales])
    desk.company.chat(department="sales", name="Maria")
    answered = desk.company.chat(department="sales", name="Pavel")
    desk.do("take", anna, answered.public_id)
    desk.clock.forward(seconds=10)
    desk.answer(anna, answered)
    desk.clock.forward(seconds=20)
    actor = desk.facts(desk.company.administrator)
    rows = {row.visitor: row for row in behind(desk, actor, Question(Counted.REQUESTS)).rows}
    maria, pavel = rows["Maria"], rows["Pavel"]
    assert (maria.operator, maria.department, maria.state) == (None, "Sales", ChatState.QUEUE)
    assert (maria.wait_seconds, maria.waits_still) == (pytest.approx(30, abs=0.01), True)
    assert (pavel.operator, pavel.state) == ("Anna", ChatState.CHATTING)
    assert (pavel.wait_seconds, pavel.waits_still) == (pytest.approx(10, abs=0.01), False)


def test_rows_come_by_pages_and_the_sum_is_of_all(desk: Desk) -> None:
    for _ in range(3):
        desk.company.chat()
        desk.clock.forward(seconds=1)
    actor = desk.facts(desk.company.administrator)
    whole = behind(desk, actor, Question(Counted.REQUESTS))
    assert [row.started_at for row in whole.rows] == sorted(
        (row.started_at for row in whole.rows), reverse=True
    )
    beyond = behind(desk, actor, Question(Counted.REQUESTS), page=1)
    assert (beyond.total, beyond.rows, beyond.wait_seconds) == (3, (), whole.wait_seconds)


def test_whom_one_does_not_see_has_no_rows(desk: Desk) -> None:
    sales = desk.company.department("sales")
    anna = desk.company.operator("Anna", status=ONLINE, departments=[sales])
    boris = desk.company.operator("Boris", status=ONLINE)
    head = desk.company.operator("Head", supervised_departments=[sales])
    session = desk.session
    for who, seen in (
        (anna, {anna}),
        (head, {head, anna}),
        (desk.company.administrator, {anna, boris, head}),
    ):
        actor = desk.facts(who)
        for other in (anna, boris, head):
            assert (operator_seen_by(session, actor, other.id) is not None) == (other in seen), (who, other)
    assert operator_seen_by(session, desk.facts(desk.company.administrator), 10**9) is None


def test_visitors_are_the_pages_that_beat_and_were_not_left(desk: Desk) -> None:
    now = desk.clock()
    with unit_of_work(desk.session) as session:
        placement = session.query(Placement).first()
        assert placement is not None
        for number, (age, is_left) in enumerate(((1, False), (44, False), (46, False), (1, True))):
            seen = now - timedelta(seconds=age)
            session.add(
                PageView(
                    id=f"view-{number}",
                    placement_id=placement.id,
                    url=f"https://shop.example/{number}",
                    title=f"Page {number}",
                    started_at=seen,
                    last_beat_at=seen,
                    ended_at=now if is_left else None,
                )
            )
    shown = [view.url for view in views_behind(desk.session, now, 0)]
    assert shown == ["https://shop.example/0", "https://shop.example/1"]
    assert count_on_site(desk.session, now) == 2
    assert views_behind(desk.session, now, 1) == ()


# What a year of history costs


def test_a_years_history_is_read_by_nobody(
    company: Company, session: Session, clock: SteppingClock, do: Do, facts: FactsOf
) -> None:
    """The same statements, and in none of them the database walks through all chats."""
    anna = company.operator("Anna", status=ONLINE)
    do("take", anna, company.chat().public_id)
    company.chat()
    fill(session, company.visitor().id, anna.id, clock())
    actors = [facts(company.administrator), facts(anna)]
    seen: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_rest: object) -> None:
        seen.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        for actor in actors:
            dashboard(session, actor, clock(), MOSCOW)
            waiting_chats(session, actor)
            people.online_facts(session)
            open_chats(session)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    connection = session.connection()
    explain = "EXPLAIN QUERY PLAN " if connection.dialect.name == "sqlite" else "EXPLAIN "
    asked = [(statement, parameters) for statement, parameters in seen if "FROM chats" in statement]
    assert asked
    for statement, parameters in asked:
        plan = "\n".join(str(row) for row in connection.exec_driver_sql(explain + statement, parameters))
        assert not WALKS.search(plan), f"{statement}\n{plan}"


WALKS = re.compile(r"SCAN chats(?! USING (COVERING )?INDEX ix_chats_open)|Seq Scan on chats")


def fill(session: Session, visitor_id: int, operator_id: int, now: datetime) -> None:
    """Some thousand chats that ended long ago."""
    rows = [
        {
            "public_id": new_public_id(),
            "client_id": str(number),
            "visitor_id": visitor_id,
            "language": Language.RU,
            "state": ChatState.CLOSED_BY_OPERATOR,
            "operator_id": operator_id,
            "started_at": (begun := now - timedelta(days=2 + number / 10)),
            "queued_at": begun,
            "assigned_at": begun,
            "first_reply_at": begun,
            "first_reply_operator_id": operator_id,
            "closed_at": begun + timedelta(minutes=5),
        }
        for number in range(4000)
    ]
    with unit_of_work(session):
        session.execute(insert(Chat), rows)
    session.execute(text("ANALYZE"))
    session.commit()
