"""The outbox worker: sends the letters that wait.

The sockets of smtplib are gevent's here, so waiting for a mail server stops nothing. A process that is killed in the
middle leaves a lease behind, and the letter goes out again under the same id.
"""

import gevent
import structlog
from sqlalchemy.orm import Session

from actions import outbox, smtp
from actions.events import OutboxFilled
from actions.leases import LONGEST_TRY
from actions.outbox import Leased
from clock import now
from models.database import unit_of_work
from realtime.workers import Worker

log = structlog.get_logger(__name__)


class OutboxWorker(Worker[Leased]):
    name = "outbox"
    wakes_on = OutboxFilled
    most_at_once = 8

    def start(self) -> None:
        """Without a mail server letters wait."""
        if self.config.smtp is not None:
            super().start()

    def is_needed(self, session: Session) -> bool:
        return outbox.has_due(session, now())

    def lease(self, session: Session, most: int) -> list[Leased]:
        return outbox.lease_due(session, now(), most)

    def work(self, piece: Leased) -> None:
        failure = self._sent(piece)
        with self.app.app_context(), unit_of_work() as session:
            if failure:
                log.warning("outbox.not_sent", item=piece.id, attempt=piece.attempts)
                outbox.mark_failed(session, piece, failure, now())
            else:
                outbox.mark_sent(session, piece, now())

    def _sent(self, piece: Leased) -> str:
        """Why the letter is not out; empty when it is."""
        assert self.config.smtp is not None
        try:
            with gevent.Timeout(LONGEST_TRY.total_seconds(), smtp.SendFailed("timed out")):
                smtp.send_letter(self.config.smtp, self.config.mail_from, piece)
        except smtp.SendFailed as failed:
            return str(failed)
        except Exception as error:
            # An item that breaks us is tried like any other that fails; the next ones must not wait for it.
            log.exception("outbox.broken", item=piece.id)
            return type(error).__name__
        return ""
