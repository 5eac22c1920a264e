"""The screen of departments: the manual's fields, an identifier by itself, and what becomes of people."""

import re
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Department, Operator
from policy.geography import Target
from policy.statuses import OperatorStatus
from tests.admin_views.reading import error_at
from tests.support.cabinet import Cabinet, form_of
from tests.support.company import Company

LIST = "/admin/departments/"
NEW = "/admin/departments/new/"


def edit(department: Department) -> str:
    return f"/admin/departments/edit/?id={department.id}"


def remove(department: Department) -> str:
    return f"/admin/departments/remove/?id={department.id}"


def stored(session: Session, key: str) -> Department | None:
    session.rollback()
    return session.scalar(
        select(Department).where(Department.key == key).execution_options(populate_existing=True)
    )


def filled(admin: Cabinet, **fields: Any) -> dict[str, Any]:
    return {**form_of(admin.get(NEW).text), "name": "Тренажёры", **fields}


def test_the_list_shows_who_is_online_where(admin: Cabinet, company: Company) -> None:
    sales, support = company.department("sales", sort_order=2), company.department("support", is_hidden=True)
    for status in (OperatorStatus.ONLINE, OperatorStatus.INVISIBLE):
        company.operator(departments=[sales], status=status)
    page = admin.get(LIST).text
    numbers = dict(re.findall(r'data-online-in="(\d+)">.*?data-number>(\d+)<', page, re.DOTALL))
    assert numbers == {str(sales.id): "1", str(support.id): "0"}
    assert page.index("sales") < page.index("support")


def test_departments_are_filtered_by_whether_visitors_see_them(admin: Cabinet, company: Company) -> None:
    company.department("shown")
    company.department("unseen", is_hidden=True)
    (argument,) = re.findall(r'name="(flt0_[^"]+)"', admin.get(LIST).text)
    page = admin.get(f"{LIST}?{argument}=hidden").text
    assert "unseen" in page and "shown</span>" not in page


@pytest.mark.databases("sqlite", "postgresql")
def test_a_department_is_created_with_every_property(admin: Cabinet, session: Session) -> None:
    answer = admin.send(
        NEW,
        filled(
            admin,
            **{"names-en": "Exercise machines", "names-he": "מכשירי כושר"},
            key="train",
            sort_order="50",
            is_hidden="y",
            reply_templates="Спасибо!\r\n Пожалуйста",
        ),
    )
    assert (answer.status_code, answer.location) == (302, LIST)
    made = stored(session, "train")
    assert made is not None
    assert (made.name, made.sort_order, made.is_hidden) == ("Тренажёры", 50, True)
    assert made.names == {"en": "Exercise machines", "he": "מכשירי כושר"}
    assert made.reply_templates == "Спасибо!\n Пожалуйста"
    assert "Saved: Тренажёры" in admin.get(LIST).text


def test_an_empty_identifier_is_made_of_the_name(admin: Cabinet, session: Session) -> None:
    assert admin.send(NEW, filled(admin, key="")).status_code == 302
    assert stored(session, "trenazhery") is not None


