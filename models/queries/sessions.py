"""Which sign-ins still hold."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.departments import Department
from models.operators import Operator, OperatorSession


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
    """Differs as soon as anybody's card or a department was saved or removed, by whichever process.

    Every save counts a version up, so two sums tell it without reading anybody's rights.
    """
    row = session.execute(
        select(
            select(func.count()).select_from(Operator).where(Operator.deleted_at.is_(None)).scalar_subquery(),
            select(func.coalesce(func.sum(Operator.version), 0)).scalar_subquery(),
            select(func.count()).select_from(Department).scalar_subquery(),
            select(func.coalesce(func.sum(Department.version), 0)).scalar_subquery(),
        )
    ).one()
    return tuple(int(number) for number in row)
