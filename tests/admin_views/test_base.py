"""What every view of the panel keeps: rights, named columns, scope, versions, refusals and safe exports."""

import re
from datetime import UTC, datetime
from typing import Any, ClassVar
from urllib.parse import quote

import pytest
from flask import Flask
from flask_admin import expose
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_views.base import OtvetModelView, OtvetView
from admin_views.filters import ListFilter
from admin_views.formatters import csv_file, label_of, safe_cell
from models import Department
from models.database import unit_of_work
from policy.languages import Language
from policy.rights import Action
from policy.statuses import OperatorStatus
from tests.support.cabinet import Cabinet, form_of
from tests.support.company import Company


class Plain(OtvetModelView):
    action = Action.MANAGE_DEPARTMENTS
    column_list: ClassVar[list[str]] = ["name"]


def make(view: type[OtvetModelView]) -> OtvetModelView:
    return view(Department, endpoint="plain", name="Plain")


class TestDefinition:
    def test_a_view_names_its_action(self, app: Flask) -> None:
        class Nameless(OtvetModelView):
            column_list: ClassVar[list[str]] = ["name"]

        with pytest.raises(TypeError, match="must name its action"):
            make(Nameless)

    def test_a_page_names_its_action_too(self, app: Flask) -> None:
        class Page(OtvetView):
            @expose("/")
            def index(self) -> str:
                return ""

        with pytest.raises(TypeError, match="must name its action"):
            Page()

    def test_a_view_that_names_all_it_must_can_be_made(self, app: Flask) -> None:
        assert make(Plain).endpoint == "plain"

    @pytest.mark.parametrize(
        ("changed", "complaint"),
        [
            ({"column_list": None}, "column_list must list"),
            ({"can_edit": True}, "form_columns must list"),
            ({"can_create": True}, "form_columns must list"),
            ({"can_view_details": True}, "column_details_list must list"),
            ({"can_export": True}, "column_export_list must list"),
            ({"column_list": ["name", "password_hash"]}, "must not name password_hash"),
            ({"can_edit": True, "form_columns": ["token_hash"]}, "must not name token_hash"),
            ({"column_details_list": ["secret_key"]}, "must not name secret_key"),
            ({"can_edit": True, "form_columns": ["name", "key"], "form_rules": ["name"]}, "must place key"),
            ({"column_editable_list": ["name"]}, "cells are not edited"),
            ({"column_filters": ["name"]}, "must be ListFilters"),
        ],
    )
    def test_nothing_shows_that_is_not_named_and_no_secret_can_be(
        self, app: Flask, changed: dict[str, Any], complaint: str
    ) -> None:
        with pytest.raises(TypeError, match=complaint):
            make(type("Changed", (Plain,), changed))

    def test_views_of_the_product_change_nothing_they_do_not_say(self) -> None:
        assert not (OtvetModelView.can_create or OtvetModelView.can_edit or OtvetModelView.can_delete)
        assert not OtvetModelView.can_export


@pytest.fixture
def cabinet(app: Flask, company: Company) -> Cabinet:
    own = Cabinet(app)
    own.sign_in(company.administrator)
    own.post("/language", {"language": "en"})
    return own


@pytest.fixture
def sales(company: Company) -> Department:
    return company.department("sales", name="Sales", sort_order=10)


def edit_path(department: Department) -> str:
    return f"/admin/departments/edit/?id={department.id}"


class TestScope:
    @pytest.mark.parametrize(
        "number", ["", "0", "999999", "9" * 30, "-1", "1,2", "abc", "1.0", "%D9%A1", "1'--", "NaN"]
    )
    def test_whatever_is_no_record_of_the_list_is_not_found(self, cabinet: Cabinet, number: str) -> None:
        assert cabinet.get(f"/admin/departments/edit/?id={number}").status_code == 404

    def test_a_record_that_the_list_hides_is_not_found(
        self, cabinet: Cabinet, company: Company, session: Session
    ) -> None:
        gone = company.operator("Gone")
        with unit_of_work(session):
            gone.deleted_at = datetime(2026, 1, 1, tzinfo=UTC)
        missing = cabinet.get("/admin/operators/edit/?id=999999")
        hidden = cabinet.get(f"/admin/operators/edit/?id={gone.id}")
        assert hidden.status_code == missing.status_code == 404
        assert _without_marks(hidden.text) == _without_marks(missing.text)
        assert cabinet.post("/admin/operators/delete/", {"id": str(gone.id)}).status_code == 404


