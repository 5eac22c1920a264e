"""The screen of tokens: a text shown once, and never again; revoked after a question."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.api_tokens import token_of
from models import ApiToken
from models.database import unit_of_work
from models.settings import load_settings
from tests.support.cabinet import Cabinet, form_of
from tests.support.clock import SteppingClock

LIST, NEW, DELETE = "/admin/api_tokens/", "/admin/api_tokens/new/", "/admin/api_tokens/delete/"
TEXT = re.compile(r"otvet_[A-Za-z0-9]{43}")


def issue(admin: Cabinet, name: str = "CRM", **fields: object) -> str:
    answer = admin.post(NEW, {"name": name, "scopes": ["chats:read", "messages:write"], **fields})
    assert answer.status_code == 200, answer.text
    found = set(TEXT.findall(answer.text))
    assert len(found) == 1
    return found.pop()


def stored(session: Session) -> ApiToken:
    session.rollback()
    newest = select(ApiToken).order_by(ApiToken.id.desc()).limit(1)
    return session.scalars(newest.execution_options(populate_existing=True)).one()


def test_the_empty_list_says_what_to_do_first(admin: Cabinet) -> None:
    page = admin.get(LIST).text
    assert "No program may use the API yet." in page and 'href="/admin/api_tokens/new/' in page


def test_the_text_is_shown_once_and_opens_the_api(
    admin: Cabinet, session: Session, clock: SteppingClock
) -> None:
    text = issue(admin)
    token = stored(session)
    assert token_of(session, text, clock()).id == token.id
    assert (token.name, token.scopes) == ("CRM", ["chats:read", "messages:write"])
    for path in (LIST, NEW, "/admin/", "/admin/settings/"):
        assert not TEXT.search(admin.get(path).text), path
    page = admin.get(LIST).text
    assert token.mark in page and "Messages: write" in page and "Administrator" in page and "never" in page


def test_the_last_day_counts_in_the_companys_zone(
    admin: Cabinet, session: Session, clock: SteppingClock
) -> None:
    with unit_of_work(session) as unit:
        load_settings(unit).time_zone = "Asia/Vladivostok"
    day = clock().date() + timedelta(days=3)
    issue(admin, last_day=day.isoformat())
    # Vladivostok is ten hours ahead: the day is over there at 14:00 of UTC.
    assert stored(session).expires_at is not None
    assert stored(session).expires_at.isoformat() == f"{day}T14:00:00+00:00"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": ""}, "This field is required."),
        ({"name": "crm"}, "There is a token with this name already."),
        ({"scopes": []}, "Tick at least one."),
        ({"scopes": ["everything"]}, "is not a valid choice"),
        ({"last_day": "2020-01-01"}, "This day is over."),
        ({"last_day": "tomorrow"}, "Not a valid date value."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    admin: Cabinet, session: Session, fields: dict[str, object], words: str
) -> None:
    issue(admin)
    answer = admin.post(NEW, {"name": "Shop", "scopes": ["visitors:read"], **fields})
    assert answer.status_code == 422 and words in re.sub(r"&#39;", "'", answer.text)
    assert not TEXT.search(answer.text)
    if "name" not in fields:
        assert form_of(answer.text)["name"] == "Shop"
    session.rollback()
    assert session.query(ApiToken).count() == 1


def test_a_token_is_revoked_and_stays_in_the_list(
    admin: Cabinet, session: Session, clock: SteppingClock
) -> None:
    issue(admin)
    token = stored(session)
    page = admin.get(LIST).text
    assert "Revoke the token “CRM”?" in page
    answer = admin.post(DELETE, {"id": token.id})
    assert answer.status_code == 302
    page = admin.get(LIST).text
    assert "Revoked: CRM" in page and "Revoke the token" not in page
    assert stored(session).revoked_at == clock()
    assert admin.post(DELETE, {"id": 999}).status_code == 404


def test_the_list_is_searched_and_filtered(admin: Cabinet, session: Session, clock: SteppingClock) -> None:
    issue(admin, "Kept")
    issue(admin, "Gone")
    admin.post(DELETE, {"id": stored(session).id})
    issue(admin, "Over")
    with unit_of_work(session) as unit:
        unit.query(ApiToken).filter_by(name="Over").one().expires_at = clock()
    name = re.search(r'name="(flt0_[^"]+)"', admin.get(LIST).text)
    assert name
    for query, shown in (
        ("search=kep", {"Kept"}),
        (f"{name[1]}=active", {"Kept"}),
        (f"{name[1]}=expired", {"Over"}),
        (f"{name[1]}=revoked", {"Gone"}),
        ("sort=0", {"Kept", "Gone", "Over"}),
    ):
        page = admin.get(f"{LIST}?{query}").text
        assert set(re.findall(r'col-name"><bdi>(\w+)', page)) == shown, query


def test_what_people_typed_is_text(admin: Cabinet, app: Flask) -> None:
    page = admin.post(NEW, {"name": "<b>x</b>", "scopes": ["chats:read"]}).text + admin.get(LIST).text
    assert "<b>x</b>" not in page and "&lt;b&gt;x&lt;/b&gt;" in page
