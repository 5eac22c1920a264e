"""A chat that nobody gave a department gets one by where its visitor is."""

import uuid
from typing import Any

import pytest
from sqlalchemy.orm import Session

from actions import chats
from actions.departments import save_department
from actions.visits import enter
from models import Visitor
from models.database import unit_of_work
from policy.geography import GeographyRefused, Target
from tests.actions.conftest import Do
from tests.support.clock import SteppingClock
from tests.support.company import Company

NIZHNY, MOSCOW, ALMATY, NOWHERE = "95.79.1.1", "77.88.8.8", "178.88.0.1", "10.0.0.7"


def start(**fields: Any) -> chats.Start:
    return chats.Start(**{"client_id": str(uuid.uuid4()), "placement": "default", **fields})


def department_of(do: Do, visitor: Visitor, **fields: Any) -> str | None:
    chat = do("start", visitor, start(**fields))
    return chat.department and chat.department.key


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (NIZHNY, "volga"),
        (MOSCOW, "russia"),
        ("::ffff:95.79.1.1", "volga"),
        (ALMATY, "east"),
        ("8.8.8.8", None),
        (NOWHERE, None),
        ("", None),
    ],
)
def test_the_city_comes_before_the_country(
    company: Company, do: Do, address: str, expected: str | None
) -> None:
    company.department("russia", sort_order=1, geo_targets="Россия; Belarus")
    company.department("volga", sort_order=5, geo_targets="Россия-Горький; Россия-Казань", is_hidden=True)
    company.department("east", sort_order=3, geo_targets="Казахстан")
    company.department("nothing", sort_order=0)
    assert department_of(do, company.visitor(address)) == expected


def test_between_equals_the_sort_order_decides(company: Company, do: Do) -> None:
    company.department("late", sort_order=20, geo_targets="Россия")
    company.department("early", sort_order=10, geo_targets="Россия")
    assert department_of(do, company.visitor(MOSCOW)) == "early"


def test_geography_is_asked_last(company: Company, do: Do) -> None:
    company.department("russia", geo_targets="Россия")
    one, _two = company.department("one"), company.department("two")
    company.placement("site", department_id=one.id)
    assert department_of(do, company.visitor(MOSCOW), placement="site") == "one"
    assert department_of(do, company.visitor(MOSCOW), snippet_department="two") == "two"
    assert department_of(do, company.visitor(MOSCOW), department="two") == "two"


def test_who_asked_for_a_person_stays_with_them(company: Company, do: Do) -> None:
    company.department("russia", geo_targets="Россия")
    anna = company.operator("Anna")
    assert department_of(do, company.visitor(MOSCOW), operator=anna.public_id) is None


def test_a_visitor_is_where_they_are_now(
    company: Company, do: Do, session: Session, clock: SteppingClock
) -> None:
    company.department("russia", geo_targets="Россия")
    company.department("east", geo_targets="Казахстан")
    with unit_of_work(session):
        entered = enter(session, None, clock(), address=MOSCOW, user_agent="")
    with unit_of_work(session):
        enter(session, entered.token, clock(), address=ALMATY, user_agent="")
    assert department_of(do, entered.visitor) == "east"


def test_the_text_is_kept_as_typed_and_its_places_as_understood(company: Company, session: Session) -> None:
    typed = " россия - нижний новгород;Казахстан ; "
    department = company.department("east", geo_targets=typed)
    session.expire_all()
    assert department.geo_targets == typed
    assert department.targets == (Target("RU", "нижнии новгород"), Target("KZ"))
    with unit_of_work(session):
        department.geo_targets = ""
        save_department(session, department)
    session.expire_all()
    assert department.targets == ()


def test_unknown_places_are_refused_by_name(company: Company) -> None:
    with pytest.raises(GeographyRefused) as refused:
        company.department("east", geo_targets="Казахстан; Атлантида; Россия-Лемурия")
    assert refused.value.unknown == ("Атлантида", "Россия-Лемурия")


def test_without_geography_nothing_is_looked_up(
    company: Company, do: Do, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(address: str) -> None:
        raise AssertionError(f"{address} was looked up")

    monkeypatch.setattr("geo.lookup", refuse)
    company.department("sales")
    assert department_of(do, company.visitor(MOSCOW)) is None
