"""The screen of webhooks: a secret shown once, states told in words, tries by hand with their outcome."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Webhook, WebhookDelivery
from models.database import unit_of_work
from tests.support.cabinet import Cabinet, form_of
from tests.support.clock import SteppingClock
from tests.support.company import Company
from tests.support.databases import config_for
from tests.support.receiver import Receiver, receiver

LIST, NEW = "/admin/webhooks/", "/admin/webhooks/new/"
SECRET = re.compile(r"whsec_[A-Za-z0-9+/]{43}=")
GIVEN = {
    "address": "https://crm.example/hook",
    "note": "CRM",
    "events": ["chat.started", "message.created"],
    "is_active": "y",
}


@pytest.fixture
def crm(app: Flask, engine_url: str, tmp_path: Path) -> Iterator[Receiver]:
    """A receiver on this machine, which the installation allows."""
    app.config["OTVET"] = config_for(engine_url, tmp_path, WEBHOOK_PRIVATE_HOSTS="127.0.0.1")
    with receiver() as own:
        yield own


def add(admin: Cabinet, session: Session, **fields: Any) -> Webhook:
    answer = admin.post(NEW, {**GIVEN, **fields})
    assert answer.status_code == 200, answer.text
    return stored(session)


def stored(session: Session) -> Webhook:
    session.rollback()
    newest = select(Webhook).order_by(Webhook.id.desc()).limit(1)
    return session.scalars(newest.execution_options(populate_existing=True)).one()


def rows(session: Session) -> list[WebhookDelivery]:
    session.rollback()
    found = select(WebhookDelivery).order_by(WebhookDelivery.id)
    return list(session.scalars(found.execution_options(populate_existing=True)))


def page(admin: Cabinet, path: str) -> str:
    answer = admin.get(path)
    assert answer.status_code == 200
    return unescape(answer.text)


def test_the_empty_list_says_what_to_do_first(admin: Cabinet) -> None:
    shown = page(admin, LIST)
    assert "No program is told anything yet." in shown and 'href="/admin/webhooks/new/' in shown


def test_the_secret_is_shown_once_and_nowhere_else(admin: Cabinet, session: Session) -> None:
    answer = admin.post(NEW, GIVEN)
    (secret,) = set(SECRET.findall(unescape(answer.text)))
    hook = stored(session)
    assert hook.secret == secret
    assert (hook.address, hook.note, hook.events) == (GIVEN["address"], "CRM", GIVEN["events"])
    for path in (LIST, f"{LIST}edit/?id={hook.id}", f"{LIST}deliveries/?id={hook.id}", "/admin/settings/"):
        assert "whsec_" not in admin.get(path).text, path


def test_a_new_secret_is_shown_once_too(admin: Cabinet, session: Session) -> None:
    hook = add(admin, session)
    old = hook.secret
    answer = admin.post(f"{LIST}renew/", {"id": hook.id})
    (secret,) = set(SECRET.findall(unescape(answer.text)))
    assert stored(session).secret == secret != old
    assert "signed with the old one too" in answer.text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"address": ""}, "This field is required."),
        ({"address": "crm.example"}, "This is not an address of a receiver"),
        ({"address": "http://crm.example/"}, "must begin with https://"),
        ({"address": "https://10.0.0.1/"}, "WEBHOOK_PRIVATE_HOSTS"),
        ({"address": "https://localhost:5000/"}, "WEBHOOK_PRIVATE_HOSTS"),
        ({"address": "https://a:b@crm.example/"}, "must not hold a name or a password"),
        ({"address": "https://crm.example:25/"}, "Only the port 443"),
        ({"address": "https://crm.example/" + "x" * 600}, "longer than 500"),
        ({"events": []}, "Tick at least one."),
        ({"events": ["everything"]}, "is not a valid choice"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    admin: Cabinet, session: Session, fields: dict[str, Any], words: str
) -> None:
    answer = admin.post(NEW, {**GIVEN, **fields})
    assert answer.status_code == 422 and words in unescape(answer.text)
    assert form_of(answer.text)["note"] == "CRM"
    session.rollback()
    assert session.query(Webhook).count() == 0


def test_it_is_edited_and_its_state_survives(admin: Cabinet, session: Session, clock: SteppingClock) -> None:
    hook = add(admin, session)
    with unit_of_work(session) as unit:
        unit.get_one(Webhook, hook.id).failing_since = clock()
    path = f"{LIST}edit/?id={hook.id}"
    form = form_of(admin.get(path).text) | {"note": "New CRM", "events": ["chat.closed"]}
    assert admin.post(path, form).status_code == 302
    changed = stored(session)
    assert (changed.note, changed.events, changed.failing_since) == ("New CRM", ["chat.closed"], clock())
    form = form_of(admin.get(path).text) | {"address": "https://other.example/", "events": ["chat.closed"]}
    admin.post(path, form)
    assert stored(session).failing_since is None


def test_a_deleted_one_is_gone_with_its_deliveries(
    admin: Cabinet, session: Session, company: Company
) -> None:
    hook = add(admin, session)
    company.chat()
    assert len(rows(session)) == 2
    assert "Delete the webhook “CRM”?" in page(admin, LIST)
    admin.post(f"{LIST}delete/", {"id": hook.id})
    assert rows(session) == [] and stored(session).secret == ""
    assert "No program is told anything yet." in page(admin, LIST)
    for path in ("edit", "deliveries"):
        assert admin.get(f"{LIST}{path}/?id={hook.id}").status_code == 404
    assert admin.post(f"{LIST}test/", {"id": hook.id}).status_code == 404


@pytest.mark.parametrize(
    ("code", "said", "state"),
    [
        (200, "The receiver has taken it: 200", "sent"),
        (500, "The receiver has not taken it. Refused: 500.", "failed"),
        (302, "A redirect, which is not followed: 302", "failed"),
    ],
)
def test_a_test_event_is_sent_at_once_and_its_outcome_said(
    admin: Cabinet, session: Session, crm: Receiver, code: int, said: str, state: str
) -> None:
    hook = add(admin, session, address=crm.url)
    crm.answer, crm.body = (lambda _call: code), b"<b>thanks</b>"
    answer = admin.post(f"{LIST}test/", {"id": hook.id})
    assert answer.status_code == 302
    shown = admin.get(answer.location).text
    assert said in unescape(shown)
    assert "<b>thanks</b>" not in shown and "&lt;b&gt;thanks&lt;/b&gt;" in shown
    (row,) = rows(session)
    assert (row.event, row.state.value, row.code, row.attempts) == ("test", state, code, 1)
    assert crm.events() == ["test"]


def test_a_receiver_inside_is_not_called_by_hand_either(
    admin: Cabinet, session: Session, crm: Receiver, app: Flask, engine_url: str, tmp_path: Path
) -> None:
    hook = add(admin, session, address=crm.url)
    app.config["OTVET"] = config_for(engine_url, tmp_path)
    admin.post(f"{LIST}test/", {"id": hook.id})
    assert "may not be called" in page(admin, f"{LIST}deliveries/?id={hook.id}")
    assert crm.calls == []


def test_a_delivery_is_shown_whole_and_sent_once_more(
    admin: Cabinet, session: Session, company: Company, crm: Receiver, clock: SteppingClock
) -> None:
    hook = add(admin, session, address=crm.url)
    company.chat(first_question="<script>alert(1)</script>")
    first, second = rows(session)
    with unit_of_work(session) as unit:
        unit.get_one(WebhookDelivery, first.id).dead_at = clock()
    shown = admin.get(f"{LIST}deliveries/?id={hook.id}").text
    assert "<script>alert(1)" not in shown and "&lt;script&gt;alert(1)" in shown
    assert first.event_id in shown and second.event_id in shown and "Given up" in shown
    for row in (first, second):
        admin.post(f"{LIST}again/", {"id": hook.id, "delivery": row.id})
    assert [call.id for call in crm.calls] == [first.event_id, second.event_id]
    assert json.loads(crm.calls[1].body)["data"]["message"]["body"] == "<script>alert(1)</script>"
    assert [row.state.value for row in rows(session)] == ["sent", "sent"]


def test_a_delivery_of_another_webhook_is_not_found(
    admin: Cabinet, session: Session, company: Company, crm: Receiver
) -> None:
    own, other = add(admin, session, address=crm.url), add(admin, session, events=["chat.closed"])
    company.chat()
    number = rows(session)[0].id
    for form in ({"id": other.id, "delivery": number}, {"id": own.id}, {"id": own.id, "delivery": "x"}):
        assert admin.post(f"{LIST}again/", form).status_code == 404
    assert crm.calls == []


def test_many_deliveries_come_in_pages_and_failed_ones_alone(
    admin: Cabinet, session: Session, company: Company, clock: SteppingClock
) -> None:
    hook = add(admin, session, events=["chat.started"])
    for _ in range(33):
        company.chat()
    with unit_of_work(session) as unit:
        unit.query(WebhookDelivery).filter(WebhookDelivery.id > 1).update({"sent_at": clock()})
    shown = page(admin, f"{LIST}deliveries/?id={hook.id}")
    assert shown.count('class="delivery"') == 30
    older = re.search(r'href="(/admin/webhooks/deliveries/\?[^"]*before=[^"]*)"', shown)
    assert older and page(admin, older[1]).count('class="delivery"') == 3
    assert page(admin, f"{LIST}deliveries/?id={hook.id}&show=failed").count('class="delivery"') == 1


def test_the_list_tells_states_and_filters_by_them(
    admin: Cabinet, session: Session, clock: SteppingClock
) -> None:
    now, before = clock(), clock() - timedelta(days=6)
    states: dict[str, dict[str, Any]] = {
        "new": {},
        "works": {"last_tried_at": now},
        "fails": {"last_tried_at": now, "failing_since": now, "last_error": "refused", "last_code": 503},
        "switched_off": {"is_active": False, "switched_off_at": now, "failing_since": before},
        "off": {"is_active": False},
    }
    for name, fields in states.items():
        hook = add(admin, session, note=name)
        with unit_of_work(session) as unit:
            for field, value in fields.items():
                setattr(unit.get_one(Webhook, hook.id), field, value)
    shown = page(admin, LIST)
    assert "Does not deliver" in shown and "Refused: 503" in shown and "Switched off after failures" in shown
    argument = re.search(r'name="(flt0_[^"]+)"', shown)
    assert argument
    for name in states:
        filtered = page(admin, f"{LIST}?{argument[1]}={name}")
        assert re.findall(r'class="below"><bdi>(\w+)<', filtered) == [name]
    main = page(admin, "/admin/")
    assert "1 webhook does not deliver." in main and "1 webhook was switched off after failures." in main


def test_while_all_is_well_the_main_page_says_nothing(admin: Cabinet, session: Session) -> None:
    add(admin, session)
    assert "webhook" not in page(admin, "/admin/")


def test_only_administrators_are_warned(
    admin: Cabinet, session: Session, clock: SteppingClock, company: Company, app: Flask
) -> None:
    hook = add(admin, session)
    with unit_of_work(session) as unit:
        unit.get_one(Webhook, hook.id).failing_since = clock()
    cabinet = Cabinet(app)
    cabinet.sign_in(company.operator("Anna"))
    assert "webhook" not in page(cabinet, "/admin/")
