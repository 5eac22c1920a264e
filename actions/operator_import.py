"""Many operators at once, from a file: what would become of each line, and then all of them or none."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from actions import audit
from actions.email_addresses import is_address
from actions.operators import AccountRefused, lock_accounts, normal_email, save_operator
from models.audit import AuditKind
from models.departments import Department
from models.operators import Operator
from policy.errors import DomainError
from policy.operator_table import PUBLIC_NAME_MAXIMUM, Fault, Row


class Verb(enum.Enum):
    """What becomes of a line."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """One line of the file and what would be done with it."""

    line: int
    email: str
    name: str
    verb: Verb
    changes: tuple[tuple[str, Any, Any], ...]
    """Field, what is stored, what the file says; departments by their names."""
    faults: tuple[Fault, ...]
    values: dict[str, Any]
    """What would be stored."""


class ImportRefused(DomainError):
    """`lines_wrong`: some line cannot be carried out, so none is; or an account's own refusal, at `line`."""

    def __init__(self, code: str, line: int = 0) -> None:
        super().__init__(code)
        self.line = line


def plan_import(session: Session, rows: Sequence[Row]) -> list[PlannedLine]:
    """What would become of each line; nothing is stored."""
    departments = list(session.scalars(select(Department)))
    known = {
        operator.email: operator
        for operator in session.scalars(
            select(Operator).where(Operator.deleted_at.is_(None)).options(selectinload(Operator.departments))
        )
    }
    return [_planned(row, known.get(normal_email(row.email)), departments) for row in rows]


def carry_out_import(session: Session, rows: Sequence[Row], now: datetime) -> list[Operator]:
    """Create and change operators as the lines say, all of them or none; gives those that are new."""
    lock_accounts(session)
    planned = plan_import(session, rows)
    if any(one.verb is Verb.REFUSED for one in planned):
        raise ImportRefused("lines_wrong")
    new = []
    for one in planned:
        if one.verb is not Verb.UNCHANGED:
            operator = _operator(session, one)
            try:
                with session.no_autoflush:
                    for name, value in one.values.items():
                        setattr(operator, name, value)
                    operator.version = (operator.version or 0) + 1
                    save_operator(session, operator, now)
            except AccountRefused as refused:
                raise ImportRefused(refused.code, one.line) from refused
            if one.verb is Verb.CREATED:
                new.append(operator)
    changed = sum(one.verb is Verb.CHANGED for one in planned)
    audit.write(
        session,
        AuditKind.IMPORTED,
        audit.About("operators"),
        {"created": (None, len(new)), "changed": (None, changed)},
    )
    return new


def _operator(session: Session, one: PlannedLine) -> Operator:
    found = session.scalar(
        select(Operator).where(Operator.email == normal_email(one.email), Operator.deleted_at.is_(None))
    )
    return found or Operator(
        email=one.email, departments=[], supervised_departments=[], subordinates=[], languages=[], version=0
    )


def _planned(row: Row, operator: Operator | None, departments: Sequence[Department]) -> PlannedLine:
    faults = list(row.faults)
    values = {name: value for name, value in row.values.items() if name != "email"}
    if row.email and not is_address(row.email):
        faults.append(Fault("email", "email_wrong"))
    if "departments" in values:
        values["departments"], unknown = _departments(values["departments"], departments)
        faults += [Fault("departments", "department_unknown", name) for name in unknown]
    if operator is None and not faults:
        faults += _complete(values)
    changes = tuple(
        (name, *_shown(name, operator, value))
        for name, value in values.items()
        if operator is None or _differs(getattr(operator, name), value)
    )
    verb = Verb.CREATED if operator is None else Verb.CHANGED if changes else Verb.UNCHANGED
    name = values.get("internal_name") or (operator.internal_name if operator else "")
    return PlannedLine(
        row.line,
        normal_email(row.email),
        name,
        Verb.REFUSED if faults else verb,
        changes,
        tuple(faults),
        values,
    )


def _complete(values: dict[str, Any]) -> list[Fault]:
    """A new account has both names; visitors see the internal one where it fits and no other was given."""
    name = values.get("internal_name")
    if not name:
        return [Fault("internal_name", "missing")]
    values.setdefault("public_name", name)
    if len(values["public_name"]) > PUBLIC_NAME_MAXIMUM:
        return [Fault("public_name", "too_long", str(PUBLIC_NAME_MAXIMUM))]
    return []


def _departments(
    names: Sequence[str], all_of_them: Sequence[Department]
) -> tuple[list[Department], list[str]]:
    """Departments by name or identifier, several divided by commas where no name has one."""
    by_name = {one.key: one for one in all_of_them} | {one.name.casefold(): one for one in all_of_them}
    found, unknown = list[Department](), list[str]()
    for whole in names:
        pieces = [whole] if whole.casefold() in by_name else [piece.strip() for piece in whole.split(",")]
        for piece in filter(None, pieces):
            one = by_name.get(piece.casefold())
            if one is None:
                unknown.append(piece[:100])
            elif one not in found:
                found.append(one)
    return found, unknown


def _differs(stored: Any, given: Any) -> bool:
    if isinstance(given, list):
        return set(stored) != set(given)
    return bool(stored != given)


def _shown(name: str, operator: Operator | None, value: Any) -> tuple[Any, Any]:
    def plain(given: Any) -> Any:
        return [str(one) for one in given] if isinstance(given, list) else given

    return (plain(getattr(operator, name)) if operator else None), plain(value)
