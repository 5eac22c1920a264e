"""Whether a visitor finds anybody, and what a placement lets them choose."""

import pytest
from sqlalchemy.orm import Session

from actions import chats
from models.database import unit_of_work
from models.placements import Choice, ListOrder
from models.queries import people
from models.queries.availability import availability_of, state_of
from policy.availability import ButtonState
from policy.languages import Language
from policy.statuses import OperatorStatus
from tests.support.clock import START, SteppingClock
from tests.support.company import Company

ONLINE = OperatorStatus.ONLINE
NOW = START


def test_the_button_follows_who_is_online_for_this_placement(company: Company, session: Session) -> None:
    sales = company.department("sales")
    anywhere, in_sales = company.placement("anywhere"), company.placement("insales", department_id=sales.id)
    hidden = company.placement("hidden", shows_offline_button=False)

    def states() -> list[ButtonState]:
        session.rollback()
        placements = (anywhere, in_sales, hidden)
        return [availability_of(session, placement, Language.RU, NOW).state for placement in placements]

    assert states() == [ButtonState.OFFLINE, ButtonState.OFFLINE, ButtonState.HIDDEN]
    company.operator("Anna", status=ONLINE)
    assert states() == [ButtonState.ONLINE, ButtonState.OFFLINE, ButtonState.ONLINE]
    company.operator("Boris", status=ONLINE, departments=[sales])
    assert states() == [ButtonState.ONLINE] * 3


def test_where_a_department_must_be_chosen_one_of_them_must_be_online(
    company: Company, session: Session
) -> None:
    sales = company.department("sales")
    site = company.placement("site", offers_department_choice=Choice.REQUIRED)
    company.operator("Anna", status=ONLINE)
    assert (
        state_of(session, site, NOW)
        is availability_of(session, site, Language.RU, NOW).state
        is ButtonState.OFFLINE
    )
    company.operator("Boris", status=ONLINE, departments=[sales])
    session.rollback()
    assert (
        state_of(session, site, NOW)
        is availability_of(session, site, Language.RU, NOW).state
        is ButtonState.ONLINE
    )
    service = company.department("service")
    assert state_of(session, site, NOW, named_department_id=service.id) is ButtonState.OFFLINE


@pytest.mark.parametrize("status", [status for status in OperatorStatus if status is not ONLINE])
def test_only_the_online_make_it_online(company: Company, session: Session, status: OperatorStatus) -> None:
    company.operator("Anna", status=status)
    assert availability_of(session, company.placement("site"), Language.RU, NOW).state is ButtonState.OFFLINE


def test_the_placements_language_must_be_spoken(company: Company, session: Session) -> None:
    company.operator("Anna", status=ONLINE, languages=["ru"])
    hebrew, main = company.placement("hebrew", language=Language.HE), company.placement("main")
    assert availability_of(session, hebrew, Language.HE, NOW).state is ButtonState.OFFLINE
    assert availability_of(session, main, Language.RU, NOW).state is ButtonState.ONLINE


def test_departments_are_offered_in_the_visitors_language_hidden_ones_never(
    company: Company, session: Session
) -> None:
    sport = company.department("sport", name="Спорт", names={"en": "Sports"}, sort_order=2)
    company.department("cars", name="Авто", sort_order=1)
    company.department("vip", is_hidden=True)
    company.operator("Anna", status=ONLINE, departments=[sport])
    offered = availability_of(
        session, company.placement("site", offers_department_choice=Choice.OPTIONAL), Language.EN, NOW
    ).departments
    assert [(offer.key, offer.name, offer.is_online) for offer in offered] == [
        ("cars", "Авто", False),
        ("sport", "Sports", True),
    ]


def test_where_the_department_is_settled_nothing_is_offered(company: Company, session: Session) -> None:
    sales = company.department("sales")
    for fields in ({"department_id": sales.id}, {"offers_department_choice": Choice.OFF}):
        placement = company.placement(
            f"site{len(fields)}{'d' if 'department_id' in fields else ''}", **fields
        )
        assert availability_of(session, placement, Language.RU, NOW).departments == ()


def test_operators_of_the_placements_department_are_offered_in_the_wanted_order(
    company: Company, session: Session
) -> None:
    sales = company.department("sales")
    company.operator("Zoe", status=ONLINE, departments=[sales], sort_order=1)
    company.operator("Adam", status=OperatorStatus.LUNCH, departments=[sales], sort_order=2)
    company.operator("Stranger", status=ONLINE)
    fields = {"department_id": sales.id, "offers_operator_choice": Choice.OPTIONAL}
    for number, (order, names) in enumerate(
        (
            (ListOrder.SORT_ORDER, ["Zoe", "Adam"]),
            (ListOrder.NAME, ["Adam", "Zoe"]),
        )
    ):
        placement = company.placement(f"site{number}", operator_order=order, **fields)
        offered = availability_of(session, placement, Language.RU, NOW).operators
        assert [offer.card.public_name for offer in offered] == names
        assert {offer.card.public_name: offer.is_online for offer in offered} == {"Zoe": True, "Adam": False}
    off = company.placement("off", department_id=sales.id)
    assert availability_of(session, off, Language.RU, NOW).operators == ()


def test_by_load_the_least_busy_comes_first_and_who_is_away_last(
    company: Company, session: Session, clock: SteppingClock
) -> None:
    people_here = [company.operator(name, status=ONLINE) for name in ("Anna", "Boris", "Clara")]
    company.operator("Away")
    for who, count in zip(people_here, (2, 0, 1), strict=True):
        for _ in range(count):
            with unit_of_work(session) as unit:
                found = people.person(unit, who.id)
                assert found is not None
                chats.take(unit, people.facts_of(unit, found), company.chat().public_id, clock())
    placement = company.placement(
        "busy", operator_order=ListOrder.LOAD, offers_operator_choice=Choice.OPTIONAL
    )
    offered = availability_of(session, placement, Language.RU, NOW).operators
    assert [offer.card.public_name for offer in offered] == [
        "Boris",
        "Clara",
        "Anna",
        "Administrator",
        "Away",
    ]