@pytest.mark.parametrize(
    ("fields", "field", "said"),
    [
        ({"name": ""}, "name", "This field is required."),
        ({"name": " \u200b "}, "name", "This field is required."),
        ({"name": "и" * 101}, "name", "100"),
        ({"key": "Train"}, "key", "Only small Latin letters and digits."),
        ({"key": "a-b"}, "key", "Only small Latin letters and digits."),
        ({"key": "отдел"}, "key", "Only small Latin letters and digits."),
        ({"key": "taken"}, "key", "Another department has this identifier."),
        ({"sort_order": "-1"}, "sort_order", "0 and 1000000"),
        ({"sort_order": "99999999999999999999"}, "sort_order", "0 and 1000000"),
        ({"names-en": "x" * 101}, "names-en", "100"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    admin: Cabinet, company: Company, session: Session, fields: dict[str, Any], field: str, said: str
) -> None:
    company.department("taken")
    answer = admin.send(NEW, filled(admin, reply_templates="typed before", **fields))
    assert answer.status_code == 422
    assert said in error_at(answer.text, field)
    assert "typed before" in answer.text
    session.rollback()
    assert session.scalars(select(Department.key)).all() == ["taken"]


def test_a_changed_identifier_warns_that_sites_carry_the_old_one(admin: Cabinet, company: Company) -> None:
    sales = company.department("sales")
    form = form_of(admin.get(edit(sales)).text)
    admin.send(edit(sales), {**form, "name": "Sales and service"})
    assert "old identifier" not in admin.get(LIST).text
    form = form_of(admin.get(edit(sales)).text)
    admin.send(edit(sales), {**form, "key": "shop"})
    assert "old identifier “sales”" in admin.get(LIST).text


@pytest.mark.databases("sqlite", "postgresql")
def test_the_second_of_two_editors_is_told_what_changed(
    admin: Cabinet, company: Company, session: Session
) -> None:
    sales = company.department("sales")
    address = edit(sales)
    first, second = form_of(admin.get(address).text), form_of(admin.get(address).text)
    admin.send(address, {**first, "name": "First"})
    answer = admin.send(address, {**second, "name": "Second"})
    assert answer.status_code == 422
    assert "Somebody else changed this record" in answer.text
    assert "First" in answer.text and 'value="Second"' in answer.text
    again = admin.send(address, {**form_of(answer.text)})
    assert again.status_code == 302
    kept = stored(session, "sales")
    assert kept is not None and kept.name == "Second"


def test_the_page_says_whether_the_department_is_online(admin: Cabinet, company: Company) -> None:
    sales = company.department("sales")
    assert 'class="pill"' in admin.get(edit(sales)).text
    company.operator(departments=[sales], status=OperatorStatus.ONLINE)
    assert 'class="pill ok"' in admin.get(edit(sales)).text


def test_before_a_department_goes_the_page_names_who_loses_it(admin: Cabinet, company: Company) -> None:
    sales, support = company.department("sales"), company.department("support")
    company.operator("Anna", departments=[sales])
    company.placement("shop", department_id=sales.id)
    page = admin.get(remove(sales)).text
    assert "Anna" in page and "shop" in page
    assert f'<option value="{support.id}">' in page
    assert f'<option value="{sales.id}">' not in page


@pytest.mark.databases("sqlite", "postgresql")
def test_a_department_goes_and_its_people_move(admin: Cabinet, company: Company, session: Session) -> None:
    sales, support = company.department("sales"), company.department("support")
    anna_id, support_id = company.operator("Anna", departments=[sales]).id, support.id
    assert admin.post(remove(sales), {"heir": str(support_id)}).status_code == 302
    assert stored(session, "sales") is None
    person = session.get_one(Operator, anna_id, populate_existing=True)
    assert [one.id for one in person.departments] == [support_id]


def test_a_department_in_which_somebody_waits_stays(
    admin: Cabinet, company: Company, session: Session
) -> None:
    sales = company.department("sales")
    company.chat(department="sales")
    page = admin.get(remove(sales)).text
    assert "1 chat waits in this department." in page
    assert "Delete the department</button>" not in page
    assert "Answer or redirect them first." in admin.post(remove(sales)).text
    assert stored(session, "sales") is not None


@pytest.mark.parametrize("heir", ["12345", "x", "-1"])
def test_an_heir_that_does_not_exist_is_not_found(
    admin: Cabinet, company: Company, session: Session, heir: str
) -> None:
    sales = company.department("sales")
    assert admin.post(remove(sales), {"heir": heir}).status_code == 404
    assert stored(session, "sales") is not None


def test_names_are_shown_as_text(admin: Cabinet, company: Company) -> None:
    hostile = "<script>alert(1)</script>"
    sales = company.department("sales", name=hostile, names={"en": '"><b>x</b>'})
    for address in (LIST, edit(sales), remove(sales)):
        page = admin.get(address).text
        assert hostile not in page and "<b>x</b>" not in page


def test_geography_is_kept_as_typed(admin: Cabinet, session: Session) -> None:
    typed = "Россия-Ростов-на-Дону; Казахстан"
    answer = admin.send(NEW, filled(admin, key="south", geo_targets=typed))
    assert (answer.status_code, answer.location) == (302, LIST)
    made = stored(session, "south")
    assert made is not None
    assert made.targets == (Target("RU", "ростов на дону"), Target("KZ"))
    assert form_of(admin.get(edit(made)).text)["geo_targets"] == typed
    assert "only the country is known" not in admin.get(LIST).text


def test_unknown_places_are_named_beside_the_field(admin: Cabinet, session: Session) -> None:
    typed = "Казахстан; Атлантида; Россия-<b>Лемурия</b>"
    answer = admin.send(NEW, filled(admin, key="south", geo_targets=typed))
    assert answer.status_code == 422
    said = error_at(answer.text, "geo_targets")
    assert said == "Not a known country or city: Атлантида; Россия-&lt;b&gt;Лемурия&lt;/b&gt;."
    assert form_of(answer.text)["geo_targets"] == typed
    assert stored(session, "south") is None
    many = admin.send(NEW, filled(admin, key="south", geo_targets="Казахстан;" * 501))
    assert error_at(many.text, "geo_targets") == "At most 500 places."


def test_a_city_that_addresses_cannot_tell_is_said(admin: Cabinet, session: Session) -> None:
    admin.send(NEW, filled(admin, key="west", geo_targets="Германия-Берлин; США; Россия-Москва"))
    assert stored(session, "west") is not None
    assert "only the country is known, not the city: Germany." in admin.get(LIST).text
