"""Operators as others see them, and the facts that decisions need."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from models.chats import IS_OPEN, Chat
from models.operators import Operator, OperatorPresence, OperatorSession, operator_departments
from models.queries.sessions import opens_work
from models.settings import load_settings
from policy.facts import OperatorFacts
from policy.languages import Language
from policy.statuses import OperatorStatus


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
    load = open_chats(session, [operator.id]).get(operator.id, 0)
    return operator.facts(common_max_chats=load_settings(session).max_chats_per_operator, load=load)


def everybodys_facts(session: Session) -> list[OperatorFacts]:
    """The facts of everybody, for explaining why a chat waits."""
    loads = open_chats(session)
    common = load_settings(session).max_chats_per_operator
    return [
        operator.facts(common_max_chats=common, load=loads.get(operator.id, 0))
        for operator in everybody(session)
    ]


def open_chats(session: Session, operator_ids: Collection[int] | None = None) -> dict[int, int]:
    """How many open chats each operator is responsible for; those with none are absent."""
    query = (
        select(Chat.operator_id, func.count())
        .where(IS_OPEN, Chat.operator_id.is_not(None))
        .group_by(Chat.operator_id)
    )
    if operator_ids is not None:
        query = query.where(Chat.operator_id.in_(operator_ids))
    return {operator_id: count for operator_id, count in session.execute(query) if operator_id is not None}


def online_facts(session: Session) -> list[OperatorFacts]:
    """The facts that assignment needs of everybody who is online; three queries however many they are."""
    common = load_settings(session).max_chats_per_operator
    rows = session.execute(
        select(
            Operator.id,
            Operator.languages,
            Operator.max_chats,
            Operator.sort_order,
            Operator.is_admin,
            OperatorPresence.last_assigned_at,
        )
        .join(OperatorPresence, OperatorPresence.operator_id == Operator.id)
        .where(
            OperatorPresence.status == OperatorStatus.ONLINE,
            Operator.is_active.is_(True),
            Operator.deleted_at.is_(None),
        )
    ).all()
    if not rows:
        return []
    departments: dict[int, set[int]] = {}
    for operator_id, department_id in session.execute(
        select(operator_departments.c.operator_id, operator_departments.c.department_id)
    ):
        departments.setdefault(operator_id, set()).add(department_id)
    loads = open_chats(session)
    return [
        OperatorFacts(
            id=row.id,
            status=OperatorStatus.ONLINE,
            is_admin=row.is_admin,
            department_ids=frozenset(departments.get(row.id, ())),
            languages=frozenset(Language(tag) for tag in row.languages),
            max_chats=row.max_chats or common,
            load=loads.get(row.id, 0),
            last_assigned_at=row.last_assigned_at,
            sort_order=row.sort_order,
        )
        for row in rows
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
