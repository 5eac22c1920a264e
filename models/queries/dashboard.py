"""The numbers of the main page, each from the open chats or from one day: the cost does not grow with history."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from models.chats import IS_OPEN, Chat
from models.departments import Department
from models.queries.counted import (
    HOUR,
    IS_MISSED,
    IS_ONLINE,
    WAITS,
    begin_of_day,
    came_since,
    sees_chat,
    sees_person,
    waited,
)
from models.queries.people import OperatorView, online_facts, operator_views
from models.queries.visitors import count_on_site
from policy.facts import OperatorFacts
from policy.statuses import OperatorStatus, rules_of


@dataclass(frozen=True, slots=True)
class Now:
    chats_online: int
    waiting: int
    waiting_since: datetime | None
    operators_online: int
    operators_invisible: int
    visitors: int
    places: int
    """How many chats the limits of those online allow together."""


@dataclass(frozen=True, slots=True)
class Period:
    requests: int
    missed: int
    wait_seconds: float
    """Mean time from entering the queue to the first reply; one still waiting counts up to now."""


@dataclass(frozen=True, slots=True)
class DepartmentRow:
    id: int | None
    name: str | None
    chats: int
    waiting: int
    waiting_since: datetime | None


@dataclass(frozen=True, slots=True)
class OperatorRow:
    operator: OperatorView
    chats_now: int
    chats_last_hour: int
    wait_seconds: float | None


@dataclass(frozen=True, slots=True)
class OperatorGroup:
    department_id: int | None
    name: str | None
    operators: tuple[OperatorRow, ...]


@dataclass(frozen=True, slots=True)
class Dashboard:
    at: datetime
    now: Now
    last_hour: Period
    today: Period
    departments: tuple[DepartmentRow, ...]
    groups: tuple[OperatorGroup, ...]


def dashboard(session: Session, person: OperatorFacts, now: datetime, zone: ZoneInfo) -> Dashboard:
    """What this person may see of the present moment, the last hour and today (the company's day)."""
    today = begin_of_day(now, zone)
    people = [view for view in operator_views(session) if sees_person(person, view)]
    rows = _departments(session, person)
    return Dashboard(
        at=now,
        now=_now(session, rows, people, now),
        last_hour=_period(session, person, now - HOUR, now),
        today=_period(session, person, today, now),
        departments=rows,
        groups=_groups(session, person, people, rows, now),
    )


# Grouped by the column itself SQLite walks its index, and with it the whole history, not the few open chats.
_KEY = func.coalesce(Chat.department_id, 0)


def _departments(session: Session, person: OperatorFacts) -> tuple[DepartmentRow, ...]:
    """«No department» first, then the departments in their order."""
    counts = {
        row.department_id or None: row
        for row in session.execute(
            select(
                _KEY.label("department_id"),
                func.sum(case((IS_ONLINE, 1), else_=0)).label("chats"),
                func.sum(case((WAITS, 1), else_=0)).label("waiting"),
                func.min(case((WAITS, Chat.queued_at))).label("waiting_since"),
            )
            .where(IS_OPEN, sees_chat(person))
            .group_by(_KEY)
        )
    }
    names: list[tuple[int | None, str | None]] = [(None, None)]
    shown = select(Department.id, Department.name).order_by(Department.sort_order, Department.name)
    if not person.is_admin:
        own = person.department_ids | person.supervised_department_ids | person.subordinate_department_ids
        # A chat that was handed to somebody from outside counts with them, under its own department.
        shown = shown.where(Department.id.in_(own.union(key for key in counts if key is not None)))
    names += [(row.id, row.name) for row in session.execute(shown)]
    return tuple(
        DepartmentRow(key, name, row.chats, row.waiting, row.waiting_since)
        if (row := counts.get(key))
        else DepartmentRow(key, name, 0, 0, None)
        for key, name in names
    )


def _now(
    session: Session, rows: Sequence[DepartmentRow], people: Sequence[OperatorView], now: datetime
) -> Now:
    taken = sum(row.chats for row in rows)
    oldest = [row.waiting_since for row in rows if row.waiting_since]
    shown = {view.card.id for view in people}
    return Now(
        chats_online=taken,
        waiting=sum(row.waiting for row in rows),
        waiting_since=min(oldest, default=None),
        operators_online=sum(rules_of(view.status).counts_as_online for view in people),
        operators_invisible=sum(view.status is OperatorStatus.INVISIBLE for view in people),
        visitors=count_on_site(session, now),
        places=sum(operator.max_chats for operator in online_facts(session) if operator.id in shown),
    )


def _period(session: Session, person: OperatorFacts, begin: datetime, now: datetime) -> Period:
    """Chats begun since `begin`. Missed: ended with no operator's message. One still waiting has waited up to now."""
    row = session.execute(
        select(
            func.count().label("requests"),
            func.sum(case((IS_MISSED, 1), else_=0)).label("missed"),
            func.avg(waited(now)).label("wait"),
        ).where(Chat.started_at >= begin, sees_chat(person))
    ).one()
    return Period(row.requests, row.missed or 0, max(0.0, float(row.wait or 0)))


def _groups(
    session: Session,
    person: OperatorFacts,
    people: Sequence[OperatorView],
    rows: Sequence[DepartmentRow],
    now: datetime,
) -> tuple[OperatorGroup, ...]:
    """Operators under each of their departments; those with none under «No department»."""
    figures = _figures(session, person, now)
    members: defaultdict[int | None, list[OperatorRow]] = defaultdict(list)
    for view in people:
        for department_id in view.department_ids or (None,):
            members[department_id].append(OperatorRow(view, *figures[view.card.id]))
    return tuple(OperatorGroup(row.id, row.name, tuple(members[row.id])) for row in rows if members[row.id])


def _figures(
    session: Session, person: OperatorFacts, now: datetime
) -> defaultdict[int | None, tuple[int, int, float | None]]:
    """By operator: open chats, chats that came to them in the last hour, mean wait until their first replies in it."""
    hour_ago = now - HOUR
    figures: defaultdict[int | None, tuple[int, int, float | None]] = defaultdict(lambda: (0, 0, None))
    for operator_id, chats in session.execute(
        select(Chat.operator_id, func.count())
        .where(IS_OPEN, Chat.operator_id.is_not(None), sees_chat(person))
        .group_by(Chat.operator_id)
    ):
        figures[operator_id] = (chats, 0, None)
    for operator_id, came in session.execute(
        select(Chat.operator_id, func.count())
        .where(came_since(hour_ago), sees_chat(person))
        .group_by(Chat.operator_id)
    ):
        figures[operator_id] = (figures[operator_id][0], came, None)
    for operator_id, seconds in session.execute(
        select(Chat.first_reply_operator_id, func.avg(waited(now)))
        .where(Chat.first_reply_at > hour_ago, sees_chat(person))
        .group_by(Chat.first_reply_operator_id)
    ):
        figures[operator_id] = (*figures[operator_id][:2], None if seconds is None else float(seconds))
    return figures
