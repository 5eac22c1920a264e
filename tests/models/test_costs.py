"""What is asked again and again reads open chats only, however long the history is."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from actions import assignment, auto_messages, chat_life, visits
from actions.returns import return_chats
from models.chats import OPEN_STATES
from models.queries import people, queue
from models.queries.dashboard import dashboard
from policy.statuses import OperatorStatus
from policy.transitions import ChatState
from tests.support.clock import START
from tests.support.company import Company

HISTORY = ("chats", "messages", "chat_steps", "visitors", "page_views", "status_changes")
ZONE = ZoneInfo("Europe/Kyiv")
MINUTE = timedelta(minutes=1)

ASKED: dict[str, Callable[[Session, int], Any]] = {
    "who waits": lambda session, _who: auto_messages.due(session, START),
    "what time does": lambda session, _who: chat_life.look_ahead(session, START, START + MINUTE, START),
    "places": lambda session, _who: queue.everybodys_places(session),
    "recent waits": lambda session, _who: queue.recent_waits(session, START),
    "the queue": lambda session, _who: assignment.look(session),
    "who is here": lambda session, _who: visits.note_here(session, {1, 2}, START),
    "who leaves": lambda session, who: return_chats(session, who, [ChatState.QUEUE], "x", START),
    "who is gone": lambda session, who: return_chats(session, who, OPEN_STATES, "x", START),
    "the dashboard": lambda session, who: dashboard(session, _facts(session, who), START, ZONE),
}


def _facts(session: Session, operator_id: int) -> Any:
    person = people.person(session, operator_id)
    assert person is not None
    return people.facts_of(session, person)


@contextmanager
def plans(session: Session) -> Iterator[list[str]]:
    """How the database goes about every question that is asked meanwhile."""
    found: list[str] = []

    def explain(_connection: Any, cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.lstrip().startswith("SELECT"):
            asking = cursor.connection.cursor()
            asking.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            found.extend(row[3] for row in asking.fetchall())

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", explain)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", explain)


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("name", ASKED)
def test_no_question_walks_through_history(company: Company, session: Session, name: str) -> None:
    anna = company.operator("Anna", status=OperatorStatus.ONLINE)
    company.chat()
    with plans(session) as seen:
        ASKED[name](session, anna.id)
    assert seen
    walked = [plan for plan in seen if plan.startswith("SCAN ") and plan.split()[1] in HISTORY]
    assert [plan for plan in walked if "ix_chats_open" not in plan] == []
