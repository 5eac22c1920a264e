"""Addresses and numbers that nobody's page makes: answered in words, never by a failure, never leading elsewhere."""

import pytest
from sqlalchemy.orm import Session

from models import Webhook
from models.database import unit_of_work
from tests.support.cabinet import Cabinet
from tests.support.clock import START
from tests.support.company import Company

LISTS = ("operators", "departments", "placements", "audit", "api_tokens", "webhooks", "letters")
BEYOND = "9" * 30
# Each is a parameter of the function that makes addresses, or more words than a database takes conditions.
ODD = ("endpoint=x", "self=1", "_method=FOO", "_anchor=a", f"search={'+'.join('a' * 2000)}")


@pytest.mark.parametrize("name", LISTS)
def test_a_list_opens_whatever_its_address_says(admin: Cabinet, name: str) -> None:
    assert [odd[:9] for odd in ODD if admin.get(f"/admin/{name}/?{odd}").status_code != 200] == []


@pytest.mark.parametrize("name", ["operators", "audit"])
def test_so_does_its_export(admin: Cabinet, name: str) -> None:
    path = f"/admin/{name}/export/csv/"
    assert [odd[:9] for odd in ODD if admin.get(f"{path}?{odd}").status_code != 200] == []
    assert admin.get(f"/admin/{name}/?export_type=zip").status_code == 200


def test_no_address_makes_a_list_lead_elsewhere(admin: Cabinet, company: Company) -> None:
    page = admin.get("/admin/operators/?_scheme=javascript&_external=1&search=a&sort=1&desc=1").text
    assert "javascript:" not in page
    assert "/admin/operators/export/csv/?search=a&amp;sort=1&amp;desc=1" in page


def test_the_pages_of_a_number_lead_on_and_nowhere_else(
    admin: Cabinet, company: Company, session: Session
) -> None:
    for number in range(51):
        company.chat(visitor=company.visitor(f"V{number}"))
    for odd in ("endpoint=x", "_method=FOO", "counted=wait", "name=x", "_scheme=javascript&_external=1"):
        answer = admin.get(f"/admin/chats/requests?period=today&{odd}")
        assert answer.status_code == 200, odd
        assert "/admin/chats/requests?period=today&amp;page=1" in answer.text, odd
        assert "javascript:" not in answer.text


def test_numbers_beyond_every_row_name_nothing(admin: Cabinet, session: Session) -> None:
    with unit_of_work(session):
        hook = Webhook(
            address="https://crm.example/x",
            note="",
            events=["chat.started"],
            secret="whsec_eA==",
            created_at=START,
            next_at=START,
        )
        session.add(hook)
    for path, fields, status in (
        ("/admin/disconnect", {"id": BEYOND}, 404),
        ("/admin/account/sessions/end/", {"id": BEYOND}, 302),
        ("/admin/webhooks/again/", {"id": str(hook.id), "delivery": BEYOND}, 404),
        ("/admin/webhooks/again/", {"id": BEYOND, "delivery": "1"}, 404),
    ):
        assert admin.post(path, fields).status_code == status, (path, fields)
    for before in (BEYOND, "-1", "x"):
        assert admin.get(f"/admin/webhooks/deliveries/?id={hook.id}&before={before}").status_code == 200


def test_a_carried_file_of_other_letters_is_refused(admin: Cabinet) -> None:
    assert admin.post("/admin/operators/import/", {"carried": "é"}).status_code == 400
