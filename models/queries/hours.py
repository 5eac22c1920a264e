"""The working hours of a company and its departments, to be asked about any moment."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.departments import Department
from models.settings import load_settings
from policy import hours
from policy.hours import Hours, hours_for


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """All of them, in the company's zone. A department is named by its number; None is a chat without one."""

    zone: ZoneInfo
    company: Hours
    own: Mapping[int, Hours]

    def of(self, department_id: int | None) -> Hours:
        """By which hours a chat of the department goes."""
        own = self.own.get(department_id) if department_id is not None else None
        return hours_for(own, self.company)

    def is_open(self, department_id: int | None, now: datetime) -> bool:
        return hours.is_open(self.of(department_id), self.zone, now)

    def opens_next(self, department_id: int | None, now: datetime) -> datetime | None:
        return hours.opens_next(self.of(department_id), self.zone, now)

    def is_closed(self, now: datetime) -> bool:
        """Whether nobody is there: not by the company's hours, and not by those of any department."""
        return not any(self.is_open(one, now) for one in (None, *self.own))

    def opens_first(self, department_ids: Collection[int | None], now: datetime) -> datetime | None:
        """When the first of these that are closed opens; None where that keeps nobody away, or none ever opens.

        Where a chat may begin without a department, the hours of the company are what counts.
        """
        asked = [None] if None in department_ids else department_ids
        if any(self.is_open(one, now) for one in asked):
            return None
        found = [self.opens_next(one, now) for one in department_ids if not self.is_open(one, now)]
        return min((one for one in found if one is not None), default=None)

    def changes_next(self, now: datetime) -> datetime | None:
        """When anything of it opens or closes next."""
        found = [hours.changes_next(one, self.zone, now) for one in (self.company, *self.own.values())]
        return min((one for one in found if one is not None), default=None)


def opening_hours(session: Session) -> OpeningHours:
    """As they are set now."""
    settings = load_settings(session)
    stored = session.execute(select(Department.id, Department.working_hours))
    return OpeningHours(
        zone=ZoneInfo(settings.time_zone),
        company=settings.working_hours,
        own={department_id: own for department_id, own in stored if own.is_on},
    )
