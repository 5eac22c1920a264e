"""Auto-assignment carried out: take a snapshot, ask the policy, claim. Choosing is not claiming.

A transaction gives one chat. Several processes serve one queue side by side: what one of them is giving, the others
pass over (its operator and its visitor are locked), so the same plan keeps each of them busy with something else.
"""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import Select, Table, Update, and_, bindparam, case, or_, select, update
from sqlalchemy.orm import Session

from actions.changes import log_step, tell
from actions.events import ChatAssigned, last_change, record
from models.chats import IS_WAITING, AuthorKind, Chat
from models.operators import OperatorPresence
from models.queries import people
from models.queries.chats import ChatView
from models.settings import Settings
from models.visitors import Visitor
from policy.assignment import Assignment, first_of_each, plan, tried_after, why, with_those_ahead
from policy.facts import ChatFacts, OperatorFacts
from policy.languages import Language
from policy.statuses import OperatorStatus
from policy.transitions import ChatState, Step, next_state

WAITING_PAGE = 50
"""How much of the queue is looked at together; the page after it only while nobody has room for any of these."""
ATTEMPTS = 8
"""How many of a plan's decisions are tried before others are left to finish theirs."""

_CHATS, _VISITORS, _PRESENCE, _SETTINGS = (
    cast(Table, model.__table__) for model in (Chat, Visitor, OperatorPresence, Settings)
)


class _Claimed(NamedTuple):
    """What a claim holds locked."""

    public_id: str
    visitor_id: int
    revision: int


_FACTS = ("id", "language", "queued_at", "department_id", "requested_operator_id", "visitor_id")
_EARLIER = _CHATS.alias()
# Whom the visitor talked to last; looked up only where the settings want them first.
_LAST_OPERATOR = case(
    (
        select(_SETTINGS.c.prefers_last_operator).scalar_subquery(),
        select(_EARLIER.c.operator_id)
        .where(
            _EARLIER.c.visitor_id == _CHATS.c.visitor_id,
            _EARLIER.c.id < _CHATS.c.id,
            _EARLIER.c.operator_id.is_not(None),
            _EARLIER.c.first_reply_at.is_not(None),
        )
        .order_by(_EARLIER.c.id.desc())
        .limit(1)
        .scalar_subquery(),
    )
)
_WAITING = (
    select(_CHATS.c.tried_operator_ids, _LAST_OPERATOR, *(_CHATS.c[name] for name in _FACTS))
    .where(
        IS_WAITING,
        or_(
            _CHATS.c.department_id.is_(None),
            _CHATS.c.department_id.in_(bindparam("departments", expanding=True)),
        ),
        _CHATS.c.language.in_(bindparam("languages", expanding=True)),
    )
    .order_by(_CHATS.c.queued_at, _CHATS.c.id)
    .limit(bindparam("page"))
)
_WAITING_AFTER = _WAITING.where(
    or_(
        _CHATS.c.queued_at > bindparam("queued_at", type_=_CHATS.c.queued_at.type),
        and_(
            _CHATS.c.queued_at == bindparam("queued_at", type_=_CHATS.c.queued_at.type),
            _CHATS.c.id > bindparam("id"),
        ),
    )
)
_IS_ON = select(_SETTINGS.c.auto_assignment)
# Presence, visitor, chat: the order in which everybody locks.
_LOCK = (
    select(_CHATS.c.public_id, _CHATS.c.visitor_id, _VISITORS.c.revision)
    .join(_VISITORS, _VISITORS.c.id == _CHATS.c.visitor_id)
    .join(_PRESENCE, _PRESENCE.c.operator_id == bindparam("operator_id"))
    .where(
        _CHATS.c.id == bindparam("chat_id"),
        IS_WAITING,
        _IS_ON.scalar_subquery(),
        _PRESENCE.c.status == OperatorStatus.ONLINE,
        _PRESENCE.c.last_assigned_at.is_not_distinct_from(
            bindparam("last_assigned_at", type_=_PRESENCE.c.last_assigned_at.type)
        ),
    )
)


def _locking(*, waits: bool) -> Select[Any]:
    tables = (_PRESENCE, _VISITORS, _CHATS)
    return _LOCK.with_for_update(of=tables, key_share=True, skip_locked=not waits)


_LOCK_OR_PASS, _LOCK_OR_WAIT = _locking(waits=False), _locking(waits=True)


def _update(table: Table, key: str, *names: str) -> Update:
    changed: dict[str, Any] = {name: bindparam(name) for name in names}
    return update(table).where(table.c[key] == bindparam("key")).values(changed)


_GIVE = _update(_CHATS, "id", "operator_id", "assigned_at", "tried_operator_ids", "revision")
_WRITE_PRESENCE = _update(_PRESENCE, "operator_id", "last_assigned_at")
_WRITE_VISITOR = _update(_VISITORS, "id", "revision")


class _Waiting(NamedTuple):
    """A chat of the queue, who has had it in this round, and whom its visitor talked to last."""

    chat: ChatFacts
    tried: frozenset[int]
    last_operator: int | None


class Snapshot(NamedTuple):
    """The people online, the head of the queue, and what the policy makes of them."""

    operators: list[OperatorFacts]
    waiting: dict[int, _Waiting]
    decisions: list[Assignment]


