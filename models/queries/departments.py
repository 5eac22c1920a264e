"""Departments as lists show them."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.departments import Department
from models.queries.chats import DepartmentCard, department_card


def department_cards(session: Session) -> list[DepartmentCard]:
    """All departments in their order."""
    found = session.scalars(select(Department).order_by(Department.sort_order, Department.name))
    return [department_card(row) for row in found]
