"""How far a new company has come: what its administrator still has to do before the first visitor asks."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from models.chats import Chat
from models.departments import Department
from models.operators import Operator
from models.placements import Placement
from models.settings import load_settings


@dataclass(frozen=True, slots=True)
class FirstSteps:
    is_company_named: bool
    has_department: bool
    has_operator: bool
    """Somebody besides the administrator who began."""
    seen_on: str | None
    seen_at: datetime | None
    placement: str
    """Whose test page can be tried."""
    is_tried: bool

    @property
    def done(self) -> int:
        """How many of the five are done."""
        return sum(
            (
                self.is_company_named,
                self.has_department,
                self.has_operator,
                self.seen_at is not None,
                self.is_tried,
            )
        )


def first_steps(session: Session) -> FirstSteps | None:
    """The steps; None once the first real chat came: one begun where the code already stood on a site."""
    real = exists().where(Chat.placement_id == Placement.id, Chat.started_at >= Placement.first_seen_at)
    if session.scalar(select(real)):
        return None
    latest = session.scalars(
        select(Placement).order_by(Placement.last_seen_at.desc().nulls_last(), Placement.id).limit(1)
    ).one()
    workers = select(func.count()).where(Operator.is_active.is_(True), Operator.deleted_at.is_(None))
    return FirstSteps(
        is_company_named=bool(load_settings(session).company_name),
        has_department=bool(session.scalar(select(exists().where(Department.id.is_not(None))))),
        has_operator=(session.scalar(workers) or 0) > 1,
        seen_on=latest.last_seen_site,
        seen_at=latest.last_seen_at,
        placement=latest.key,
        is_tried=bool(session.scalar(select(exists().where(Chat.id.is_not(None))))),
    )
