"""The group committer: messages and read marks that come together are stored in one transaction.

One greenlet takes all that is pending, without waiting for more; each sender waits for its own answer, which comes
after the common COMMIT. So a durable commit costs one fsync for many messages, and nothing is acknowledged that is not
on disk.
"""

from collections.abc import Callable, Sequence
from typing import Any

import gevent
import structlog
from flask import Flask
from gevent.event import AsyncResult, Event
from sqlalchemy.exc import IntegrityError

from actions.events import publisher, take
from actions.messages import Post, Posted, Read, mark_read, post_messages, post_new_messages
from clock import now
from models.database import unit_of_work
from policy.errors import DomainError

log = structlog.get_logger(__name__)

MOST_AT_ONCE = 500


class GroupCommitter:
    def __init__(self, app: Flask) -> None:
        self._app = app
        self._pending: list[tuple[Post | Read, AsyncResult]] = []
        self._wake = Event()

    def start(self) -> None:
        gevent.spawn(self._run)

    def submit(self, item: Post | Read) -> Any:
        """Store it together with what else is pending; gives the action's answer or raises its refusal."""
        result = AsyncResult()
        self._pending.append((item, result))
        self._wake.set()
        answer = result.get()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _run(self) -> None:
        while True:
            self._wake.wait()
            batch, self._pending = self._pending[:MOST_AT_ONCE], self._pending[MOST_AT_ONCE:]
            if not self._pending:
                self._wake.clear()
            if batch:
                self._commit(batch)

    def _commit(self, batch: list[tuple[Post | Read, AsyncResult]]) -> None:
        for kind, ways in _WAYS.items():
            own = [(item, result) for item, result in batch if isinstance(item, kind)]
            if own:
                self._together(own, *ways)

    def _together(self, own: "_Pending", *ways: "_Action") -> None:
        *quick, safe = ways
        for action in quick:
            try:
                return self._store(own, action)
            except IntegrityError:
                pass
            except Exception:
                # A lost connection, say: the careful way tries once more, and it has an answer if it fails too.
                log.exception("commit.quick_failed", size=len(own))
        try:
            self._store(own, safe)
        except Exception as error:
            if len(own) == 1:
                log.exception("commit.failed")
                own[0][1].set(error)
                return None
            # One that breaks the transaction must not take the others with it.
            log.warning("commit.batch_failed", size=len(own), error=type(error).__name__)
            for one in own:
                self._together([one], safe)
        return None

    def _store(self, own: "_Pending", action: "_Action") -> None:
        with self._app.app_context():
            with unit_of_work() as session:
                answers = action(session, [item for item, _ in own], now())
                happened = take(session)
            # First the answers: a sender's socket then gets its answer and its event in one go.
            for (_, result), answer in zip(own, answers, strict=True):
                result.set(answer)
            for one in happened:
                publisher(self._app).publish(one)


_Pending = Sequence[tuple[Post | Read, AsyncResult]]
_Action = Callable[[Any, Sequence[Any], Any], Sequence[Posted | int | DomainError]]
_WAYS: dict[type, tuple[_Action, ...]] = {
    # A repetition is rare, and the unique key finds it: nobody else pays for looking.
    Post: (post_new_messages, post_messages),
    Read: (mark_read,),
}
