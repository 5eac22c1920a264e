"""Departments as lists show them."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.departments import Department, targets_of
from models.queries.chats import DepartmentCard, department_card
from policy.geography import Target

# Every chat that begins asks this.
_WITH_GEOGRAPHY = (
    select(Department.id, Department.geo_places)
    .where(Department.geo_targets != "")
    .order_by(Department.sort_order, Department.name, Department.id)
)


def department_cards(session: Session) -> list[DepartmentCard]:
    """All departments in their order."""
    found = session.scalars(select(Department).order_by(Department.sort_order, Department.name))
    return [department_card(row) for row in found]


def department_named(session: Session, key: str | None) -> int | None:
    """The department that a page's code names; None where it names none, or one that is no more."""
    return session.scalar(select(Department.id).where(Department.key == key)) if key else None


def geography(session: Session) -> list[tuple[int, tuple[Target, ...]]]:
    """The departments that have geography with their places, in the order in which departments come."""
    return [(department_id, targets_of(places)) for department_id, places in session.execute(_WITH_GEOGRAPHY)]