def _without_marks(page: str) -> str:
    """Without what is new on every answer."""
    return re.sub(r'(nonce|value)="[^"]*"', "", page)


class TestSaving:
    def test_a_saved_record_is_named_and_the_list_comes_back_as_it_was_left(
        self, cabinet: Cabinet, sales: Department, session: Session
    ) -> None:
        back = "/admin/departments/?search=Sa&sort=0"
        path = f"{edit_path(sales)}&url={quote(back)}"
        answer = cabinet.send(path, {**form_of(cabinet.get(path).text), "name": "Selling"})
        assert answer.status_code == 302
        assert answer.location == back
        assert "Saved: Selling" in cabinet.get(back).text
        session.rollback()
        assert (sales.name, sales.version) == ("Selling", 2)

    def test_what_is_wrong_is_said_beside_its_field_and_everything_typed_stays(
        self, cabinet: Cabinet, sales: Department, session: Session
    ) -> None:
        page = cabinet.get(edit_path(sales)).text
        answer = cabinet.send(
            edit_path(sales), {**form_of(page), "name": "", "reply_templates": "Typed and not saved"}
        )
        assert answer.status_code == 422
        assert 'id="name-error"' in answer.text
        assert 'href="#name"' in answer.text
        assert "Typed and not saved" in answer.text
        assert re.search(r'id="name"[^>]*aria-invalid="true"', answer.text) or re.search(
            r'aria-invalid="true"[^>]*id="name"', answer.text
        )
        session.rollback()
        assert sales.name == "Sales"

    def test_the_rules_refuse_before_the_database_does(self, cabinet: Cabinet, company: Company) -> None:
        company.operator("Anna")
        boris = company.operator("Boris")
        path = f"/admin/operators/edit/?id={boris.id}"
        answer = cabinet.send(path, {**form_of(cabinet.get(path).text), "email": "ANNA@example.com"})
        assert answer.status_code == 422
        beside = re.search(r'id="email-error">.*?</p>', answer.text, re.DOTALL)
        assert beside
        assert "Anna" in beside[0]

    def test_a_failing_tab_says_how_many_errors_it_has(self, cabinet: Cabinet, company: Company) -> None:
        path = f"/admin/operators/edit/?id={company.administrator.id}"
        answer = cabinet.send(path, {**form_of(cabinet.get(path).text), "internal_name": "", "email": "x"})
        assert re.search(r'class="badge".*?<span class="num">2</span>', answer.text, re.DOTALL)


