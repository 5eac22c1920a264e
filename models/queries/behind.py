"""The rows behind the numbers of the main page, by the very conditions that count them."""

import enum
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session, aliased

from models.chats import OPEN_STATES, Chat
from models.departments import Department
from models.operators import Operator
from models.queries.counted import (
    HOUR,
    IS_MISSED,
    begin_of_day,
    came_since,
    sees_chat,
    sees_person,
    waited,
)
from models.queries.people import OperatorView, open_chats, operator_views
from models.queries.visitors import is_on_site
from models.settings import load_settings
from models.visitors import PageView, Visitor
from policy.facts import OperatorFacts
from policy.statuses import OperatorStatus
from policy.transitions import ChatState

PAGE_SIZE = 50


class Period(enum.Enum):
    """Since when chats are counted."""

    HOUR = "hour"
    TODAY = "today"


class Counted(enum.Enum):
    """A number that counts chats by when they began, or by when they came to an operator."""

    REQUESTS = "requests"
    MISSED = "missed"
    WAIT = "wait"
    CAME = "came"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class Question:
    """One number of the main page: what it counts, since when, and whose."""

    counted: Counted
    period: Period = Period.HOUR
    operator_id: int | None = None


@dataclass(frozen=True, slots=True)
class ChatRow:
    public_id: str
    visitor: str
    visitor_id: str
    department: str | None
    operator: str | None
    started_at: datetime
    state: ChatState
    wait_seconds: float | None
    """None: it ended before anybody answered."""
    waits_still: bool


@dataclass(frozen=True, slots=True)
class ChatRows:
    total: int
    wait_seconds: float
    """The mean of all rows, not of this page's alone."""
    rows: tuple[ChatRow, ...]


@dataclass(frozen=True, slots=True)
class PersonRow:
    operator: OperatorView
    chats: int
    max_chats: int


@dataclass(frozen=True, slots=True)
class ViewRow:
    url: str
    title: str
    started_at: datetime


def chats_behind(
    session: Session, person: OperatorFacts, question: Question, now: datetime, zone: ZoneInfo, page: int
) -> ChatRows:
    """The chats that a number counts, the latest first, a page at a time, with how many and how long they waited."""
    condition = and_(_condition(question, now, zone), sees_chat(person))
    seconds = waited(now)
    total, mean = session.execute(select(func.count(), func.avg(seconds)).where(condition)).one()
    answerer = aliased(Operator)
    found = session.execute(
        select(
            Chat.public_id,
            Visitor.name.label("visitor"),
            Visitor.public_id.label("visitor_id"),
            Department.name.label("department"),
            answerer.internal_name.label("operator"),
            Chat.started_at,
            Chat.state,
            seconds.label("wait_seconds"),
            case((and_(Chat.first_reply_at.is_(None), Chat.state.in_(OPEN_STATES)), True), else_=False).label(
                "waits_still"
            ),
        )
        .join(Visitor, Visitor.id == Chat.visitor_id)
        .outerjoin(Department, Department.id == Chat.department_id)
        .outerjoin(answerer, answerer.id == Chat.operator_id)
        .where(condition)
        .order_by(Chat.started_at.desc(), Chat.id.desc())
        .limit(PAGE_SIZE)
        .offset(page * PAGE_SIZE)
    )
    rows = tuple(ChatRow(**row) for row in found.mappings())
    return ChatRows(total, max(0.0, float(mean or 0)), rows)


def _condition(question: Question, now: datetime, zone: ZoneInfo) -> ColumnElement[bool]:
    since = now - HOUR if question.period is Period.HOUR else begin_of_day(now, zone)
    if question.counted is Counted.CAME:
        return and_(came_since(since), Chat.operator_id == question.operator_id)
    if question.counted is Counted.ANSWERED:
        return and_(Chat.first_reply_at > since, Chat.first_reply_operator_id == question.operator_id)
    begun = Chat.started_at >= since
    if question.counted is Counted.MISSED:
        return and_(begun, IS_MISSED)
    # Whoever left unanswered is counted as missed; their wait is part of no mean.
    return and_(begun, ~IS_MISSED) if question.counted is Counted.WAIT else begun


def people_behind(session: Session, person: OperatorFacts, status: OperatorStatus) -> tuple[PersonRow, ...]:
    """Whom the person may see in a status, with how many chats each has and may have."""
    common = load_settings(session).max_chats_per_operator
    loads = open_chats(session)
    return tuple(
        PersonRow(view, loads.get(view.card.id, 0), view.max_chats or common)
        for view in operator_views(session)
        if view.status is status and sees_person(person, view)
    )


def views_behind(session: Session, now: datetime, page: int) -> tuple[ViewRow, ...]:
    """The pages that visitors look at now, the latest first, a page at a time."""
    found = session.execute(
        select(PageView.url, PageView.title, PageView.started_at)
        .where(is_on_site(now))
        .order_by(PageView.started_at.desc(), PageView.id)
        .limit(PAGE_SIZE)
        .offset(page * PAGE_SIZE)
    )
    return tuple(ViewRow(row.url, row.title, row.started_at) for row in found)


def operator_seen_by(session: Session, person: OperatorFacts, operator_id: int) -> OperatorView | None:
    """The operator, where the person's main page shows them."""
    return next(
        (
            view
            for view in operator_views(session)
            if view.card.id == operator_id and sees_person(person, view)
        ),
        None,
    )
