"""Deliveries: written with their cause, in order to each receiver, tried until out, and free where nobody listens."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from actions import audit, chats, deliveries, leases, webhooks
from actions.assignment import assign_at_once
from actions.deliveries import Delivery, DeliveryWriter, Receiver
from actions.events import DeliveriesWritten, publisher, take
from actions.messages import Author, Post, Read, mark_read, post_messages, post_new_messages
from actions.presence import change_status
from actions.reopening import write_again
from actions.webhook_calls import Failure, Outcome
from models import OutboxItem, Visitor, Webhook, WebhookDelivery
from models.audit import AuditKind
from models.database import unit_of_work, writing
from models.settings import load_settings
from policy.addresses import PrivateHosts
from policy.errors import DomainError
from policy.statuses import OperatorStatus
from policy.webhooks import HookEvent
from tests.actions.conftest import Counting, Do, Heard, set_auto, signed_in
from tests.support.clock import SteppingClock
from tests.support.company import Company

ALL = tuple(event.value for event in HookEvent)
TAKEN = Outcome(None, 204)
BROKEN = Outcome(Failure.REFUSED, 503, "busy", 12)
REFUSED = Outcome(Failure.REFUSED, 422, "what?", 12)
Hook = Callable[..., Webhook]


@pytest.fixture
def writer(storage: Flask, clock: SteppingClock) -> DeliveryWriter:
    """What a process has: a witness of its transactions."""
    own = DeliveryWriter(clock)
    publisher(storage).call_in(own)
    publisher(storage).subscribe(own.notice)
    return own


@pytest.fixture
def hook(session: Session, clock: SteppingClock, writer: DeliveryWriter) -> Hook:
    def make(name: str = "crm", events: tuple[str, ...] = ALL, **fields: Any) -> Webhook:
        with unit_of_work(session) as unit:
            webhook = Webhook(address=f"https://{name}.example/hook", events=list(events), **fields)
            webhooks.save_webhook(unit, webhook, PrivateHosts(), clock())
        return webhook

    return make


def rows(session: Session, of: Webhook | None = None) -> list[WebhookDelivery]:
    session.rollback()
    query = select(WebhookDelivery).order_by(WebhookDelivery.id).execution_options(populate_existing=True)
    return list(session.scalars(query.where(WebhookDelivery.webhook_id == of.id) if of else query))


def told(session: Session, of: Webhook | None = None) -> list[str]:
    return [row.event for row in rows(session, of)]


def refreshed(session: Session, webhook: Webhook) -> Webhook:
    session.rollback()
    session.refresh(webhook)
    return webhook


def lease(session: Session, clock: SteppingClock, most: int = 10) -> list[Receiver]:
    with unit_of_work(session) as unit:
        return deliveries.lease_due(unit, clock(), most)


def serve(
    session: Session, clock: SteppingClock, receiver: Receiver, answers: Callable[[Delivery], Outcome]
) -> list[str]:
    """What a worker does with a receiver; the ids that were sent."""
    sent = []
    while (delivery := deliveries.next_delivery(session, receiver)) is not None:
        sent.append(delivery.event_id)
        with unit_of_work(session) as unit:
            if not deliveries.note_outcome(unit, receiver, delivery, answers(delivery), clock()):
                break
    with unit_of_work(session) as unit:
        deliveries.release(unit, receiver)
    return sent


def post(session: Session, clock: SteppingClock, visitor: Visitor, chat: str, body: str) -> None:
    with unit_of_work(session) as unit:
        post_new_messages(unit, [Post(Author(visitor_id=visitor.id), chat, body, body)], clock())


def test_a_chats_life_is_told_in_its_order(
    company: Company, session: Session, clock: SteppingClock, do: Do, hook: Hook
) -> None:
    sales = company.department("sales")
    anna = company.operator("Anna", status=OperatorStatus.ONLINE, departments=[sales])
    boris = company.operator("Boris", status=OperatorStatus.ONLINE, departments=[sales])
    hook()
    visitor = company.visitor()
    chat = company.chat(visitor, department="sales").public_id
    do("take", anna, chat)
    do("redirect_to_operator", anna, chat, boris.id, "")
    author = Author(session_id=signed_in(session, boris, clock))
    with unit_of_work(session) as unit:
        post_messages(unit, [Post(author, chat, "1", "Hello!")], clock())
    with unit_of_work(session) as unit:
        mark_read(unit, [Read(Author(visitor_id=visitor.id), chat, 2)], clock())
    do("redirect_to_department", boris, chat, None, "")
    do("close_by_visitor", visitor, chat)
    assert told(session) == [
        "chat.started",
        "message.created",
        "chat.taken",
        "chat.redirected",
        "message.created",
        "chat.taken",
        "chat.redirected",
        "chat.closed",
    ]


def test_a_chat_that_is_given_as_it_begins_is_told_as_both(
    company: Company, session: Session, clock: SteppingClock, hook: Hook
) -> None:
    company.operator("Anna", status=OperatorStatus.ONLINE)
    visitor = company.visitor()
    set_auto(session, on=True)
    hook()
    with unit_of_work(session) as unit:
        start = chats.Start(client_id="1", placement="default", first_question="Hello?")
        chats.start(unit, visitor.id, start, clock())
        assert assign_at_once(unit, visitor.id, clock()) is not None
    assert told(session) == ["chat.started", "message.created", "chat.assigned"]
    assert json.loads(rows(session)[2].body)["data"]["chat"]["operator"]["internal_name"] == "Anna"


def test_who_writes_after_the_end_continues_the_chat(
    company: Company, session: Session, clock: SteppingClock, do: Do, hook: Hook
) -> None:
    visitor = company.visitor()
    chat = company.chat(visitor).public_id
    do("close_by_visitor", visitor, chat)
    hook()
    with unit_of_work(session) as unit:
        write_again(unit, Post(Author(visitor_id=visitor.id), chat, "1", "One more thing"), clock())
    assert told(session) == ["chat.reopened", "message.created"]


def test_a_chat_that_nobody_answered_is_missed(
    company: Company, session: Session, do: Do, hook: Hook
) -> None:
    hook(events=("chat.missed",))
    visitor = company.visitor()
    do("close_by_visitor", visitor, company.chat(visitor).public_id)
    (row,) = rows(session)
    assert json.loads(row.body)["data"]["chat"]["state"] == "closed_by_visitor"


def test_a_status_is_told_and_another_change_of_a_person_is_not(
    company: Company, session: Session, clock: SteppingClock, hook: Hook
) -> None:
    anna = company.operator("Anna")
    hook()
    with unit_of_work(session) as unit:
        change_status(unit, anna, OperatorStatus.LUNCH, clock(), by_operator_id=None)
    company.operator("Boris")
    (row,) = rows(session)
    assert json.loads(row.body)["data"]["operator"]["status"] == "lunch"


def test_each_receiver_gets_what_it_wants_under_one_id(
    company: Company, session: Session, hook: Hook
) -> None:
    all_of_it, messages, _off = hook("a"), hook("b", ("message.created",)), hook("c", is_active=False)
    company.chat()
    assert told(session, all_of_it) == ["chat.started", "message.created"]
    assert told(session, messages) == ["message.created"]
    assert len(rows(session)) == 3
    assert rows(session, messages)[0].event_id == rows(session, all_of_it)[1].event_id
    assert len({row.event_id for row in rows(session)}) == 2


def test_what_is_rolled_back_was_never_told(
    company: Company, session: Session, clock: SteppingClock, hook: Hook
) -> None:
    hook()
    anna = company.operator("Anna")
    with writing(session) as unit:
        change_status(unit, anna, OperatorStatus.LUNCH, clock(), by_operator_id=None)
        take(unit)
        unit.rollback()
    assert rows(session) == []


def test_a_caller_that_publishes_by_itself_writes_them_once(
    company: Company, session: Session, clock: SteppingClock, hook: Hook, heard: Heard
) -> None:
    hook()
    anna = company.operator("Anna")
    with unit_of_work(session) as unit:
        change_status(unit, anna, OperatorStatus.LUNCH, clock(), by_operator_id=None)
        happened = take(unit)
    assert told(session) == ["operator.status_changed"]
    assert DeliveriesWritten() in happened


def test_where_nobody_listens_a_message_costs_nothing_more(
    company: Company, session: Session, clock: SteppingClock, storage: Flask, counted: Counting
) -> None:
    visitor = company.visitor()
    chat = company.chat(visitor).public_id
    post(session, clock, visitor, chat, "warm up")
    with counted() as without:
        post(session, clock, visitor, chat, "one")
    own = DeliveryWriter(clock)
    publisher(storage).call_in(own)
    post(session, clock, visitor, chat, "the first one looks")
    with counted() as with_witness:
        post(session, clock, visitor, chat, "two")
    assert with_witness == without


def test_many_messages_at_once_are_one_statement_more(
    company: Company, session: Session, clock: SteppingClock, hook: Hook, counted: Counting
) -> None:
    webhook = hook(events=("message.created",))
    visitor = company.visitor()
    chat = company.chat(visitor).public_id
    posts = [Post(Author(visitor_id=visitor.id), chat, f"id{n}", f"text {n}") for n in range(20)]
    with counted() as statements, unit_of_work(session) as unit:
        post_new_messages(unit, posts, clock())
    assert len([one for one in statements if "webhook" in one]) == 1
    bodies = [json.loads(row.body)["data"]["message"] for row in rows(session, webhook)]
    assert [body["body"] for body in bodies] == ["Hello?", *(f"text {n}" for n in range(20))]
    assert [body["seq"] for body in bodies] == list(range(1, 22))


def test_deliveries_are_written_before_the_last_lock_is_taken(
    company: Company, session: Session, clock: SteppingClock, hook: Hook, counted: Counting
) -> None:
    """Else one could hold the end of the audit log and wait for a receiver whose editor waits for that end."""
    hook()
    anna = company.operator("Anna")
    with counted() as statements, unit_of_work(session) as unit:
        audit.write(unit, AuditKind.DISCONNECTED, anna)
        change_status(unit, anna, OperatorStatus.LUNCH, clock(), by_operator_id=None)
    written = [
        name
        for one in statements
        for name in ("webhook_deliveries", "audit_log")
        if f"INSERT INTO {name}" in one
    ]
    assert written == ["webhook_deliveries", "audit_log"]


def test_another_processes_change_is_seen_by_looking(
    company: Company, session: Session, clock: SteppingClock, storage: Flask, hook: Hook
) -> None:
    other = DeliveryWriter(clock)
    other.refresh(session)
    hook()
    other(session, [])
    assert other._targets == {}
    other.refresh(session)
    assert other._targets is not None and set(other._targets) == set(HookEvent)


def test_a_deleted_receiver_breaks_nobodys_message(
    company: Company,
    session: Session,
    clock: SteppingClock,
    storage: Flask,
    hook: Hook,
    writer: DeliveryWriter,
) -> None:
    """A process that has not yet heard of it writes for it all the same."""
    webhook = hook()
    stale = writer._targets
    with unit_of_work(session) as unit:
        webhooks.delete_webhook(unit, webhook, clock())
    writer._targets = stale or dict.fromkeys(HookEvent, (webhook.id,))
    company.chat()
    assert told(session) == ["chat.started", "message.created"]
    assert lease(session, clock) == []


class TestSending:
    @pytest.fixture
    def crm(self, hook: Hook) -> Webhook:
        return hook(events=("message.created",))

    def test_everything_goes_out_in_order(
        self, company: Company, session: Session, clock: SteppingClock, crm: Webhook
    ) -> None:
        visitor = company.visitor()
        chat = company.chat(visitor).public_id
        for number in range(3):
            post(session, clock, visitor, chat, f"text {number}")
        (receiver,) = lease(session, clock)
        sent = serve(session, clock, receiver, lambda _delivery: TAKEN)
        assert sent == [row.event_id for row in rows(session)]
        assert all(row.sent_at == clock() and row.attempts == 1 for row in rows(session))
        assert lease(session, clock) == [] and refreshed(session, crm).lease_until is None

    def test_one_process_serves_a_receiver_and_a_dead_one_is_followed(
        self, company: Company, session: Session, clock: SteppingClock, crm: Webhook
    ) -> None:
        company.chat()
        (first,) = lease(session, clock)
        assert lease(session, clock) == []
        clock.time += leases.LEASE
        (second,) = lease(session, clock)
        delivery = deliveries.next_delivery(session, second)
        assert delivery is not None and delivery.event_id == rows(session)[0].event_id
        with unit_of_work(session) as unit:
            # The first one was only slow: what it says is written down, but it goes on no more.
            assert not deliveries.note_outcome(unit, first, delivery, TAKEN, clock())
            deliveries.release(unit, first)
        assert refreshed(session, crm).lease_until == second.lease_until

    def test_a_failure_holds_back_its_own_receiver_only(
        self, company: Company, session: Session, clock: SteppingClock, hook: Hook, crm: Webhook
    ) -> None:
        other = hook("other", ("message.created",))
        visitor = company.visitor()
        chat = company.chat(visitor).public_id
        post(session, clock, visitor, chat, "second")
        for receiver in lease(session, clock):
            serve(session, clock, receiver, lambda _d: BROKEN if receiver.id == crm.id else TAKEN)  # noqa: B023
        assert [row.state.value for row in rows(session, other)] == ["sent", "sent"]
        first, second = rows(session, crm)
        assert (first.state.value, first.attempts, second.attempts) == ("retrying", 1, 0)
        assert (first.code, first.last_error, first.answer, first.duration_ms) == (503, "refused", "busy", 12)
        failing = refreshed(session, crm)
        assert (failing.failures, failing.failing_since) == (1, clock())
        assert failing.next_at == clock() + timedelta(seconds=10)

    def test_an_hours_break_loses_nothing_and_changes_no_order(
        self, company: Company, session: Session, clock: SteppingClock, crm: Webhook
    ) -> None:
        visitor = company.visitor()
        chat = company.chat(visitor).public_id
        until, taken = clock() + timedelta(hours=1), []
        answers = {False: BROKEN, True: TAKEN}
        for number in range(60):
            post(session, clock, visitor, chat, f"text {number}")
            for receiver in lease(session, clock):
                taken += serve(session, clock, receiver, lambda _delivery: answers[clock() >= until])
            clock.forward(minutes=1)
        clock.forward(hours=2)
        (receiver,) = lease(session, clock)
        serve(session, clock, receiver, lambda _delivery: TAKEN)
        assert [row.state.value for row in rows(session)] == ["sent"] * 61
        # The first one was tried again and again; each other one once, when its turn came.
        assert [row.attempts for row in rows(session)][1:] == [1] * 60
        assert refreshed(session, crm).failing_since is None

    def test_what_the_receiver_cannot_take_lets_the_next_one_pass(
        self, company: Company, session: Session, clock: SteppingClock, crm: Webhook
    ) -> None:
        visitor = company.visitor()
        chat = company.chat(visitor).public_id
        post(session, clock, visitor, chat, "fine")
        bad = rows(session)[0].event_id
        for _ in range(3):
            for receiver in lease(session, clock):
                serve(session, clock, receiver, lambda d: REFUSED if d.event_id == bad else TAKEN)
            clock.forward(hours=2)
        assert [row.state.value for row in rows(session)] == ["failed", "sent"]
        assert [row.attempts for row in rows(session)] == [3, 1]

    def test_who_fails_for_days_is_switched_off_and_somebody_is_told(
        self, company: Company, session: Session, clock: SteppingClock, crm: Webhook, writer: DeliveryWriter
    ) -> None:
        with unit_of_work(session) as unit:
            load_settings(unit).system_emails = "root@sila.example, it@sila.example"
        began = clock()
        while refreshed(session, crm).is_active:
            assert clock() < began + timedelta(days=6)
            company.chat()
            for receiver in lease(session, clock):
                serve(session, clock, receiver, lambda _delivery: BROKEN)
            clock.forward(hours=6)
        assert clock() - began >= timedelta(days=5)
        assert crm.switched_off_at is not None
        assert rows(session)[0].state.value == "failed"  # given up after 3 days
        letters = session.scalars(select(OutboxItem).order_by(OutboxItem.id)).all()
        assert [letter.recipient for letter in letters] == ["root@sila.example", "it@sila.example"]
        assert "crm.example" in letters[0].payload["text"]
        waiting = [row.event_id for row in rows(session) if row.state.value in ("waiting", "retrying")]
        company.chat()
        assert waiting and lease(session, clock) == []
        with unit_of_work(session) as unit:
            crm.is_active = True
            webhooks.save_webhook(unit, crm, PrivateHosts(), clock())
        (receiver,) = lease(session, clock)
        assert serve(session, clock, receiver, lambda _delivery: TAKEN) == waiting
        assert (refreshed(session, crm).failing_since, crm.switched_off_at) == (None, None)

    def test_old_ones_are_forgotten(
        self, company: Company, session: Session, clock: SteppingClock, crm: Webhook
    ) -> None:
        company.chat()
        (receiver,) = lease(session, clock)
        serve(session, clock, receiver, lambda _delivery: TAKEN)
        company.chat()
        for days, left in ((7, 2), (1, 1), (23, 0)):
            clock.forward(days=days)
            with unit_of_work(session) as unit:
                deliveries.forget_old(unit, clock() - timedelta(seconds=1) if left == 2 else clock())
            assert len(rows(session)) == left, days


class TestByHand:
    def test_a_test_is_stored_with_its_outcome_and_never_sent_again(
        self, session: Session, clock: SteppingClock, hook: Hook
    ) -> None:
        webhook = hook()
        receiver, row = webhooks.test_of(webhook, clock())
        assert receiver.secrets == (webhook.secret,)
        with unit_of_work(session) as unit:
            webhooks.note_by_hand(unit, webhook, row, BROKEN, clock())
        (stored,) = rows(session)
        assert (stored.event, stored.state.value, stored.code) == ("test", "failed", 503)
        assert refreshed(session, webhook).failing_since is None
        assert lease(session, clock) == []

    def test_a_success_by_hand_ends_the_pause(
        self, company: Company, session: Session, clock: SteppingClock, hook: Hook, heard: Heard
    ) -> None:
        webhook = hook(events=("message.created",))
        company.chat()
        (receiver,) = lease(session, clock)
        serve(session, clock, receiver, lambda _delivery: BROKEN)
        assert lease(session, clock) == []
        _, row = webhooks.test_of(webhook, clock())
        heard.forget()
        with unit_of_work(session) as unit:
            webhooks.note_by_hand(unit, webhook, row, TAKEN, clock())
        assert heard.of(DeliveriesWritten)
        (receiver,) = lease(session, clock)
        assert len(serve(session, clock, receiver, lambda _delivery: TAKEN)) == 1

    def test_a_given_up_one_is_sent_again_under_its_id(
        self, company: Company, session: Session, clock: SteppingClock, hook: Hook
    ) -> None:
        webhook = hook(events=("message.created",))
        company.chat()
        with unit_of_work(session) as unit:
            unit.get_one(WebhookDelivery, rows(session)[0].id).dead_at = clock()
        (row,) = rows(session)
        delivery = webhooks.delivery_of(row)
        with unit_of_work(session) as unit:
            webhooks.note_by_hand(unit, webhook, row, TAKEN, clock())
        (again,) = rows(session)
        assert (again.state.value, again.event_id) == ("sent", delivery.event_id)

    def test_a_new_secret_signs_beside_the_old_one_for_a_day(
        self, session: Session, clock: SteppingClock, hook: Hook
    ) -> None:
        webhook = hook()
        old = webhook.secret
        with unit_of_work(session) as unit:
            new = webhooks.renew_secret(unit, webhook, clock())
        assert deliveries.receiver_of(webhook, clock()).secrets == (new, old)
        clock.forward(hours=24)
        assert deliveries.receiver_of(webhook, clock()).secrets == (new,)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"address": "http://crm.example/"}, "address_not_https"),
        ({"address": "https://10.0.0.1/"}, "address_private"),
        ({"events": []}, "events_missing"),
        ({"events": ["everything"]}, "events_missing"),
    ],
)
def test_a_webhook_that_could_not_be_called_is_refused(
    session: Session, clock: SteppingClock, fields: dict[str, Any], code: str
) -> None:
    given = {"address": "https://crm.example/", "events": ["chat.started"], **fields}
    with pytest.raises(DomainError) as refused, unit_of_work(session) as unit:
        webhooks.save_webhook(unit, Webhook(**given), PrivateHosts(), clock())
    assert refused.value.code == code
    assert session.query(Webhook).count() == 0