class TestTwoEditors:
    def test_the_second_is_told_what_changed_and_loses_nothing_typed(
        self, cabinet: Cabinet, sales: Department, session: Session
    ) -> None:
        first = form_of(cabinet.get(edit_path(sales)).text)
        second = form_of(cabinet.get(edit_path(sales)).text)
        assert cabinet.send(edit_path(sales), {**first, "name": "Shop"}).status_code == 302
        answer = cabinet.send(edit_path(sales), {**second, "name": "Trade"})
        assert answer.status_code == 422
        changes = re.search(r'<dl class="changes">(.*?)</dl>', answer.text, re.DOTALL)
        assert changes
        assert re.findall(r"<dd><bdi>(.*?)</bdi></dd>", changes[1]) == ["Shop"]
        assert 'value="Trade"' in answer.text
        session.rollback()
        assert sales.name == "Shop"

    def test_who_saves_again_knows_what_they_replace(
        self, cabinet: Cabinet, sales: Department, session: Session
    ) -> None:
        first = form_of(cabinet.get(edit_path(sales)).text)
        second = form_of(cabinet.get(edit_path(sales)).text)
        cabinet.send(edit_path(sales), {**first, "name": "Shop"})
        told = cabinet.send(edit_path(sales), {**second, "name": "Trade"})
        assert cabinet.send(edit_path(sales), form_of(told.text)).status_code == 302
        session.rollback()
        assert sales.name == "Trade"

    def test_who_is_told_is_told_again_when_it_changes_once_more(
        self, cabinet: Cabinet, sales: Department, session: Session
    ) -> None:
        pages = [form_of(cabinet.get(edit_path(sales)).text) for _ in range(2)]
        cabinet.send(edit_path(sales), {**pages[0], "name": "Shop"})
        told = form_of(cabinet.send(edit_path(sales), {**pages[1], "name": "Trade"}).text)
        cabinet.send(edit_path(sales), {**form_of(cabinet.get(edit_path(sales)).text), "name": "Store"})
        assert cabinet.send(edit_path(sales), told).status_code == 422
        session.rollback()
        assert sales.name == "Store"

    def test_a_form_without_its_version_saves_nothing(
        self, cabinet: Cabinet, sales: Department, session: Session
    ) -> None:
        fields = form_of(cabinet.get(edit_path(sales)).text)
        for broken in ("", "[]", "[1]", '[1,"x"]', "[0,{}]", "null"):
            answer = cabinet.send(edit_path(sales), {**fields, "record_version": broken, "name": "Trade"})
            assert answer.status_code == 422, broken
        session.rollback()
        assert sales.name == "Sales"

    def test_a_record_deleted_meanwhile_is_not_found(
        self, cabinet: Cabinet, sales: Department, session: Session
    ) -> None:
        fields = form_of(cabinet.get(edit_path(sales)).text)
        number = sales.id
        with unit_of_work(session) as own:
            own.delete(own.get_one(Department, number))
        assert cabinet.send(f"/admin/departments/edit/?id={number}", fields).status_code == 404


class TestLists:
    def test_a_filter_left_at_any_filters_nothing(self, cabinet: Cabinet, company: Company) -> None:
        company.operator("Anna")
        page = cabinet.get("/admin/operators/").text
        names = re.findall(r'<select class="select" name="(flt[^"]+)"', page)
        assert names
        answer = cabinet.get("/admin/operators/", query_string=dict.fromkeys(names, ""))
        assert "anna@example.com" in answer.text

    def test_an_empty_list_says_what_to_do_and_a_search_without_hits_leads_back(
        self, cabinet: Cabinet, sales: Department
    ) -> None:
        page = cabinet.get("/admin/departments/?search=nothing-like-this").text
        assert 'class="empty"' in page
        assert 'href="/admin/departments/"' in page

    def test_deleting_asks_by_name(self, cabinet: Cabinet, company: Company) -> None:
        company.operator("Anna")
        page = cabinet.get("/admin/operators/").text
        assert re.search(r'data-confirm="[^"]*Anna', page)

    def test_nothing_is_deleted_by_a_link(
        self, cabinet: Cabinet, sales: Department, session: Session
    ) -> None:
        assert cabinet.get(f"/admin/departments/delete/?id={sales.id}").status_code == 405
        session.rollback()
        assert session.scalars(select(Department)).one() is sales

    def test_filters_have_options_of_the_request(self) -> None:
        with pytest.raises(NotImplementedError):
            ListFilter(Department.name, "Name", "Any").get_options(None)


class TestExport:
    @pytest.mark.parametrize(
        "text", ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0"]
    )
    def test_a_cell_is_never_a_formula(self, text: str) -> None:
        assert safe_cell(text) == f"'{text}"

    def test_other_cells_are_as_they_are(self) -> None:
        assert [safe_cell(value) for value in ("Anna", 7, "a=b", "")] == ["Anna", "7", "a=b", ""]

    def test_the_file_opens_in_a_spreadsheet(self) -> None:
        file = csv_file([["Имя", "E-mail"], ["=1", 'say "hi"; bye']])
        assert file.startswith(b"\xef\xbb\xbf")
        assert file.decode("utf-8-sig") == 'Имя;E-mail\r\n\'=1;"say ""hi""; bye"\r\n'

    def test_a_list_that_cannot_be_taken_away_has_no_file(self, cabinet: Cabinet) -> None:
        assert cabinet.get("/admin/departments/export/csv/").status_code == 404


@pytest.mark.parametrize("member", [*OperatorStatus, *Language])
def test_every_member_that_people_see_has_a_name(app: Flask, member: Any) -> None:
    with app.test_request_context():
        assert str(label_of(member)) not in ("", member.name, member.value)
