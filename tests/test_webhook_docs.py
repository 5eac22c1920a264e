"""`docs/webhooks.md` promises payloads and shows how to verify: both are held to what is really sent."""

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from actions import chats, deliveries, webhooks
from actions.presence import change_status
from models import Webhook, WebhookDelivery
from models.database import unit_of_work
from policy.addresses import PrivateHosts
from policy.signatures import secret_text, signature
from policy.statuses import OperatorStatus
from policy.webhooks import GIVEN_UP_AFTER, SWITCHED_OFF_AFTER, TEST_EVENT, HookEvent
from tests.support.clock import SteppingClock
from tests.support.company import Company

PAGE = (Path(__file__).parents[1] / "docs" / "webhooks.md").read_text()
SECRET = secret_text(b"s" * 32)
BODY = '{"id":"evt_1","event":"test"}'


def shape(value: Any) -> Any:
    """Names and nesting; null stands for anything."""
    return {name: shape(one) for name, one in value.items()} if isinstance(value, dict) else ...


def examples() -> dict[str, Any]:
    found = [json.loads(text) for text in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)]
    return {next(iter(one)): one for one in found}


@pytest.fixture
def told(app: Flask, session: Session, company: Company, clock: SteppingClock) -> dict[str, dict[str, Any]]:
    """A delivery of each event that the actions can make happen here."""
    sales = company.department("sales")
    anna = company.operator("Anna", status=OperatorStatus.ONLINE, departments=[sales])
    with unit_of_work(session) as unit:
        hook = Webhook(address="https://crm.example/", events=[event.value for event in HookEvent])
        webhooks.save_webhook(unit, hook, PrivateHosts(), clock())
    chat = company.chat(department="sales", name="Vera")
    with unit_of_work(session) as unit:
        change_status(unit, anna, OperatorStatus.LUNCH, clock(), by_operator_id=None)
    with unit_of_work(session) as unit:
        chats.close_by_visitor(unit, chat.visitor_id, chat.public_id, clock())
    rows = session.scalars(select(WebhookDelivery)).all()
    return {row.event: json.loads(row.body) for row in rows}


def test_every_event_is_on_the_page_and_nothing_else() -> None:
    table = PAGE[PAGE.index("## Events") :]
    named = re.findall(r"^\| `([a-z._]+)` \|", table, re.MULTILINE)
    assert named == [*(event.value for event in HookEvent), TEST_EVENT]


def test_what_is_sent_looks_as_promised(told: dict[str, dict[str, Any]]) -> None:
    assert told.keys() == {
        "chat.started",
        "message.created",
        "operator.status_changed",
        "chat.closed",
        "chat.missed",
    }
    envelope = set(examples()["id"])
    for event, delivery in told.items():
        assert set(delivery) == envelope and delivery["event"] == event
        (kind,) = delivery["data"]
        promised = shape(examples()[kind])
        real = shape(delivery["data"])
        for place in ("department", "operator", "visitor"):
            if real[kind] is not ... and real[kind].get(place) is ...:
                promised[kind][place] = ...
        assert real == promised, event


def test_the_days_on_the_page_are_the_policys() -> None:
    assert f"after {GIVEN_UP_AFTER.days} days" in PAGE
    assert f"After {SWITCHED_OFF_AFTER.days} days without a success" in PAGE
    assert "for a month; taken ones for a week" in PAGE
    assert (deliveries.KEPT.days, deliveries.SENT_KEPT.days) == (30, 7)


@pytest.fixture
def verify() -> Callable[..., bool]:
    """The page's own verifier."""
    (source,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    room: dict[str, Any] = {}
    exec(source, room)
    verifier: Callable[..., bool] = room["is_genuine"]
    return verifier


def headers(at: float | None = None, **changed: str) -> dict[str, str]:
    stamp = int(time.time() if at is None else at)
    return {
        "webhook-id": "evt_1",
        "webhook-timestamp": str(stamp),
        "webhook-signature": signature(SECRET, "evt_1", stamp, BODY),
        **changed,
    }


def test_the_pages_verifier_believes_what_we_send(verify: Callable[..., bool]) -> None:
    assert verify(SECRET, headers(), BODY.encode())
    both = f"{signature(secret_text(b'n' * 32), 'evt_1', 1, BODY)} {headers()['webhook-signature']}"
    assert verify(SECRET, headers(**{"webhook-signature": both}), BODY.encode())


@pytest.mark.parametrize(
    ("secret", "seconds_ago", "changed", "body"),
    [
        (SECRET, 0, {}, BODY + " "),
        (SECRET, 0, {}, BODY.replace("test", "chat.closed")),
        (SECRET, 0, {"webhook-id": "evt_2"}, BODY),
        (SECRET, 0, {"webhook-timestamp": "1"}, BODY),
        (SECRET, 0, {"webhook-timestamp": "now"}, BODY),
        (SECRET, 0, {"webhook-signature": "v1,"}, BODY),
        (SECRET, 0, {"webhook-signature": ""}, BODY),
        (SECRET, 310, {}, BODY),
        (SECRET, -310, {}, BODY),
        (secret_text(b"x" * 32), 0, {}, BODY),
    ],
)
def test_it_believes_nothing_that_is_forged_or_replayed(
    verify: Callable[..., bool], secret: str, seconds_ago: int, changed: dict[str, str], body: str
) -> None:
    sent = headers(time.time() - seconds_ago, **changed)
    assert not verify(secret, sent, body.encode())
