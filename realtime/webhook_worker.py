"""The webhook worker: serves each receiver by a greenlet of its own, one delivery after another.

So a receiver that hangs or is gone delays its own deliveries and nothing else.
"""

import gevent
import structlog
from flask import Flask
from sqlalchemy.orm import Session

from actions import deliveries
from actions.deliveries import Delivery, DeliveryWriter, Receiver
from actions.events import DeliveriesWritten, publisher
from actions.leases import LONGEST_TRY
from actions.webhook_calls import Failure, Outcome, call_receiver
from clock import now
from models import db
from models.database import unit_of_work
from realtime.workers import Worker

log = structlog.get_logger(__name__)


class WebhookWorker(Worker[Receiver]):
    name = "webhooks"
    wakes_on = DeliveriesWritten
    most_at_once = 32

    def __init__(self, app: Flask) -> None:
        super().__init__(app)
        self._writer = DeliveryWriter(now)
        own = publisher(app)
        own.call_in(self._writer)
        own.subscribe(self._writer.notice)
        own.subscribe(self.notice)

    def is_needed(self, session: Session) -> bool:
        self._writer.refresh(session)
        return deliveries.has_due(session, now())

    def lease(self, session: Session, most: int) -> list[Receiver]:
        return deliveries.lease_due(session, now(), most)

    def work(self, piece: Receiver) -> None:
        """Until nothing more waits, something fails, or the lease is nearly over."""
        with self.app.app_context():
            while (delivery := deliveries.next_delivery(db.session(), piece)) is not None:
                db.session.rollback()
                outcome = self._called(piece, delivery)
                with unit_of_work() as session:
                    goes_on = deliveries.note_outcome(session, piece, delivery, outcome, now())
                if not goes_on:
                    break
            with unit_of_work() as session:
                deliveries.release(session, piece)

    def _called(self, receiver: Receiver, delivery: Delivery) -> Outcome:
        try:
            with gevent.Timeout(LONGEST_TRY.total_seconds()):
                outcome = call_receiver(
                    receiver.address,
                    receiver.secrets,
                    delivery.event_id,
                    delivery.body,
                    now(),
                    private=self.config.webhook_private_hosts,
                )
        except gevent.Timeout:
            outcome = Outcome(Failure.TIMED_OUT)
        except Exception as error:
            # A delivery that breaks us is tried like any other that fails.
            log.exception("webhooks.call_broken", delivery=delivery.id)
            outcome = Outcome(Failure.BROKEN_ANSWER, answer=type(error).__name__)
        if outcome.failure is not None:
            log.warning(
                "webhooks.not_taken", receiver=receiver.id, failure=outcome.failure.value, code=outcome.code
            )
        return outcome
