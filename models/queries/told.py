"""Chats as events tell them: what decisions and pages need of one, read together by a query that is built once."""

from collections.abc import Collection
from dataclasses import fields
from typing import Any, NamedTuple, cast

from sqlalchemy import Row, Table, bindparam, select
from sqlalchemy.orm import Session

from models.chats import Chat
from models.departments import Department
from models.operators import Operator
from models.placements import Placement
from models.queries.chats import ChatView, DepartmentCard, VisitorCard
from models.queries.people import OperatorCard
from models.visitors import Visitor
from policy.facts import ChatFacts

_CHATS, _VISITORS, _DEPARTMENTS, _PLACEMENTS, _OPERATORS = (
    cast(Table, model.__table__) for model in (Chat, Visitor, Department, Placement, Operator)
)


class Told(NamedTuple):
    facts: ChatFacts
    view: ChatView


# A view's plain fields are columns of the chat; its cards come from the rows beside it.
_PLAIN = tuple(
    one.name
    for one in fields(ChatView)
    if one.name not in ("id", "visitor", "department", "operator", "placement")
)
_TOLD = (
    select(
        _CHATS.c.id,
        _CHATS.c.public_id,
        _CHATS.c.department_id,
        _CHATS.c.operator_id,
        _CHATS.c.visitor_id,
        _VISITORS.c.public_id.label("visitor_public_id"),
        _VISITORS.c.name.label("visitor_name"),
        _VISITORS.c.email,
        _VISITORS.c.phone,
        _DEPARTMENTS.c.key.label("department_key"),
        _DEPARTMENTS.c.name.label("department_name"),
        _DEPARTMENTS.c.names,
        _OPERATORS.c.public_id.label("operator_public_id"),
        _OPERATORS.c.internal_name,
        _OPERATORS.c.public_name,
        _OPERATORS.c.photo,
        _OPERATORS.c.is_admin,
        _PLACEMENTS.c.key.label("placement"),
        *(_CHATS.c[name] for name in _PLAIN),
    )
    .join(_VISITORS, _VISITORS.c.id == _CHATS.c.visitor_id)
    .join(_DEPARTMENTS, _DEPARTMENTS.c.id == _CHATS.c.department_id, isouter=True)
    .join(_OPERATORS, _OPERATORS.c.id == _CHATS.c.operator_id, isouter=True)
    .join(_PLACEMENTS, _PLACEMENTS.c.id == _CHATS.c.placement_id, isouter=True)
    .where(_CHATS.c.id.in_(bindparam("chats", expanding=True)))
)


def told(session: Session, chat_ids: Collection[int]) -> dict[int, Told]:
    """These chats as they stand in this transaction; what was changed through the ORM has been flushed."""
    found = session.connection().execute(_TOLD, {"chats": list(chat_ids)})
    return {row.id: Told(_facts(row), _view(row)) for row in found}


def _facts(row: Row[*tuple[Any, ...]]) -> ChatFacts:
    return ChatFacts(
        id=row.id,
        state=row.state,
        language=row.language,
        queued_at=row.queued_at,
        department_id=row.department_id,
        operator_id=row.operator_id,
        requested_operator_id=row.requested_operator_id,
        operator_is_admin=bool(row.is_admin),
        visitor_id=row.visitor_id,
    )


def _view(row: Row[*tuple[Any, ...]]) -> ChatView:
    return ChatView(
        id=row.public_id,
        visitor=VisitorCard(row.visitor_public_id, row.visitor_name, row.email, row.phone),
        department=_department(row),
        operator=_operator(row),
        placement=row.placement,
        **{name: getattr(row, name) for name in _PLAIN},
    )


def _department(row: Row[*tuple[Any, ...]]) -> DepartmentCard | None:
    if row.department_id is None:
        return None
    names = tuple(row.names.items())
    return DepartmentCard(row.department_id, row.department_key, row.department_name, names)


def _operator(row: Row[*tuple[Any, ...]]) -> OperatorCard | None:
    if row.operator_id is None:
        return None
    return OperatorCard(
        row.operator_id, row.operator_public_id, row.internal_name, row.public_name, row.photo
    )
