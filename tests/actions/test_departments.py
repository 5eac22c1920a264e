"""Departments: an identifier of their own, and nobody left behind when one goes."""

import pytest
from sqlalchemy.orm import Session

from actions import departments
from models import Chat, Department, Operator, Placement
from models.database import unit_of_work
from policy.keys import key_from
from tests.support.company import Company


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Тренажёры", "trenazhery"),
        ("Спортивные товары", "sportivnyetovary"),
        ("Щётки & Ко №2", "shchetkikono2"),
        ("Українська підтримка", "ukrayinskapidtrimka"),
        ("Ürün İadesi", "uruniadesi"),
        ("מכירות", "department"),
        ("!!!", "department"),
    ],
)
def test_an_identifier_reads_like_the_name(name: str, key: str) -> None:
    assert key_from(name, frozenset(), otherwise="department") == key


def test_a_taken_identifier_gets_a_number() -> None:
    assert key_from("Sales", {"sales", "sales2"}, otherwise="department") == "sales3"


def test_an_empty_identifier_is_made_of_the_name(session: Session, company: Company) -> None:
    company.department("trenazhery")
    with unit_of_work(session) as unit:
        department = Department(name="Тренажёры", key="")
        departments.save_department(unit, department)
    assert department.key == "trenazhery2"


@pytest.mark.parametrize("key", ["Sales", "sales-1", "отдел", "a b", "sales\n"])
def test_a_wrong_identifier_is_refused(session: Session, company: Company, key: str) -> None:
    with pytest.raises(departments.DepartmentRefused, match="key_wrong"), unit_of_work(session) as unit:
        departments.save_department(unit, Department(name="Sales", key=key))


def test_an_identifier_belongs_to_one_department(session: Session, company: Company) -> None:
    company.department("sales")
    with pytest.raises(departments.DepartmentRefused, match="key_taken"), unit_of_work(session) as unit:
        departments.save_department(unit, Department(name="Other", key="sales"))


def test_a_department_in_which_somebody_waits_stays(session: Session, company: Company) -> None:
    sales = company.department("sales")
    company.chat(department="sales")
    with pytest.raises(departments.ChatsWait) as refused, unit_of_work(session) as unit:
        departments.delete_department(unit, sales)
    assert refused.value.waiting == 1
    assert session.get(Department, sales.id) is not None


def test_people_and_placements_move_to_the_heir(session: Session, company: Company) -> None:
    sales, support = company.department("sales"), company.department("support")
    anna = company.operator("Anna", departments=[sales])
    boris = company.operator("Boris", departments=[sales, support])
    shop = company.placement("shop", department_id=sales.id)
    with unit_of_work(session) as unit:
        departments.delete_department(unit, sales, heir=support)
    session.expire_all()
    for person in (anna, boris):
        assert [one.key for one in session.get_one(Operator, person.id).departments] == ["support"]
    assert session.get_one(Placement, shop.id).department_id == support.id


def test_without_an_heir_they_belong_to_no_department_and_chats_are_kept(
    session: Session, company: Company
) -> None:
    sales = company.department("sales")
    anna = company.operator("Anna", departments=[sales])
    shop = company.placement("shop", department_id=sales.id)
    chat = company.chat(department="sales")
    with unit_of_work(session) as unit:
        row = unit.get_one(Chat, chat.id)
        row.operator_id, row.state = anna.id, type(row.state).CLOSED
    with unit_of_work(session) as unit:
        departments.delete_department(unit, unit.get_one(Department, sales.id))
    session.expire_all()
    assert session.get_one(Operator, anna.id).departments == []
    assert session.get_one(Placement, shop.id).department_id is None
    kept = session.get_one(Chat, chat.id)
    assert (kept.department_id, kept.operator_id) == (None, anna.id)
