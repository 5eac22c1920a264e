"""What an administrator does with departments: save one, remove one."""

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

import geo
from actions import audit
from actions.events import DepartmentChanged, record
from models.chats import Chat
from models.departments import Department
from models.operators import Operator, operator_departments
from models.placements import Placement
from policy.errors import DomainError
from policy.geography import Target, parse_targets
from policy.hours_rules import check
from policy.keys import DEPARTMENT_KEY, key_from
from policy.transitions import ChatState


class DepartmentRefused(DomainError):
    """`name_missing`, `name_taken`, `key_wrong`, `key_taken` or `chats_wait`."""


class ChatsWait(DepartmentRefused):
    """Somebody waits in the department's queue: it cannot be removed from under them."""

    def __init__(self, waiting: int) -> None:
        super().__init__("chats_wait")
        self.waiting = waiting


def save_department(session: Session, department: Department) -> None:
    """A department has a name and an identifier of its own, made from the name when none was typed.

    Where none was typed, the name must be a new one: the same form sent twice makes one department, not two.
    Places of its geography that nobody knows are refused, each by its name.
    """
    with session.no_autoflush:
        others = session.execute(
            select(Department.key, Department.name).where(Department.id != (department.id or 0))
        ).all()
    taken = {other.key for other in others}
    if not department.name:
        raise DepartmentRefused("name_missing")
    if not department.key:
        if department.name.casefold() in {other.name.casefold() for other in others}:
            raise DepartmentRefused("name_taken")
        department.key = key_from(department.name, taken, otherwise="department")
    if not DEPARTMENT_KEY.fullmatch(department.key):
        raise DepartmentRefused("key_wrong")
    if department.key in taken:
        raise DepartmentRefused("key_taken")
    department.geo_places = [[one.country, one.city] for one in _understood(department)]
    audit.saved(session, department)
    session.add(department)
    session.flush()  # which gives hours to a department that was given none
    check(department.working_hours)
    record(session, DepartmentChanged(department.id))


def _understood(department: Department) -> tuple[Target, ...]:
    return parse_targets(department.geo_targets or "", geo.gazetteer())


def waiting_in(session: Session, department: Department) -> int:
    """How many chats wait in the department's queue, assigned or not."""
    return (
        session.scalar(
            select(func.count()).where(Chat.department_id == department.id, Chat.state == ChatState.QUEUE)
        )
        or 0
    )


def delete_department(session: Session, department: Department, *, heir: Department | None = None) -> None:
    """Remove a department; its operators and placements go to the heir, or to no department. Chats are kept.

    Refused while chats wait in it: their visitors would lose the people they wait for.
    """
    waiting = waiting_in(session, department)
    if waiting:
        raise ChatsWait(waiting)
    if heir is not None:
        _hand_over(session, department, heir)
    audit.deleted(session, department)
    removed_id = department.id
    session.delete(department)
    session.flush()
    # The database itself took the department out of chats, placements and people's lists.
    session.expire_all()
    record(session, DepartmentChanged(removed_id))


def _hand_over(session: Session, department: Department, heir: Department) -> None:
    people = session.scalars(
        select(Operator)
        .join(operator_departments, operator_departments.c.operator_id == Operator.id)
        .where(operator_departments.c.department_id == department.id)
    )
    for person in people:
        if heir not in person.departments:
            person.departments.append(heir)
    session.execute(
        update(Placement).where(Placement.department_id == department.id).values(department_id=heir.id)
    )
