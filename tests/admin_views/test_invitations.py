"""An invitation instead of a typed password: on the form of a new operator, and later by a button."""

import re

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Operator, OutboxItem
from models.database import unit_of_work
from tests.admin_views.test_operators import LIST, NEW, by_email, edit, filled
from tests.support.cabinet import Cabinet
from tests.support.company import PASSWORD, Company

INVITE = f"{LIST}invite/"
NO_PASSWORD = {"new_password": "", "new_password_again": ""}


def letters(session: Session) -> list[OutboxItem]:
    session.rollback()
    return list(session.scalars(select(OutboxItem).order_by(OutboxItem.id)))


def link_in(letter: OutboxItem) -> str:
    found = re.search(r"/new-password\?token=\S+", letter.payload["text"])
    assert found
    return found[0]


def test_a_new_operator_is_invited_and_chooses_the_password(
    app: Flask, admin: Cabinet, session: Session
) -> None:
    answer = admin.send(NEW, filled(admin, sends_invitation="y", **NO_PASSWORD))
    assert answer.status_code == 302
    assert "The invitation to svetlana@example.com waits" in admin.get(LIST).text
    made = by_email(session, "svetlana@example.com")
    assert made is not None and made.password_hash is None
    (letter,) = letters(session)
    theirs = Cabinet(app)
    assert theirs.sign_in("svetlana@example.com", "").status_code == 401
    token = link_in(letter).partition("=")[2]
    chosen = {"token": token, "password": PASSWORD, "confirmation": PASSWORD}
    assert theirs.post("/new-password", chosen).location == "/sign-in"
    assert theirs.sign_in("svetlana@example.com").status_code == 302


def test_what_was_typed_beside_an_invitation_is_no_password(admin: Cabinet, session: Session) -> None:
    assert admin.send(NEW, filled(admin, sends_invitation="y", new_password_again="x")).status_code == 302
    made = by_email(session, "svetlana@example.com")
    assert made is not None and made.password_hash is None


def test_without_an_invitation_a_password_is_needed(admin: Cabinet, session: Session) -> None:
    assert admin.send(NEW, filled(admin, **NO_PASSWORD)).status_code == 422
    assert letters(session) == []


def test_a_refused_account_invites_nobody(admin: Cabinet, session: Session) -> None:
    taken = filled(admin, sends_invitation="y", email="administrator@example.com", **NO_PASSWORD)
    answer = admin.send(NEW, taken)
    assert answer.status_code == 422
    assert re.search(r'name="sends_invitation"[^>]*checked|checked[^>]*name="sends_invitation"', answer.text)
    assert letters(session) == []


def test_somebody_who_has_an_account_is_invited_by_a_button(
    admin: Cabinet, session: Session, company: Company
) -> None:
    anna = company.operator("Anna", password_hash=None)
    assert f'action="{INVITE}' in admin.get(edit(anna)).text
    assert admin.post(INVITE, {"id": str(anna.id)}).status_code == 302
    (letter,) = letters(session)
    assert letter.recipient == "anna@example.com"


def test_the_form_of_an_account_has_no_switch_for_what_is_done_once(admin: Cabinet, company: Company) -> None:
    assert "sends_invitation" not in admin.get(edit(company.operator("Anna"))).text


@pytest.mark.parametrize("who", ["oneself", "switched off", "nobody"])
def test_who_is_not_invited(admin: Cabinet, session: Session, company: Company, who: str) -> None:
    anna = company.operator("Anna")
    with unit_of_work(session):
        anna.is_active = False
    number = {"oneself": company.administrator.id, "switched off": anna.id, "nobody": 999}[who]
    status = {"oneself": 403, "switched off": 302, "nobody": 404}[who]
    assert admin.post(INVITE, {"id": str(number)}).status_code == status
    assert letters(session) == []


def test_an_invitation_leaves_the_password_that_works_until_its_owner_chooses(
    app: Flask, admin: Cabinet, company: Company
) -> None:
    anna: Operator = company.operator("Anna")
    admin.post(INVITE, {"id": str(anna.id)})
    assert Cabinet(app).sign_in(anna).status_code == 302
