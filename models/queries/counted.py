"""Which chats and people a number of the main page counts: one condition each, for the number and for its rows."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Float, and_, bindparam, case, cast, or_, select, true
from sqlalchemy.orm import Session

from models.base import UtcDateTime
from models.chats import IS_OPEN, OPEN_STATES, Chat
from models.operators import Operator
from models.queries.durations import SecondsBetween
from models.queries.people import OperatorView
from policy.facts import OperatorFacts
from policy.languages import Language
from policy.transitions import ChatState

HOUR = timedelta(hours=1)

WAITS = and_(Chat.state == ChatState.QUEUE, Chat.operator_id.is_(None))
IS_ONLINE = or_(
    Chat.state == ChatState.CHATTING, and_(Chat.state == ChatState.QUEUE, Chat.operator_id.is_not(None))
)
IS_MISSED = and_(Chat.first_reply_at.is_(None), Chat.state.not_in(OPEN_STATES))


def begin_of_day(now: datetime, zone: ZoneInfo) -> datetime:
    """When today began where the company is."""
    return now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)


def waited(now: datetime) -> ColumnElement[float]:
    """From entering the queue to the first reply; one still waiting has waited up to now, a missed one not at all.

    A chat that was continued after its end has another place in the queue since: of it no wait is counted.
    """
    answered_at = case(
        (Chat.first_reply_at >= Chat.queued_at, Chat.first_reply_at),
        (
            and_(Chat.first_reply_at.is_(None), Chat.state.in_(OPEN_STATES)),
            bindparam("now", now, UtcDateTime),
        ),
    )
    return cast(SecondsBetween(Chat.queued_at, answered_at), Float)


def came_since(moment: datetime) -> ColumnElement[bool]:
    """Chats that came to somebody after the moment; they cannot have ended before it."""
    return and_(
        Chat.operator_id.is_not(None),
        Chat.assigned_at > moment,
        or_(IS_OPEN, Chat.closed_at > moment),
    )


def waiting_chats(session: Session, person: OperatorFacts) -> tuple[str, ...]:
    """The public ids of the chats that wait for an operator and that the person may see."""
    query = select(Chat.public_id).where(IS_OPEN, WAITS, sees_chat(person)).order_by(Chat.queued_at, Chat.id)
    return tuple(session.scalars(query))


def sees_person(person: OperatorFacts, view: OperatorView) -> bool:
    """Oneself, subordinates, who works in a supervised department; only administrators see administrators."""
    if person.is_admin or view.card.id == person.id:
        return True
    is_theirs = view.card.id in person.subordinate_ids or bool(
        person.supervised_department_ids.intersection(view.department_ids)
    )
    return is_theirs and not view.is_admin


def sees_chat(person: OperatorFacts) -> ColumnElement[bool]:
    """The rights table's SEE_CHAT as a condition."""
    if person.is_admin:
        return true()
    answerable = and_(
        WAITS,
        or_(Chat.department_id.is_(None), Chat.department_id.in_(person.department_ids)),
        Chat.language.in_(person.languages or frozenset(Language)),
        or_(Chat.requested_operator_id.is_(None), Chat.requested_operator_id == person.id),
    )
    watched = or_(
        Chat.operator_id.in_(person.subordinate_ids),
        Chat.department_id.in_(person.supervised_department_ids),
        and_(WAITS, Chat.department_id.in_(person.subordinate_department_ids)),
    )
    administrators = select(Operator.id).where(Operator.is_admin.is_(True))
    is_open_to_watchers = or_(Chat.operator_id.is_(None), Chat.operator_id.not_in(administrators))
    return or_(Chat.operator_id == person.id, answerable, and_(watched, is_open_to_watchers))
