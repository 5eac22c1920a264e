"""Whether a visitor of a placement finds anybody: what the button shows and what the chat window offers."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.departments import Department
from models.placements import Choice, ListOrder, Placement
from models.queries.hours import OpeningHours, opening_hours
from models.queries.people import OperatorCard, OperatorView, online_facts, open_chats, operator_views
from models.settings import language_of
from policy.availability import ButtonState, button_state, is_department_online
from policy.facts import OperatorFacts
from policy.languages import Language
from policy.statuses import rules_of


@dataclass(frozen=True, slots=True)
class DepartmentOffer:
    key: str
    name: str
    is_online: bool
    opens_at: datetime | None
    """When its working hours begin; None within them, and where they never do."""


@dataclass(frozen=True, slots=True)
class OperatorOffer:
    card: OperatorCard
    is_online: bool


@dataclass(frozen=True, slots=True)
class Availability:
    state: ButtonState
    opens_at: datetime | None
    """When somebody is back, where it is the working hours that keep the button offline."""
    demands_department: bool
    """The choice is free, but who chooses none finds nobody now."""
    departments: tuple[DepartmentOffer, ...]
    operators: tuple[OperatorOffer, ...]


@dataclass(frozen=True, slots=True)
class _There:
    """Who is there at a moment, and by which hours."""

    online: list[OperatorFacts]
    hours: OpeningHours
    language: Language
    now: datetime

    def answers(self, department_id: int | None) -> bool:
        """Whether a chat of this department finds somebody."""
        return self.hours.is_open(department_id, self.now) and is_department_online(
            self.online, department_id, self.language
        )


def state_of(
    session: Session, placement: Placement, now: datetime, named_department_id: int | None = None
) -> ButtonState:
    """What the placement's button shows, on a page whose code names that department (or none)."""
    there = _there(session, placement, now)
    return _state(there, placement, possible_departments(session, placement, named_department_id))


def availability_of(
    session: Session,
    placement: Placement,
    shown_in: Language,
    now: datetime,
    named_department_id: int | None = None,
) -> Availability:
    """State and offers of a placement, on a page whose code names that department; names in the visitor's language."""
    there = _there(session, placement, now)
    possible = possible_departments(session, placement, named_department_id)
    state = _state(there, placement, possible)
    is_online = state is ButtonState.ONLINE
    return Availability(
        state=state,
        opens_at=None if is_online else there.hours.opens_first(possible, now),
        demands_department=is_online and None in possible and not there.answers(None),
        departments=_departments(session, placement, there, shown_in),
        operators=_operators(session, placement),
    )


def _there(session: Session, placement: Placement, now: datetime) -> _There:
    return _There(online_facts(session), opening_hours(session), language_of(session, placement), now)


def _state(there: _There, placement: Placement, possible: list[int | None]) -> ButtonState:
    """Online when one of the departments that a chat begun here can have is."""
    states = [
        button_state(
            there.online,
            department_id,
            there.language,
            placement.shows_offline_button,
            is_open=there.hours.is_open(department_id, there.now),
        )
        for department_id in possible
    ]
    return ButtonState.ONLINE if ButtonState.ONLINE in states else states[0]


def possible_departments(
    session: Session, placement: Placement, named_department_id: int | None = None
) -> list[int | None]:
    """Which a chat begun here can have: the fixed one; else those that can be chosen, and none where none must be."""
    fixed = placement.department_id or named_department_id
    if fixed is not None:
        return [fixed]
    if placement.offers_department_choice is Choice.OFF:
        return [None]
    visible = session.scalars(select(Department.id).where(Department.is_hidden.is_(False))).all()
    if placement.offers_department_choice is Choice.REQUIRED and visible:
        return [*visible]
    return [None, *visible]


def _departments(
    session: Session, placement: Placement, there: _There, shown_in: Language
) -> tuple[DepartmentOffer, ...]:
    """Where the placement offers the choice; hidden departments cannot be chosen by hand."""
    if placement.offers_department_choice is Choice.OFF or placement.department_id is not None:
        return ()
    found = session.scalars(
        select(Department)
        .where(Department.is_hidden.is_(False))
        .order_by(Department.sort_order, Department.name)
    )
    offers = [
        DepartmentOffer(
            row.key,
            row.name_in(shown_in.tag),
            there.answers(row.id),
            there.hours.opens_first([row.id], there.now),
        )
        for row in found
    ]
    if placement.department_order is ListOrder.NAME:
        offers.sort(key=lambda offer: offer.name.casefold())
    return tuple(offers)


def _operators(session: Session, placement: Placement) -> tuple[OperatorOffer, ...]:
    if placement.offers_operator_choice is Choice.OFF:
        return ()
    found = [view for view in operator_views(session) if _serves(view, placement)]
    if placement.operator_order is ListOrder.NAME:
        found.sort(key=lambda view: view.card.public_name.casefold())
    elif placement.operator_order is ListOrder.LOAD:
        loads = open_chats(session)
        # Who is not there has no chats and is no quick help all the same.
        found.sort(
            key=lambda view: (not rules_of(view.status).shows_button_online, loads.get(view.card.id, 0))
        )
    return tuple(OperatorOffer(view.card, rules_of(view.status).shows_button_online) for view in found)


def _serves(view: OperatorView, placement: Placement) -> bool:
    return placement.department_id is None or placement.department_id in view.department_ids
