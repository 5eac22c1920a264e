"""Operators as others see them, and the facts that decisions need."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Select, String, Table, and_, bindparam, func, not_, or_, select
from sqlalchemy import cast as sql_cast
from sqlalchemy.orm import Session, joinedload, selectinload

from models.chats import IS_OPEN, Chat
from models.operators import Operator, OperatorPresence, OperatorSession, operator_departments
from models.queries.sessions import opens_work
from models.settings import Settings, load_settings
from policy.facts import OperatorFacts
from policy.languages import Language
from policy.statuses import OperatorStatus

_CHATS, _OPERATORS, _PRESENCE, _SETTINGS = (
    cast(Table, model.__table__) for model in (Chat, Operator, OperatorPresence, Settings)
)
_DEPARTMENTS_OF = (
    select(func.aggregate_strings(sql_cast(operator_departments.c.department_id, String), ","))
    .where(operator_departments.c.operator_id == _OPERATORS.c.id)
    .scalar_subquery()
)
# A chat with a silent visitor counts again when they write, or when the setting is switched off.
_COUNTS = and_(
    IS_OPEN,
    or_(
        _CHATS.c.silent_since.is_(None),
        not_(select(_SETTINGS.c.silent_chats_leave_limit).scalar_subquery()),
    ),
)
_LOAD_OF = select(func.count()).where(_COUNTS, _CHATS.c.operator_id == _OPERATORS.c.id).scalar_subquery()
_COMMON_LIMIT = select(_SETTINGS.c.max_chats_per_operator).scalar_subquery()
# Every claim reads this: built once, and only what a decision is made from.
_ONLINE = (
    select(
        _OPERATORS.c.id,
        _OPERATORS.c.is_admin,
        _DEPARTMENTS_OF,
        _OPERATORS.c.languages,
        func.coalesce(func.nullif(_OPERATORS.c.max_chats, 0), _COMMON_LIMIT),
        _LOAD_OF,
        _PRESENCE.c.last_assigned_at,
        _OPERATORS.c.sort_order,
    )
    .join(_PRESENCE, _PRESENCE.c.operator_id == _OPERATORS.c.id)
    .where(
        _PRESENCE.c.status == OperatorStatus.ONLINE,
        _OPERATORS.c.is_active.is_(True),
        _OPERATORS.c.deleted_at.is_(None),
    )
)
_OPEN_CHATS_OF = select(func.count()).where(_COUNTS, _CHATS.c.operator_id == bindparam("operator_id"))
_OPEN_CHATS = (
    select(_CHATS.c.operator_id, func.count())
    .where(_COUNTS, _CHATS.c.operator_id.is_not(None))
    .group_by(_CHATS.c.operator_id)
)


@dataclass(frozen=True, slots=True)
class OperatorCard:
    """Who wrote a message or has a chat; each plane's payload takes what its audience may know."""

    id: int
    public_id: str
    internal_name: str
    public_name: str
    photo: str | None


@dataclass(frozen=True, slots=True)
class OperatorView:
    card: OperatorCard
    status: OperatorStatus
    status_since: datetime
    status_reason: str | None
    department_ids: tuple[int, ...]
    languages: tuple[Language, ...]
    is_admin: bool
    max_chats: int | None
    """Own limit of chats; None = the common one."""


def card_of(operator: Operator) -> OperatorCard:
    """Who this is, for all audiences together."""
    return OperatorCard(
        operator.id, operator.public_id, operator.internal_name, operator.public_name, operator.photo
    )


def view_of(operator: Operator) -> OperatorView:
    """The operator as plain data, with status."""
    return OperatorView(
        card=card_of(operator),
        status=operator.presence.status,
        status_since=operator.presence.status_since,
        status_reason=operator.presence.status_reason,
        department_ids=tuple(department.id for department in operator.departments),
        languages=tuple(Language(tag) for tag in operator.languages),
        is_admin=operator.is_admin,
        max_chats=operator.max_chats,
    )


def everybody(session: Session) -> list[Operator]:
    """Everybody who works here with all that their facts are made of, in the order of the visitors' list."""
    return list(session.scalars(_people().order_by(Operator.sort_order, Operator.id)))


def operator_views(session: Session) -> list[OperatorView]:
    """Everybody who works here as plain data."""
    return [view_of(operator) for operator in everybody(session)]


def person(session: Session, operator_id: int) -> Operator | None:
    """One active operator with all that their facts are made of."""
    return session.scalar(_people().where(Operator.id == operator_id))


def signed_in(session: Session, session_id: int, now: datetime) -> Operator | None:
    """The person behind a session that opens the workplace."""
    return session.scalar(
        _people()
        .join(OperatorSession, OperatorSession.operator_id == Operator.id)
        .where(OperatorSession.id == session_id, opens_work(now))
    )


def facts_of(session: Session, operator: Operator) -> OperatorFacts:
    """The facts of one person, their load counted from the rows."""
    common = load_settings(session).max_chats_per_operator
    return operator.facts(common_max_chats=common, load=load_of(session, operator.id))


def everybodys_facts(session: Session) -> list[OperatorFacts]:
    """The facts of everybody, for explaining why a chat waits."""
    loads = open_chats(session)
    common = load_settings(session).max_chats_per_operator
    return [
        operator.facts(common_max_chats=common, load=loads.get(operator.id, 0))
        for operator in everybody(session)
    ]


def open_chats(session: Session) -> dict[int, int]:
    """How many open chats each operator is responsible for; those with none are absent."""
    return dict(row for row in session.execute(_OPEN_CHATS))


def load_of(session: Session, operator_id: int) -> int:
    """How many open chats one operator is responsible for."""
    return session.execute(_OPEN_CHATS_OF, {"operator_id": operator_id}).scalar_one()


def online_facts(session: Session) -> list[OperatorFacts]:
    """The facts that assignment needs of everybody who is online; one query however many they are."""
    return [
        OperatorFacts(
            id=operator_id,
            status=OperatorStatus.ONLINE,
            is_admin=is_admin,
            department_ids=frozenset(map(int, departments.split(","))) if departments else frozenset(),
            languages=frozenset(map(Language, languages)),
            max_chats=max_chats,
            load=load,
            last_assigned_at=last_assigned_at,
            sort_order=sort_order,
        )
        for (
            operator_id,
            is_admin,
            departments,
            languages,
            max_chats,
            load,
            last_assigned_at,
            sort_order,
        ) in session.execute(_ONLINE)
    ]


def _people() -> Select[Operator]:
    return (
        select(Operator)
        .where(Operator.is_active.is_(True), Operator.deleted_at.is_(None))
        .options(
            joinedload(Operator.presence),
            selectinload(Operator.departments),
            selectinload(Operator.supervised_departments),
            selectinload(Operator.subordinates).selectinload(Operator.departments),
        )
    )