def look(session: Session) -> Snapshot:
    """What would be given now: the longest waiting chats first, as far as there are free places."""
    is_on = session.execute(_IS_ON).scalar_one()
    operators = people.online_facts(session) if is_on else []
    free = [operator for operator in operators if operator.load < operator.max_chats]
    after: ChatFacts | None = None
    while free:
        waiting = _waiting(session, free, after)
        decisions = plan(
            [one.chat for one in waiting],
            operators,
            {one.chat.id: one.tried for one in waiting if one.tried},
            {one.chat.id: one.last_operator for one in waiting if one.last_operator is not None},
        )
        if decisions or len(waiting) < WAITING_PAGE:
            return Snapshot(operators, {one.chat.id: one for one in waiting}, decisions)
        after = waiting[-1].chat
    return Snapshot(operators, {}, [])


def claim(session: Session, snapshot: Snapshot, now: datetime, *, waits: bool = False) -> bool:
    """Carry out one decision of a snapshot that was of one moment, if it still holds; then it is time to look again.

    What others are giving at this moment is passed over; with `waits` the first one is waited for instead.
    """
    due = first_of_each(snapshot.decisions)
    for decision in due[:1] if waits else _to_try(due):
        claimed = _lock(session, snapshot, decision, waits=waits)
        if claimed is not None:
            _give(session, snapshot, decision, claimed, now)
            return True
    return False


def assign_at_once(session: Session, visitor_id: int, now: datetime) -> ChatView | None:
    """Give the chat that the visitor begins in this transaction to whom it is due; None where it has to wait.

    Whoever sees it sees it given: it is one change. Where anybody who waits longer comes first, or where others hold
    what is needed, it is left to the loop.
    """
    snapshot = look(session)
    if not snapshot.decisions:
        return None
    first = snapshot.decisions[0]
    if snapshot.waiting[first.chat_id].chat.visitor_id != visitor_id:
        return None
    # Everybody else locks the presence first and then visitors: whoever holds it already is not waited for.
    claimed = _lock(session, snapshot, first, waits=False)
    return claimed and _give(session, snapshot, first, claimed, now)


def _waiting(session: Session, free: Sequence[OperatorFacts], after: ChatFacts | None) -> list[_Waiting]:
    """A page of the queue: only chats of departments and languages that somebody with a free place serves."""
    languages: frozenset[Language] = frozenset().union(*(operator.languages or Language for operator in free))
    wanted: dict[str, Any] = {
        "departments": list(frozenset().union(*(operator.department_ids for operator in free))),
        "languages": list(languages),
        "page": WAITING_PAGE,
    }
    if after is not None:
        wanted |= {"queued_at": after.queued_at, "id": after.id}
    found = session.connection().execute(_WAITING if after is None else _WAITING_AFTER, wanted)
    return [
        _Waiting(
            ChatFacts(state=ChatState.QUEUE, **dict(zip(_FACTS, facts, strict=True))),
            frozenset(tried or ()),
            last_operator,
        )
        for tried, last_operator, *facts in found
    ]


def _to_try(due: Sequence[Assignment]) -> Iterator[Assignment]:
    """The first one; and where that is in somebody's hands, others in any order, not all processes the same ones."""
    yield due[0]
    yield from random.sample(due[1:], min(len(due), ATTEMPTS) - 1)


def _lock(session: Session, snapshot: Snapshot, decision: Assignment, *, waits: bool) -> _Claimed | None:
    """Lock operator, visitor and chat, if the decision still holds: the chat waits, the operator is as we saw them.

    Their chats are counted again under the lock, so that no other process can have given them one meanwhile.
    """
    chosen = _operator(snapshot.operators, decision)
    row = (
        session.connection()
        .execute(
            _LOCK_OR_WAIT if waits else _LOCK_OR_PASS,
            {
                "chat_id": decision.chat_id,
                "operator_id": chosen.id,
                "last_assigned_at": chosen.last_assigned_at,
            },
        )
        .one_or_none()
    )
    if row is None or people.load_of(session, chosen.id) != chosen.load:
        return None
    return _Claimed(*row)


def _give(
    session: Session, snapshot: Snapshot, decision: Assignment, claimed: _Claimed, now: datetime
) -> ChatView:
    """Write whose the chat is, and why; tell it as a part of the chat's beginning where that is in this transaction."""
    chat, tried, last_operator = snapshot.waiting[decision.chat_id]
    operators = with_those_ahead(snapshot.operators, snapshot.decisions, decision, now)
    chosen = _operator(operators, decision)
    begun = last_change(session, claimed.public_id)
    revision = begun.revision if begun else claimed.revision + 1
    given = {
        "operator_id": chosen.id,
        "assigned_at": now,
        "tried_operator_ids": sorted(tried_after(tried, chosen.id)),
        "revision": revision,
    }
    for statement, values in (
        (_GIVE, {"key": chat.id, **given}),
        (_WRITE_PRESENCE, {"key": chosen.id, "last_assigned_at": now}),
        (_WRITE_VISITOR, {"key": claimed.visitor_id, "revision": revision}),
    ):
        session.connection().execute(statement, values)
    log_step(
        session,
        chat.id,
        Step.ASSIGN,
        next_state(chat.state, Step.ASSIGN),
        now,
        by=AuthorKind.SYSTEM,
        operator_id=chosen.id,
        department_id=chat.department_id,
        why=_plain(asdict(why(chosen, chat, operators, tried, last_operator))),
    )
    view = tell(session, chat.id, chat)
    record(session, ChatAssigned(claimed.public_id, chosen.id))
    return view


def _operator(operators: Iterable[OperatorFacts], decision: Assignment) -> OperatorFacts:
    return next(operator for operator in operators if operator.id == decision.operator_id)


def _plain(reason: dict[str, Any]) -> dict[str, Any]:
    """The reason as it is stored and sent: enums by value."""
    return {name: getattr(value, "value", value) for name, value in reason.items()}
