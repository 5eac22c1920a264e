"""Whether a visitor of a placement finds anybody: what the button shows and what the chat window offers."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.departments import Department
from models.placements import Choice, ListOrder, Placement
from models.queries.people import OperatorCard, OperatorView, online_facts, open_chats, operator_views
from models.settings import load_settings
from policy.availability import ButtonState, button_state, is_department_online
from policy.facts import OperatorFacts
from policy.languages import Language
from policy.statuses import rules_of


@dataclass(frozen=True, slots=True)
class DepartmentOffer:
    key: str
    name: str
    is_online: bool


@dataclass(frozen=True, slots=True)
class OperatorOffer:
    card: OperatorCard
    is_online: bool


@dataclass(frozen=True, slots=True)
class Availability:
    state: ButtonState
    departments: tuple[DepartmentOffer, ...]
    operators: tuple[OperatorOffer, ...]


def state_of(session: Session, placement: Placement, named_department_id: int | None = None) -> ButtonState:
    """What the placement's button shows, on a page whose code names that department (or none)."""
    return _state(session, placement, online_facts(session), named_department_id)


def availability_of(session: Session, placement: Placement, shown_in: Language) -> Availability:
    """State and offers of a placement; names in the visitor's language."""
    online = online_facts(session)
    language = _language(session, placement)
    return Availability(
        state=_state(session, placement, online, None),
        departments=_departments(session, placement, online, language, shown_in),
        operators=_operators(session, placement),
    )


def _state(
    session: Session, placement: Placement, online: list[OperatorFacts], named_department_id: int | None
) -> ButtonState:
    """Online when one of the departments that a chat begun here can have is."""
    language = _language(session, placement)
    states = [
        button_state(online, department_id, language, placement.shows_offline_button)
        for department_id in _possible_departments(session, placement, named_department_id)
    ]
    return ButtonState.ONLINE if ButtonState.ONLINE in states else states[0]


def _possible_departments(
    session: Session, placement: Placement, named_department_id: int | None
) -> list[int | None]:
    """The fixed one; else, where the choice is demanded, those that can be chosen; else a chat may have none."""
    fixed = placement.department_id or named_department_id
    if fixed is not None:
        return [fixed]
    if placement.offers_department_choice is Choice.REQUIRED:
        visible = session.scalars(select(Department.id).where(Department.is_hidden.is_(False))).all()
        if visible:
            return [*visible]
    return [None]


def _language(session: Session, placement: Placement) -> Language:
    return placement.language or load_settings(session).language


def _departments(
    session: Session,
    placement: Placement,
    online: list[OperatorFacts],
    language: Language,
    shown_in: Language,
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
        DepartmentOffer(row.key, row.name_in(shown_in.tag), is_department_online(online, row.id, language))
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
