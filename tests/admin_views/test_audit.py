"""The audit log in the panel: found by filters and words, read in the reader's language, exported."""

import csv
import io
import re
from html import unescape

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from actions import audit
from actions.audit_diff import NOISE, OPAQUE, SECRET
from actions.departments import save_department
from admin_views.audit_words import OBJECTS, field_label
from admin_views.formatters import label_of
from models import ActorKind, AuditKind, Department, Operator, Placement
from models.audit import audit_head
from models.database import unit_of_work
from models.settings import Settings, load_settings
from policy.languages import Language
from tests.support.cabinet import Cabinet
from tests.support.clock import SteppingClock
from tests.support.company import Company

LIST = "/admin/audit/"


@pytest.fixture
def sales(company: Company, session: Session, clock: SteppingClock, admin: Cabinet) -> Department:
    """A department that was made yesterday and renamed today."""
    department = company.department("sales", name="Sales")
    clock.forward(days=1)
    admin.sign_in(company.administrator)
    with unit_of_work(session):
        department.name = "Отдел продаж"
        department.is_hidden = True
        save_department(session, department)
    return department


def argument(page: str, name: str) -> str:
    """The address's argument of a filter, by its label."""
    for label in re.findall(r'<label class="f[^"]*">.*?</label>', page, re.DOTALL):
        if re.search(rf"<span[^>]*>{name}</span>", label):
            found = re.search(r'name="([^"]+)"', label)
            assert found
            return found[1]
    raise AssertionError(name)


def rows(page: str) -> list[str]:
    """The rows' words."""
    body = page[page.index("<tbody>") : page.index("</tbody>")] if "<tbody>" in page else ""
    return [unescape(" ".join(re.sub(r"<[^>]+>", " ", row).split())) for row in body.split("</tr>")[:-1]]


def chosen(admin: Cabinet, **filters: str) -> list[str]:
    """The rows that are left by filters, named by their labels."""
    page = admin.get(LIST).text
    query = {argument(page, name.replace("_", " ")): value for name, value in filters.items()}
    return rows(admin.get(LIST, query_string=query).text)


def test_the_newest_stands_first_and_says_what_became_what(admin: Cabinet, sales: Department) -> None:
    first = rows(admin.get(LIST).text)[0]
    assert "System Changed Отдел продаж Department" in first
    assert "Department name: Sales → Отдел продаж" in first
    assert "Department is invisible to visitors: No → Yes" in first


def test_the_details_show_each_field(admin: Cabinet, sales: Department, session: Session) -> None:
    page = admin.get(f"{LIST}details/?id={audit_head(session).number}").text
    assert rows(page) == ["Department name Sales Отдел продаж", "Department is invisible to visitors No Yes"]


def test_words_are_the_readers_own(
    admin: Cabinet, sales: Department, session: Session, company: Company
) -> None:
    with unit_of_work(session) as unit:
        load_settings(unit).language = Language.RU
    first = rows(admin.get(LIST).text)[0]
    assert "Изменение" in first and "Нет → Да" in first and "Название отдела: Sales" in first


def test_filters(admin: Cabinet, sales: Department, company: Company, clock: SteppingClock) -> None:
    today, yesterday = "2026-03-03", "2026-03-02"
    assert len(chosen(admin, From_day=today)) == 2
    assert all("Отдел продаж" not in row for row in chosen(admin, To_day=yesterday))
    assert len(chosen(admin, From_day=yesterday, To_day=today)) == len(rows(admin.get(LIST).text))
    assert chosen(admin, From_day="2027-01-01") == []
    assert [row for row in chosen(admin, Who=str(company.administrator.id)) if "Signed in" not in row] == []
    assert len(chosen(admin, Who="stranger")) == 0
    assert all("Created" in row for row in chosen(admin, What_was_done="created"))
    assert len(chosen(admin, Object="departments")) == 2
    assert len(chosen(admin, Object=f"departments:{sales.id}")) == 2
    assert chosen(admin, Object="departments:77") == []


@pytest.mark.parametrize(
    "nonsense", ["yesterday", "2026-13-45", "0001-01-01", "9999-12-31", "'", "x" * 9_000]
)
def test_a_wrong_filter_filters_nothing_and_breaks_nothing(
    admin: Cabinet, sales: Department, nonsense: str
) -> None:
    page = admin.get(LIST).text
    for name in ("From day", "To day", "Who", "What was done", "Object"):
        answer = admin.get(LIST, query_string={argument(page, name): nonsense})
        assert answer.status_code == 200, name


