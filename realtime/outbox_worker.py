"""The outbox worker: sends what waits, several at a time, so that a receiver who is slow or gone delays nobody else.

Each letter has a greenlet of its own; the sockets of smtplib are gevent's here, so waiting for a mail server stops
nothing. A process that is killed in the middle leaves a lease behind, and the letter goes out again under the same id.
"""

import gevent
import structlog
from flask import Flask
from gevent.event import Event
from gevent.pool import Pool

from actions import outbox, smtp
from actions.events import Event as Happened
from actions.events import OutboxFilled
from actions.outbox import Leased
from clock import now
from config import Config
from models import db
from models.database import unit_of_work

log = structlog.get_logger(__name__)

SENDERS = 8
LOOK_EVERY_SECONDS = 5
LONGEST_TRY_SECONDS = 60
"""Of a try in all; well within its lease."""


class OutboxWorker:
    def __init__(self, app: Flask) -> None:
        self._app = app
        self._config: Config = app.config["OTVET"]
        self._moved = Event()
        self._senders = Pool(SENDERS)

    def start(self) -> None:
        """Begin to send; called once in a serving process. Without a mail server letters wait."""
        if self._config.smtp is not None:
            gevent.spawn(self._run)

    def notice(self, happened: Happened) -> None:
        if isinstance(happened, OutboxFilled):
            self._moved.set()

    def _run(self) -> None:
        while True:
            try:
                with self._app.app_context():
                    leased = self._lease()
                for one in leased:
                    self._senders.spawn(self._send, one)
            except Exception:
                log.exception("outbox.failed")
            self._moved.wait(LOOK_EVERY_SECONDS)
            self._moved.clear()

    def _lease(self) -> list[Leased]:
        free = self._senders.free_count()
        if not free or not outbox.has_due(db.session(), now()):
            return []
        with unit_of_work() as session:
            return outbox.lease_due(session, now(), free)

    def _send(self, leased: Leased) -> None:
        assert self._config.smtp is not None
        failure = ""
        try:
            with gevent.Timeout(LONGEST_TRY_SECONDS, smtp.SendFailed("timed out")):
                smtp.send_letter(self._config.smtp, self._config.mail_from, leased)
        except smtp.SendFailed as failed:
            failure = str(failed)
        except Exception as error:
            # An item that breaks us is tried like any other that fails; the next ones must not wait for it.
            log.exception("outbox.broken", item=leased.id)
            failure = type(error).__name__
        with self._app.app_context(), unit_of_work() as session:
            if failure:
                log.warning("outbox.not_sent", item=leased.id, attempt=leased.attempts)
                outbox.mark_failed(session, leased, failure, now())
            else:
                outbox.mark_sent(session, leased, now())
        # A sender is free again.
        self._moved.set()
