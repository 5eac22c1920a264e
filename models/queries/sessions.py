"""Which sign-ins still hold."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Table, case, func, select
from sqlalchemy.orm import Session

from models.departments import Department
from models.operators import (
    Operator,
    OperatorSession,
    operator_departments,
    operator_subordinates,
    operator_supervised_departments,
)
from models.settings import Settings


def living_sessions(session: Session, session_ids: Collection[int], now: datetime) -> set[int]:
    """Those of the sessions that have neither ended nor expired, of people who may still work here."""
    if not session_ids:
        return set()
    return set(
        session.scalars(
            select(OperatorSession.id)
            .join(Operator, Operator.id == OperatorSession.operator_id)
            .where(
                OperatorSession.id.in_(session_ids),
                OperatorSession.ended_at.is_(None),
                OperatorSession.expires_at > now,
                Operator.is_active.is_(True),
                Operator.deleted_at.is_(None),
            )
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