def test_search_knows_small_and_capital_letters_of_every_script(admin: Cabinet, sales: Department) -> None:
    assert len(rows(admin.get(LIST, query_string={"search": "ОТДЕЛ прод"}).text)) == 1
    assert rows(admin.get(LIST, query_string={"search": "100%"}).text) == []
    assert rows(admin.get(LIST, query_string={"search": "_____"}).text) == []
    assert "Nothing fits this search." in admin.get(LIST, query_string={"search": "nowhere"}).text


def test_the_export_has_what_the_filters_leave_and_no_formulas(
    admin: Cabinet, sales: Department, session: Session
) -> None:
    with unit_of_work(session):
        sales.name = "=1+1"
        save_department(session, sales)
    page = admin.get(LIST).text
    answer = admin.get(f"{LIST}export/csv/", query_string={argument(page, "Object"): "departments"})
    assert answer.headers["Content-Disposition"] == "attachment; filename=audit.csv"
    table = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    assert [line["What was done"] for line in table] == ["Changed", "Changed", "Created"]
    assert table[0]["To what"] == "'=1+1"
    assert "Department name: Отдел продаж → =1+1" in table[0]["Changes"]
    assert "Exported" in rows(admin.get(LIST).text)[0], "who takes data away is logged too"


def test_hostile_names_are_text(admin: Cabinet, company: Company, session: Session) -> None:
    company.department("evil", name="<script>alert(1)</script>")
    page = admin.get(LIST).text
    details = admin.get(f"{LIST}details/?id={audit_head(session).number}").text
    assert "<script>alert(1)" not in page + details
    assert "&lt;script&gt;alert(1)" in page and "&lt;script&gt;alert(1)" in details


def test_nobody_edits_it_here(admin: Cabinet, sales: Department) -> None:
    for path in ("new/", "edit/?id=1"):
        assert admin.get(LIST + path).status_code == 404
    assert admin.post(f"{LIST}delete/", {"id": "1"}).status_code == 404


def test_an_administrators_deed_in_the_panel_bears_name_and_address(
    admin: Cabinet, sales: Department, company: Company
) -> None:
    admin.post("/admin/operators/deactivate/", {"id": str(company.operator("Anna").id)})
    assert "Administrator 127.0.0.1 Access closed Anna Operator" in rows(admin.get(LIST).text)[0]


@pytest.mark.parametrize("model", [Settings, Department, Operator, Placement])
def test_every_field_that_can_change_has_a_label(app: Flask, model: type) -> None:
    mapper = model.__mapper__  # type: ignore[attr-defined]
    numbers = {column for relation in mapper.relationships for column in relation.local_columns}
    told = {
        column.key
        for column in mapper.column_attrs
        if column.key not in NOISE and column.columns[0] not in numbers - set(mapper.primary_key)
    } | {"departments", "subordinates", "supervised_departments"} & set(mapper.relationships.keys())
    with app.test_request_context():
        nameless = {field for field in told if field_label(model.__tablename__, field) == field}  # type: ignore[attr-defined]
    assert nameless == set()
    assert {field for field in told if SECRET.search(field)} <= {"must_change_password"}
    assert OPAQUE


def test_every_kind_and_every_thing_has_a_name(app: Flask) -> None:
    with app.test_request_context():
        assert all(str(label_of(member)) for member in [*AuditKind, *ActorKind])
        assert all(OBJECTS[one] for one in ("operators", "departments", "placements", "settings"))


def test_a_page_of_many_entries_counts_nothing_it_need_not(
    admin: Cabinet, sales: Department, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("admin_views.audit.COUNTED_TO", 60)
    monkeypatch.setattr("admin_views.audit.SEARCHED", 100)
    for number in range(130):
        with unit_of_work(session):
            audit.write(
                session, AuditKind.TEST_LETTER_SENT, audit.About("outbox", number, f"Letter {number}")
            )
    total = audit_head(session).number
    page = admin.get(LIST).text
    assert f"Shown: 1–50 of {total}" in page
    oldest = rows(admin.get(LIST, query_string={"page": str(total // 50)}).text)[-1]
    assert oldest == rows(admin.get(LIST, query_string={"sort": "0"}).text)[0]
    found = admin.get(LIST, query_string={argument(page, "Object"): "outbox"}).text
    assert "Shown: 1–50 of more than 60" in found
    searched = admin.get(LIST, query_string={"search": "letter"}).text
    assert "Only the newest entries were searched." in searched
    assert len(rows(admin.get(LIST, query_string={"search": "letter 99"}).text)) == 1
