"""One's own profile: what everybody may change about themselves, and nothing else."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from actions.passwords import verify_password
from models import Operator
from policy.languages import Language
from tests.admin_views.reading import error_at
from tests.support.cabinet import Cabinet, form_of
from tests.support.clock import SteppingClock
from tests.support.company import PASSWORD, Company

PAGE = "/admin/profile/"
NEW_PASSWORD = "a phrase to remember"


@pytest.fixture
def anna(company: Company) -> Operator:
    return company.operator("Anna", interface_language=Language.EN)


@pytest.fixture
def cabinet(app: Flask, anna: Operator) -> Cabinet:
    cabinet = Cabinet(app)
    cabinet.sign_in(anna)
    return cabinet


def stored(session: Session, operator: Operator) -> Operator:
    session.rollback()
    return session.get_one(Operator, operator.id, populate_existing=True)


@pytest.mark.databases("sqlite", "postgresql")
def test_people_change_what_is_theirs(cabinet: Cabinet, anna: Operator, session: Session) -> None:
    form = form_of(cabinet.get(PAGE).text)
    answer = cabinet.send(
        PAGE,
        {
            **form,
            "public_name": "Anya",
            "languages": ["en", "he"],
            "interface_language": "tr",
            "reply_templates": "Hi",
        },
    )
    assert (answer.status_code, answer.location) == (302, PAGE)
    person = stored(session, anna)
    assert (person.public_name, person.languages, person.reply_templates) == ("Anya", ["en", "he"], "Hi")
    assert person.interface_language is Language.TR


def test_nothing_else_can_be_changed_and_nobody_else(
    cabinet: Cabinet, anna: Operator, company: Company, session: Session
) -> None:
    sales = company.department("sales")
    form = form_of(cabinet.get(PAGE).text)
    wanted = {
        "internal_name": "Boss",
        "email": "boss@example.com",
        "is_admin": "y",
        "departments": [str(sales.id)],
        "supervised_departments": [str(sales.id)],
        "subordinates": [str(company.administrator.id)],
        "max_chats": "100",
        "sort_order": "1",
        "id": str(company.administrator.id),
    }
    cabinet.send(f"{PAGE}?id={company.administrator.id}", {**form, **wanted, "public_name": "Anya"})
    person = stored(session, anna)
    assert (person.public_name, person.internal_name, person.email) == ("Anya", "Anna", "anna@example.com")
    assert not (person.is_admin or person.departments or person.supervised_departments or person.subordinates)
    assert (person.max_chats, person.sort_order) == (None, 100)
    assert stored(session, company.administrator).public_name == "Administrator"


@pytest.mark.databases("sqlite", "postgresql")
def test_a_new_password_needs_the_old_one_and_ends_the_other_sessions(
    app: Flask, cabinet: Cabinet, anna: Operator, session: Session
) -> None:
    elsewhere = Cabinet(app)
    elsewhere.sign_in("anna@example.com")
    form = {
        **form_of(cabinet.get(PAGE).text),
        "new_password": NEW_PASSWORD,
        "new_password_again": NEW_PASSWORD,
    }
    for wrong, said in (
        ("", "Enter your current password."),
        ("not it", "The current password is wrong."),
    ):
        refused = cabinet.send(PAGE, {**form, "current_password": wrong})
        assert error_at(refused.text, "current_password") == said
    assert cabinet.send(PAGE, {**form, "current_password": PASSWORD}).status_code == 302
    assert verify_password(stored(session, anna).password_hash, NEW_PASSWORD)
    assert cabinet.get(PAGE).status_code == 200
    assert elsewhere.get(PAGE).status_code == 302


def test_a_password_with_the_stored_name_is_refused(cabinet: Cabinet) -> None:
    form = {**form_of(cabinet.get(PAGE).text), "current_password": PASSWORD}
    refused = cabinet.send(
        PAGE, {**form, "new_password": "anna 1234 anna", "new_password_again": "anna 1234 anna"}
    )
    assert "contains a name" in error_at(refused.text, "new_password")


def test_guessing_the_current_password_is_slow(cabinet: Cabinet, clock: SteppingClock) -> None:
    form = {
        **form_of(cabinet.get(PAGE).text),
        "new_password": NEW_PASSWORD,
        "new_password_again": NEW_PASSWORD,
    }
    for _ in range(5):
        cabinet.send(PAGE, {**form, "current_password": "not it"})
    refused = cabinet.send(PAGE, {**form, "current_password": PASSWORD})
    assert "Too many attempts" in error_at(refused.text, "current_password")
    clock.forward(minutes=30)
    assert cabinet.send(PAGE, {**form, "current_password": PASSWORD}).status_code == 302
