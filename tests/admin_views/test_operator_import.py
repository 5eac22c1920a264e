"""Operators from a file: looked at first, stored all or none; and the list as a file that can come back."""

import csv
import io
import re
from html import unescape

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from admin_views import operator_import
from models import AuditEntry, AuditKind, Operator, OutboxItem
from tests.support.cabinet import Cabinet
from tests.support.company import Company

IMPORT = "/admin/operators/import/"


def look(admin: Cabinet, text: str | bytes) -> TestResponse:
    data = text if isinstance(text, bytes) else text.encode()
    return admin.post(IMPORT, {"file": (io.BytesIO(data), "people.csv")})


def confirm(admin: Cabinet, page: TestResponse, **fields: str) -> TestResponse:
    carried = {name: re.search(rf'name="{name}" value="([^"]*)"', page.text) for name in ("carried", "plan")}
    assert all(carried.values()), "there is nothing to confirm"
    return admin.post(
        IMPORT, {**{name: unescape(found[1]) for name, found in carried.items() if found}, **fields}
    )


def lines(page: TestResponse) -> list[str]:
    body = page.text[page.text.index("<tbody>") : page.text.index("</tbody>")]
    return [unescape(" ".join(re.sub(r"<[^>]+>", " ", row).split())) for row in body.split("</tr>")[:-1]]


def people(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(Operator)) or 0


def found(session: Session, email: str) -> Operator | None:
    session.rollback()
    return session.scalar(select(Operator).where(Operator.email == email))


FILE = """E-mail;Name;Name shown to visitors;Languages;Departments;Sort order;Own limit of chats;Is an administrator
boris@example.com;Boris Ivanov;Boris;ru, ua;Sales | support;50;3;no
anna@example.com;Anna;Anna P;;Sales;100;;yes
"""


@pytest.fixture
def anna(company: Company, admin: Cabinet) -> Operator:
    company.department("sales", name="Sales")
    company.department("support", name="Help, quick")
    return company.operator("Anna")


def test_first_it_is_shown_and_nothing_is_stored(admin: Cabinet, anna: Operator, session: Session) -> None:
    before = people(session)
    page = look(admin, FILE)
    assert page.status_code == 200
    boris, known = lines(page)
    assert boris.startswith("2 boris@example.com Boris Ivanov Will be created")
    assert "Departments: Sales, Help, quick" in boris and "Languages: RU, UA" in boris
    assert known.startswith("3 anna@example.com Anna Will be changed")
    assert "Name shown to visitors: Anna → Anna P" in known and "Is an administrator: No → Yes" in known
    assert people(session) == before


def test_confirmed_it_is_stored(admin: Cabinet, anna: Operator, session: Session) -> None:
    answer = confirm(admin, look(admin, FILE), invite="1")
    assert answer.status_code == 302
    boris = found(session, "boris@example.com")
    assert boris is not None
    assert (boris.internal_name, boris.languages, boris.max_chats, boris.sort_order) == (
        "Boris Ivanov",
        ["ru", "uk"],
        3,
        50,
    )
    assert {one.key for one in boris.departments} == {"sales", "support"}
    known = found(session, "anna@example.com")
    assert known is not None and known.is_admin and known.public_name == "Anna P"
    assert session.scalars(select(OutboxItem.recipient)).all() == ["boris@example.com"]
    kinds = session.scalars(select(AuditEntry.kind).order_by(AuditEntry.id.desc()).limit(4)).all()
    assert set(kinds) == {AuditKind.IMPORTED, AuditKind.CREATED, AuditKind.CHANGED, AuditKind.INVITED}


def test_without_a_tick_nobody_is_written_to(admin: Cabinet, anna: Operator, session: Session) -> None:
    confirm(admin, look(admin, FILE))
    assert found(session, "boris@example.com") is not None
    assert session.scalars(select(OutboxItem)).all() == []


