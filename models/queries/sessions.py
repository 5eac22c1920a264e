"""Which sign-ins still hold, and what they open."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Table, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from models.departments import Department
from models.operators import (
    Operator,
    OperatorSession,
    operator_departments,
    operator_subordinates,
    operator_supervised_departments,
)
from models.second_factors import SecondFactor
from models.settings import Settings


@dataclass(frozen=True, slots=True)
class SessionView:
    """A browser in which somebody is signed in."""

    id: int
    began_at: datetime
    last_seen_at: datetime
    address: str
    user_agent: str


def opens_work(now: datetime) -> ColumnElement[bool]:
    """Whether a session, joined with its operator, opens the workplace: it has not ended, and no duty comes first.

    `policy.duties` says the same of one person.
    """
    has_second_factor = exists().where(SecondFactor.operator_id == Operator.id)
    is_demanded = select(Settings.second_factor_demanded).scalar_subquery()
    return and_(
        OperatorSession.ended_at.is_(None),
        OperatorSession.expires_at > now,
        Operator.is_active.is_(True),
        Operator.deleted_at.is_(None),
        Operator.must_change_password.is_(False),
        or_(is_demanded.is_(False), has_second_factor),
    )


def sessions_of(session: Session, operator_id: int, now: datetime) -> list[SessionView]:
    """Where a person is signed in, the browser used last first."""
    rows = session.execute(
        select(
            OperatorSession.id,
            OperatorSession.created_at,
            OperatorSession.last_seen_at,
            OperatorSession.address,
            OperatorSession.user_agent,
        )
        .where(
            OperatorSession.operator_id == operator_id,
            OperatorSession.ended_at.is_(None),
            OperatorSession.expires_at > now,
        )
        .order_by(OperatorSession.last_seen_at.desc(), OperatorSession.id.desc())
    )
    return [SessionView(*row) for row in rows]


def living_sessions(session: Session, session_ids: Collection[int], now: datetime) -> set[int]:
    """Those of the sessions that still open the workplace."""
    if not session_ids:
        return set()
    return set(
        session.scalars(
            select(OperatorSession.id)
            .join(Operator, Operator.id == OperatorSession.operator_id)
            .where(OperatorSession.id.in_(session_ids), opens_work(now))
        )
    )


def rights_mark(session: Session) -> tuple[int, ...]:
    """Differs as soon as rights, departments or settings changed, by whichever process and in whichever way.

    Saved forms count a version up; who belongs where is summed from the rows themselves.
    """
    row = session.execute(
        select(
            select(func.count()).select_from(Operator).where(Operator.deleted_at.is_(None)).scalar_subquery(),
            _sum(Operator.version),
            _sum(case((Operator.is_admin, Operator.id), else_=0)),
            select(func.count()).select_from(Department).scalar_subquery(),
            _sum(Department.version),
            _sum(Settings.version),
            *(_sum(_pair(table)) for table in _BELONGING),
        )
    ).one()
    return tuple(int(number) for number in row)


_BELONGING = (operator_departments, operator_supervised_departments, operator_subordinates)
_APART = 1_000_003
"""A prime that keeps pairs of small numbers apart in a sum."""


def _pair(table: Table) -> ColumnElement[int]:
    one, other = table.primary_key.columns
    return (one * _APART + other) * (one + other)


def _sum(values: Any) -> ScalarSelect[Any]:
    return select(func.coalesce(func.sum(values), 0)).scalar_subquery()
