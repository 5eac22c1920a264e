"""The numbers of the main page, each from the open chats or from one day: the cost does not grow with history."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Float, and_, bindparam, case, cast, func, or_, select, true
from sqlalchemy.orm import Session

from models.base import UtcDateTime
from models.chats import OPEN_STATES, Chat
from models.departments import Department
from models.operators import Operator
from models.queries.durations import SecondsBetween
from models.queries.people import OperatorView, online_facts, operator_views
from models.queries.visitors import count_on_site
from policy.facts import OperatorFacts
from policy.languages import Language
from policy.statuses import OperatorStatus, rules_of
from policy.transitions import ChatState


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


_WAITS = and_(Chat.state == ChatState.QUEUE, Chat.operator_id.is_(None))
_IS_ONLINE = or_(
    Chat.state == ChatState.CHATTING, and_(Chat.state == ChatState.QUEUE, Chat.operator_id.is_not(None))
)


def dashboard(session: Session, person: OperatorFacts, now: datetime, zone: ZoneInfo) -> Dashboard:
    """What this person may see of the present moment, the last hour and today (the company's day)."""
    today = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    people = [view for view in operator_views(session) if _sees_person(person, view)]
    rows = _departments(session, person)
    return Dashboard(
        at=now,
        now=_now(session, rows, people, now),
        last_hour=_period(session, person, now - timedelta(hours=1), now),
        today=_period(session, person, today, now),
        departments=rows,
        groups=_groups(session, people, rows, now),
    )


def _sees_person(person: OperatorFacts, view: OperatorView) -> bool:
    if person.is_admin or view.card.id == person.id:
        return True
    is_theirs = view.card.id in person.subordinate_ids or bool(
        person.supervised_department_ids.intersection(view.department_ids)
    )
    return is_theirs and not view.is_admin


def _sees_chat(person: OperatorFacts) -> ColumnElement[bool]:
    """The rights table's SEE_CHAT as a condition."""
    if person.is_admin:
        return true()
    answerable = and_(
        _WAITS,
        or_(Chat.department_id.is_(None), Chat.department_id.in_(person.department_ids)),
        Chat.language.in_(person.languages or frozenset(Language)),
        or_(Chat.requested_operator_id.is_(None), Chat.requested_operator_id == person.id),
    )
    watched = or_(
        Chat.operator_id.in_(person.subordinate_ids),
        Chat.department_id.in_(person.supervised_department_ids),
        and_(_WAITS, Chat.department_id.in_(person.subordinate_department_ids)),
    )
    administrators = select(Operator.id).where(Operator.is_admin.is_(True))
    is_open_to_watchers = or_(Chat.operator_id.is_(None), Chat.operator_id.not_in(administrators))
    return or_(Chat.operator_id == person.id, answerable, and_(watched, is_open_to_watchers))


def _departments(session: Session, person: OperatorFacts) -> tuple[DepartmentRow, ...]:
    """«Without department» first, then the departments in their order."""
    counts = {
        row.department_id: row
        for row in session.execute(
            select(
                Chat.department_id,
                func.sum(case((_IS_ONLINE, 1), else_=0)).label("chats"),
                func.sum(case((_WAITS, 1), else_=0)).label("waiting"),
                func.min(case((_WAITS, Chat.queued_at))).label("waiting_since"),
            )
            .where(Chat.state.in_(OPEN_STATES), _sees_chat(person))
            .group_by(Chat.department_id)
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
    answered_at = case(
        (Chat.first_reply_at.is_not(None), Chat.first_reply_at),
        (Chat.state.in_(OPEN_STATES), bindparam("now", now, UtcDateTime)),
    )
    row = session.execute(
        select(
            func.count().label("requests"),
            func.sum(
                case((and_(Chat.first_reply_at.is_(None), Chat.state.not_in(OPEN_STATES)), 1), else_=0)
            ).label("missed"),
            func.avg(cast(SecondsBetween(Chat.queued_at, answered_at), Float)).label("wait"),
        ).where(Chat.started_at >= begin, _sees_chat(person))
    ).one()
    return Period(row.requests, row.missed or 0, max(0.0, float(row.wait or 0)))


def _groups(
    session: Session, people: Sequence[OperatorView], rows: Sequence[DepartmentRow], now: datetime
) -> tuple[OperatorGroup, ...]:
    """Operators under each of their departments; those with none under «Without department»."""
    figures = _figures(session, now)
    members: defaultdict[int | None, list[OperatorRow]] = defaultdict(list)
    for view in people:
        for department_id in view.department_ids or (None,):
            members[department_id].append(OperatorRow(view, *figures[view.card.id]))
    return tuple(OperatorGroup(row.id, row.name, tuple(members[row.id])) for row in rows if members[row.id])


def _figures(session: Session, now: datetime) -> defaultdict[int | None, tuple[int, int, float | None]]:
    """By operator: open chats, chats that came to them in the last hour, mean wait until their first replies in it."""
    hour_ago = now - timedelta(hours=1)
    figures: defaultdict[int | None, tuple[int, int, float | None]] = defaultdict(lambda: (0, 0, None))
    is_open = Chat.state.in_(OPEN_STATES)
    for row in session.execute(
        select(
            Chat.operator_id,
            func.sum(case((is_open, 1), else_=0)).label("chats"),
            func.sum(case((Chat.assigned_at > hour_ago, 1), else_=0)).label("came"),
        )
        .where(Chat.operator_id.is_not(None), or_(is_open, Chat.closed_at > hour_ago))
        .group_by(Chat.operator_id)
    ):
        figures[row.operator_id] = (row.chats, row.came, None)
    wait = func.avg(cast(SecondsBetween(Chat.queued_at, Chat.first_reply_at), Float))
    for operator_id, seconds in session.execute(
        select(Chat.first_reply_operator_id, wait)
        .where(Chat.first_reply_at > hour_ago)
        .group_by(Chat.first_reply_operator_id)
    ):
        chats, came, _ = figures[operator_id]
        figures[operator_id] = (chats, came, float(seconds))
    return figures