def test_one_wrong_line_holds_all_of_them(admin: Cabinet, anna: Operator, session: Session) -> None:
    page = look(admin, FILE + "no-address;Vera;;klingon;Kitchen;;;\n")
    assert "Error" in lines(page)[2]
    for words in (
        "this is not an e-mail address",
        "unknown language “klingon”",
        "there is no department “Kitchen”",
    ):
        assert words in lines(page)[2]
    assert 'name="carried"' not in page.text
    forged = admin.post(IMPORT, {"carried": "ZW1haWwKbm8tYWRkcmVzcw==", "plan": "x"})
    assert forged.status_code == 422
    assert found(session, "boris@example.com") is None


def test_what_was_looked_at_is_what_is_stored(
    admin: Cabinet, anna: Operator, company: Company, session: Session
) -> None:
    page = look(admin, FILE)
    company.operator("Boris")
    answer = confirm(admin, page)
    assert answer.status_code == 422
    assert "Meanwhile something has changed" in unescape(answer.text)
    assert "boris@example.com Boris Ivanov Will be changed" in lines(answer)[0]


def test_the_last_administrator_stays(
    admin: Cabinet, anna: Operator, session: Session, company: Company
) -> None:
    page = look(admin, f"email;is_admin\n{company.administrator.email};no\n")
    answer = confirm(admin, page)
    assert answer.status_code == 422
    assert "Line 2 would take away the last administrator." in answer.text
    known = found(session, "administrator@example.com")
    assert known is not None and known.is_admin


@pytest.mark.parametrize("data", [b"", b"\0", b"email\n", b"x;y\n1;2", b'email\n"' + b"x" * 200_000])
def test_a_file_that_is_no_table_is_refused_in_words(admin: Cabinet, anna: Operator, data: bytes) -> None:
    page = look(admin, data)
    assert page.status_code == 422
    assert 'role="alert"' in page.text


def test_hostile_cells_are_text(admin: Cabinet, anna: Operator) -> None:
    page = look(admin, 'email;internal_name;<b>x</b>\n<script>@x.ru;"<img src=x onerror=alert(1)>";1\n')
    assert "<script>@x" not in page.text and "<img src=x" not in page.text and "<b>x" not in page.text


def test_the_exported_list_comes_back_and_changes_nothing(
    admin: Cabinet, anna: Operator, company: Company, session: Session
) -> None:
    company.operator("=1+1", email="formula@example.com", languages=["ru", "he"], max_chats=4)
    file = admin.get("/admin/operators/export/csv/").data
    table = list(csv.DictReader(io.StringIO(file.decode("utf-8-sig")), delimiter=";"))
    assert {line["Name"] for line in table} == {"Administrator", "Anna", "'=1+1"}
    assert {line["Role"] for line in table} == {"Administrator", "Operator"}
    page = look(admin, file)
    assert all("Stays as it is" in line for line in lines(page)), lines(page)


def test_the_export_has_what_the_filters_leave(admin: Cabinet, anna: Operator) -> None:
    page = admin.get("/admin/operators/").text
    role = re.search(r'Role</span><select class="select" name="([^"]+)"', page)
    assert role
    file = admin.get("/admin/operators/export/csv/", query_string={role[1]: "admin"}).data.decode("utf-8-sig")
    assert "Administrator" in file and "Anna" not in file


def test_the_template_can_be_imported_in_every_language(admin: Cabinet, anna: Operator) -> None:
    template = admin.get("/admin/operators/import-template/").data
    assert "Will be created" in lines(look(admin, template))[0]
    assert "Все колонки" not in template.decode("utf-8-sig")
    russian = "E-mail;Имя\nvera@example.com;Вера\n"
    assert "Will be created" in lines(look(admin, russian.encode("cp1251")))[0]


def test_every_fault_and_refusal_has_words() -> None:
    assert set(operator_import.TITLES) == set(operator_import.MEANINGS)
