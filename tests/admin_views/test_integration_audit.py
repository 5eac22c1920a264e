"""The audit log knows who issued, changed and tried what of the integration, and no secret."""

import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import ApiToken, Webhook, WebhookDelivery
from models.audit import AuditEntry, AuditKind
from tests.support.cabinet import Cabinet, form_of
from tests.support.company import Company
from tests.support.databases import config_for
from tests.support.receiver import Receiver, receiver

TOKEN = re.compile(r"otvet_[A-Za-z0-9]{43}")
SECRET = re.compile(r"whsec_[A-Za-z0-9+/]{43}=")


@pytest.fixture
def crm(app: Flask, engine_url: str, tmp_path: Path) -> Iterator[Receiver]:
    app.config["OTVET"] = config_for(engine_url, tmp_path, WEBHOOK_PRIVATE_HOSTS="127.0.0.1")
    with receiver() as own:
        yield own


def entries(session: Session, table: str) -> list[AuditEntry]:
    session.rollback()
    return list(
        session.scalars(select(AuditEntry).where(AuditEntry.object_kind == table).order_by(AuditEntry.id))
    )


def everything(session: Session) -> str:
    session.rollback()
    rows = session.scalars(select(AuditEntry)).all()
    return " ".join(json.dumps(row.changes, ensure_ascii=False) + row.object_name for row in rows)


def test_a_tokens_life_is_told(admin: Cabinet, session: Session) -> None:
    page = admin.post("/admin/api_tokens/new/", {"name": "CRM", "scopes": ["chats:read"]}).text
    session.rollback()
    number = session.scalars(select(ApiToken.id)).one()
    for _ in range(2):
        admin.post("/admin/api_tokens/delete/", {"id": number})
    told = entries(session, "api_tokens")
    assert [entry.kind for entry in told] == [AuditKind.TOKEN_ISSUED, AuditKind.TOKEN_REVOKED]
    assert {entry.object_name for entry in told} == {"CRM"}
    assert all(entry.actor_name == "Administrator" for entry in told)
    assert {"field": "scopes", "from": None, "to": ["chats:read"]} in told[0].changes
    (text,) = set(TOKEN.findall(page))
    assert text not in everything(session)


def test_a_webhooks_life_is_told(admin: Cabinet, session: Session, company: Company, crm: Receiver) -> None:
    given = {"address": crm.url, "note": "CRM", "events": ["chat.started"], "is_active": "y"}
    pages = [admin.post("/admin/webhooks/new/", given).text]
    session.rollback()
    hook = session.scalars(select(Webhook.id)).one()
    edit = f"/admin/webhooks/edit/?id={hook}"
    admin.post(edit, form_of(admin.get(edit).text) | {"note": "New CRM", "events": ["chat.started"]})
    pages.append(admin.post("/admin/webhooks/renew/", {"id": hook}).text)
    admin.post("/admin/webhooks/test/", {"id": hook})
    company.chat()
    session.rollback()
    delivery = session.scalars(
        select(WebhookDelivery.id).where(WebhookDelivery.event == "chat.started")
    ).one()
    admin.post("/admin/webhooks/again/", {"id": hook, "delivery": delivery})
    admin.post("/admin/webhooks/delete/", {"id": hook})
    told = entries(session, "webhooks")
    assert [entry.kind for entry in told] == [
        AuditKind.CREATED,
        AuditKind.CHANGED,
        AuditKind.CHANGED,
        AuditKind.WEBHOOK_TESTED,
        AuditKind.DELIVERY_REPEATED,
        AuditKind.DELETED,
    ]
    fields = [{line["field"] for line in entry.changes} for entry in told]
    assert fields[0] >= {"address", "note", "events"}
    assert fields[1:4] == [{"note"}, {"secret"}, {"answer"}]
    secrets = {secret for page in pages for secret in SECRET.findall(unescape(page))}
    assert len(secrets) == 2
    assert not [secret for secret in secrets if secret in everything(session)]
    shown = unescape(admin.get("/admin/audit/").text)
    assert "Webhook tested" in shown and not SECRET.search(shown)
