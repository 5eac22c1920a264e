"""What is too long, gone meanwhile or sent twice is told in words, once, beside its field."""

import io
import re
from html import unescape

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.departments import delete_department
from models import Department
from models.database import unit_of_work
from models.settings import load_settings
from tests.support.cabinet import Cabinet, form_of
from tests.support.company import Company

NEW_DEPARTMENT = "/admin/departments/new/"


def told(page: str) -> str:
    """The page's words, as they are read."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_the_same_form_sent_twice_makes_one_department(admin: Cabinet, session: Session) -> None:
    filled = {**form_of(admin.get(NEW_DEPARTMENT).text), "name": "Продажи"}
    assert admin.send(NEW_DEPARTMENT, filled).status_code == 302
    again = admin.send(NEW_DEPARTMENT, filled)
    assert again.status_code == 422
    assert "There is already a department with this name." in again.text
    assert admin.send(NEW_DEPARTMENT, {**filled, "key": "second"}).status_code == 302
    session.rollback()
    assert sorted(session.scalars(select(Department.key))) == ["prodazhi", "second"]


def test_a_department_that_vanished_meanwhile_is_told_in_the_readers_language(
    admin: Cabinet, company: Company, session: Session
) -> None:
    department = company.department("sales")
    anna = company.operator("Anna", departments=[department])
    path = f"/admin/operators/edit/?id={anna.id}"
    filled = form_of(admin.get(path).text)
    filled["departments"] = [str(department.id)]
    with unit_of_work(session) as unit:
        delete_department(unit, department)
        load_settings(unit)
    answer = admin.send(path, filled)
    assert answer.status_code == 422
    assert "What was chosen is no longer there. Choose again." in answer.text
    assert "Not a valid choice" not in answer.text


@pytest.mark.parametrize(
    ("path", "field", "text", "words"),
    [
        ("/admin/settings/", "categories", "Sales\n" * 4_000, "At most 20000 characters in all."),
        (NEW_DEPARTMENT, "reply_templates", "x" * 10_001, "Line 1 is longer than 10000 characters."),
        (NEW_DEPARTMENT, "reply_templates", "ok\n" + "x" * 10_001, "Line 2 is longer than 10000 characters."),
        (NEW_DEPARTMENT, "reply_templates", "x\n" * 150_000, "At most 200000 characters in all."),
        ("/admin/settings/", "reply_templates", "x\n" * 150_000, "At most 200000 characters in all."),
        ("/admin/settings/", "reply_templates", "x" * 10_001, "Line 1 is longer than 10000 characters."),
        ("/admin/settings/", "allowed_sites", "a" * 100_000, "At most 10000 characters in all."),
        ("/admin/settings/", "allowed_sites", f"{'a' * 300}.ru", f"This is not a site's address: {'a' * 60}"),
    ],
)
def test_what_is_too_long_is_told(
    admin: Cabinet, company: Company, session: Session, path: str, field: str, text: str, words: str
) -> None:
    with unit_of_work(session) as unit:
        load_settings(unit).company_name = "Company"
    answer = admin.send(path, {**form_of(admin.get(path).text), "name": "A", field: text})
    assert answer.status_code == 422
    assert told(answer.text).count(words) == 1


def test_one_field_says_once_that_it_is_too_long(admin: Cabinet) -> None:
    answer = admin.send(NEW_DEPARTMENT, {**form_of(admin.get(NEW_DEPARTMENT).text), "name": "x" * 101})
    assert answer.status_code == 422
    assert told(answer.text).count("longer than 100 characters") <= 1
    field = answer.text[answer.text.index('data-field="name"') :]
    assert len(re.findall(r'class="err', field[: field.index("data-field", 10)])) == 1


def test_a_sign_in_address_has_an_end(app: Flask, company: Company) -> None:
    cabinet = Cabinet(app)
    answer = cabinet.sign_in("a" * 5_000 + "@example.com")
    assert answer.status_code == 422
    assert "254" in answer.text


def test_a_photo_of_another_format_is_refused(
    admin: Cabinet, company: Company, capfd: pytest.CaptureFixture[str]
) -> None:
    out = io.BytesIO()
    Image.new("RGB", (40, 40)).save(out, "WEBP")
    path = f"/admin/operators/edit/?id={company.operator('Anna').id}"
    answer = admin.send(
        path, {**form_of(admin.get(path).text), "photo": (io.BytesIO(out.getvalue()), "a.png")}
    )
    assert answer.status_code == 422
    assert "This file is not a JPEG, GIF, PNG, TIFF or BMP picture." in answer.text
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.parametrize(
    ("search", "is_found"),
    [("анна", True), ("АННА петр", True), ("%", False), ("_нна", False), ("иван", False)],
)
def test_search_knows_letters_of_every_script_and_no_wildcards(
    admin: Cabinet, company: Company, search: str, is_found: bool
) -> None:
    company.operator("Anna", internal_name="Анна Петрова")
    page = admin.get("/admin/operators/", query_string={"search": search}).text
    assert ("Анна Петрова" in page) == is_found
