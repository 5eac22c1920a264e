"""Statuses of operators: chosen by themselves, by those in charge, or by the clock when their connection is gone."""

from collections.abc import Collection, Iterable
from datetime import datetime
from operator import attrgetter

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from actions import audit
from actions.access import demand, lock_presence, person_for_operator
from actions.errors import Invalid
from actions.events import Disconnected, OperatorChanged, record
from actions.returns import return_chats
from models.audit import AuditKind
from models.operators import Operator, OperatorPresence, StatusChange
from models.queries import people
from models.settings import load_settings
from policy.facts import OperatorFacts
from policy.rights import Action
from policy.statuses import OperatorStatus, rules_of
from policy.timeouts import operators_gone
from policy.transitions import ChatState


def set_own_status(session: Session, actor: OperatorFacts, status: OperatorStatus, now: datetime) -> Operator:
    """Everybody chooses their own status at any time."""
    demand(actor, Action.CHANGE_OWN_STATUS)
    operator = people.person(session, actor.id)
    assert operator is not None  # the actor's own row
    change_status(session, operator, status, now, by_operator_id=actor.id)
    return operator


def switch_offline(session: Session, actor: OperatorFacts, operator_id: int, now: datetime) -> Operator:
    """Disconnect one operator: only somebody who is online can be."""
    operator = person_for_operator(session, actor, operator_id, Action.CHANGE_STATUS_OF)
    if operator.presence.status is not OperatorStatus.ONLINE:
        raise Invalid({"operator": "not_online"})
    audit.write(session, AuditKind.DISCONNECTED, operator)
    _disconnect(session, [operator], actor, now)
    return operator


def switch_all_offline(session: Session, actor: OperatorFacts, now: datetime) -> int:
    """Everyone who is not offline, the one who presses excepted, becomes offline; gives how many that were."""
    demand(actor, Action.SWITCH_ALL_OFFLINE)
    others = _present(session, but=actor.id)
    # All at once, in the order in which everybody locks them.
    lock_presence(session, [operator.id for operator in others])
    _disconnect(session, others, actor, now)
    if others:
        names = [operator.internal_name for operator in others]
        audit.write(session, AuditKind.DISCONNECTED_ALL, None, {"operators": (names, None)})
    return len(others)


def _disconnect(session: Session, others: Iterable[Operator], actor: OperatorFacts, now: datetime) -> None:
    """Their open pages say who did it; nobody returns by themselves."""
    by = session.get_one(Operator, actor.id).internal_name
    for operator in others:
        change_status(session, operator, OperatorStatus.OFFLINE, now, by_operator_id=actor.id)
        if operator.id != actor.id:
            record(session, Disconnected(operator.id, by))


def count_present(session: Session, actor: OperatorFacts) -> int:
    """How many «disconnect all» would disconnect."""
    return len(_present(session, but=actor.id))


def change_status(
    session: Session,
    operator: Operator,
    status: OperatorStatus,
    now: datetime,
    *,
    by_operator_id: int | None,
    reason: str | None = None,
) -> None:
    """Every change is recorded with its time and who made it, and why where the system did.

    Who goes offline leaves what they have not begun to answer.
    """
    (presence,) = lock_presence(session, [operator.id])
    if presence.status is status:
        return
    presence.status = status
    presence.status_since = now
    presence.status_reason = reason
    presence.misses = 0
    session.add(
        StatusChange(
            operator_id=operator.id, status=status, at=now, by_operator_id=by_operator_id, reason=reason
        )
    )
    session.flush()
    if not rules_of(status).works_in_chats:
        return_chats(session, operator.id, [ChatState.QUEUE], "operator_offline", now)
    record(session, OperatorChanged(operator.id, people.view_of(operator), status_changed=True))


def note_seen(session: Session, operator_ids: Collection[int], now: datetime) -> None:
    """These operators have a living connection."""
    if operator_ids:
        lock_presence(session, operator_ids)
        session.execute(
            update(OperatorPresence)
            .where(OperatorPresence.operator_id.in_(operator_ids))
            .values(last_seen_at=now)
        )


def switch_gone_offline(session: Session, now: datetime, not_before: datetime) -> int:
    """Operators whose last connection has been gone for longer than the set time become offline by themselves.

    `not_before` is when this process began to listen: nobody is blamed for the time in which no server was there.
    """
    grace = load_settings(session).operator_gone_after_seconds
    present = session.scalars(
        select(OperatorPresence).where(OperatorPresence.status != OperatorStatus.OFFLINE)
    )
    suspects = _gone(present, now, not_before, grace)
    # Who came back in the meantime is seen under the lock.
    gone = _gone(lock_presence(session, suspects), now, not_before, grace) if suspects else []
    for operator_id in gone:
        operator = people.person(session, operator_id)
        if operator is not None:
            change_status(session, operator, OperatorStatus.OFFLINE, now, by_operator_id=None)
    return len(gone)


def _gone(present: Iterable[OperatorPresence], now: datetime, not_before: datetime, grace: int) -> list[int]:
    last_seen = {
        row.operator_id: max(row.last_seen_at or row.status_since, not_before)
        for row in present
        if row.status is not OperatorStatus.OFFLINE
    }
    return operators_gone(last_seen, now, grace)


def _present(session: Session, *, but: int) -> list[Operator]:
    """Whoever is not offline, in the order in which everybody locks them."""
    present = (
        operator
        for operator in people.everybody(session)
        if operator.presence.status is not OperatorStatus.OFFLINE and operator.id != but
    )
    return sorted(present, key=attrgetter("id"))
