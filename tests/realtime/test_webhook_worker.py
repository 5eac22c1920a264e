"""Webhooks leave a real server, whatever becomes of it or of a receiver meanwhile."""

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from actions import webhooks
from clock import system_now
from models import Webhook, WebhookDelivery
from models.database import unit_of_work
from policy.addresses import PrivateHosts
from tests.support.clients import SocketClient, visitor_client
from tests.support.company import Company
from tests.support.receiver import WITHIN_SECONDS, Call, Receiver, is_genuine, receiver
from tests.support.server import ServerProcess

HERE = PrivateHosts.parse(["127.0.0.1"])
EVENTS = ["chat.started", "message.created", "chat.closed"]
Hook = Callable[[str], Webhook]


@pytest.fixture
def crm() -> Iterator[Receiver]:
    with receiver() as own:
        yield own


@pytest.fixture
def hook(session: Session, company: Company) -> Hook:
    """Webhooks that stand before the server starts."""

    def make(address: str) -> Webhook:
        with unit_of_work(session) as unit:
            webhook = Webhook(address=address, events=EVENTS)
            webhooks.save_webhook(unit, webhook, HERE, system_now())
        return webhook

    return make


@pytest.fixture
def otvet(engine_url: str, tmp_path: Path) -> Iterator[ServerProcess]:
    """A server, not started yet, that may call receivers on this machine."""
    allowed = {"WEBHOOK_PRIVATE_HOSTS": "127.0.0.1", "LIMIT_VISITOR_MESSAGES": "1000/1000"}
    process = ServerProcess(tmp_path, engine_url, **allowed)
    yield process
    process.stop()
    print(process.log)


@contextmanager
def talking(server: ServerProcess, *questions: str) -> Iterator[tuple[SocketClient, str]]:
    """A visitor who asks all of this in a chat."""
    with visitor_client(server.url) as visitor:
        first, *others = questions
        command = {"client_id": str(uuid.uuid4()), "placement": "default", "first_question": first}
        chat = visitor.do("start", **command)["chat"]["id"]
        for body in others:
            visitor.do("post", chat=chat, client_id=str(uuid.uuid4()), body=body)
        yield visitor, chat


def bodies(calls: list[Call]) -> list[str]:
    told = [call.told for call in calls]
    return [one["data"]["message"]["body"] for one in told if one["event"] == "message.created"]


def rows(session: Session, of: Webhook) -> list[WebhookDelivery]:
    session.rollback()
    query = select(WebhookDelivery).where(WebhookDelivery.webhook_id == of.id).order_by(WebhookDelivery.id)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def wait_until_tried(session: Session, of: Webhook) -> None:
    """The outcome is written a moment after the receiver has heard the call."""
    deadline = time.monotonic() + WITHIN_SECONDS
    while rows(session, of)[0].attempts == 0:
        assert time.monotonic() < deadline


@pytest.mark.databases("sqlite", "postgresql")
def test_what_happens_is_told_in_order_and_signed(otvet: ServerProcess, crm: Receiver, hook: Hook) -> None:
    webhook = hook(crm.url)
    texts = [f"text {number}" for number in range(10)]
    otvet.start()
    with talking(otvet, *texts) as (visitor, chat):
        visitor.do("close", chat=chat)
    crm.wait_for(lambda crm: "chat.closed" in crm.events())
    assert crm.events() == ["chat.started", *["message.created"] * 10, "chat.closed"]
    assert bodies(crm.calls) == texts
    assert len({call.id for call in crm.calls}) == 12
    for call in crm.calls:
        stamp, header = call.headers["webhook-timestamp"], call.headers["webhook-signature"]
        assert is_genuine(webhook.secret, call.id, stamp, call.body, header, system_now())


def test_receivers_that_hang_or_refuse_delay_nobody(
    otvet: ServerProcess, crm: Receiver, hook: Hook, session: Session
) -> None:
    with receiver() as hanging, receiver() as refusing:
        hanging.on_call = lambda _call: hanging.released.wait(WITHIN_SECONDS) and None
        refusing.answer = lambda _call: 500
        webhook, _good, other = hook(hanging.url), hook(crm.url), hook(refusing.url)
        otvet.start()
        with talking(otvet, "one", "two", "three"):
            crm.wait_for(lambda crm: len(crm.calls) == 4)
        assert bodies(crm.calls) == ["one", "two", "three"]
        refusing.wait_for(lambda refusing: len(refusing.calls) >= 1)
        # Nothing overtakes what has not been taken.
        assert refusing.events()[0] == "chat.started" and set(refusing.events()) == {"chat.started"}
        assert hanging.events() == ["chat.started"]
        assert [row.sent_at for row in rows(session, webhook)] == [None] * 4
        assert [row.sent_at for row in rows(session, other)] == [None] * 4


def test_a_receiver_that_comes_back_gets_everything_in_order(
    otvet: ServerProcess, crm: Receiver, hook: Hook, session: Session
) -> None:
    webhook = hook(crm.url)
    crm.answer = lambda _call: 503
    otvet.start()
    with talking(otvet, "one", "two", "three"):
        crm.wait_for(lambda crm: len(crm.calls) == 1)
    crm.answer = lambda _call: 200
    wait_until_tried(session, webhook)
    with unit_of_work(session) as unit:
        # The pause is over.
        unit.execute(update(Webhook).values(next_at=system_now()))
    crm.wait_for(lambda crm: len(crm.calls) == 5)
    assert bodies(crm.calls) == ["one", "two", "three"]
    assert crm.calls[0].id == crm.calls[1].id


@pytest.mark.databases("sqlite", "postgresql")
def test_a_process_killed_before_it_could_mark_repeats_the_delivery_under_the_same_id(
    otvet: ServerProcess, crm: Receiver, hook: Hook, session: Session
) -> None:
    webhook = hook(crm.url)
    killed = threading.Event()

    def kill(_call: Call) -> None:
        # The receiver has it; the process dies before it hears of that.
        crm.on_call = lambda _call: None
        otvet.kill()
        killed.set()

    crm.on_call = kill
    otvet.start()
    with talking(otvet, "one"):
        assert killed.wait(WITHIN_SECONDS)
    stored = [row.event_id for row in rows(session, webhook)]
    assert rows(session, webhook)[0].sent_at is None
    with unit_of_work(session) as unit:
        unit.execute(update(Webhook).values(lease_until=system_now()))
    otvet.start()
    crm.wait_for(lambda crm: len({call.id for call in crm.calls}) == len(stored))
    assert [call.id for call in crm.calls] == [stored[0], *stored]


def test_without_leave_nothing_on_this_machine_is_called(
    engine_url: str, tmp_path: Path, crm: Receiver, hook: Hook, session: Session
) -> None:
    webhook = hook(crm.url)
    with ServerProcess(tmp_path, engine_url) as process, talking(process, "one"):
        wait_until_tried(session, webhook)
    assert rows(session, webhook)[0].last_error == "address_refused"
    assert crm.calls == []
