"""Which sign-ins still hold."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

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
