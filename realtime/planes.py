"""The two planes of the protocol: their commands, carried out alike over a socket and over HTTP."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

import structlog
from flask import Flask
from flask_babel import force_locale
from sqlalchemy.orm import Session

from actions.errors import ChatClosed
from actions.messages import Author
from clock import now
from config import Rate
from limits import limiter
from models import Operator, Visitor, db
from models.database import unit_of_work
from policy.errors import DomainError
from policy.facts import OperatorFacts
from policy.languages import Language
from policy.rights import Action
from realtime.answers import failure, refusal
from realtime.commands import parse
from realtime.committer import GroupCommitter

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who speaks, as the edge found out: a visitor, or a session of an operator."""

    author: Author
    person_id: int
    language: Language
    placement: str = ""
    sid: str | None = None
    """The socket, where there is one."""


@dataclass(frozen=True, slots=True)
class Call:
    """One command being carried out."""

    session: Session
    identity: Identity
    now: datetime
    visitor: Visitor | None = None
    operator: Operator | None = None
    facts: OperatorFacts | None = None


P = TypeVar("P")
Handler = Callable[[Call, Any], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Command(Generic[P]):
    name: str
    payload: type[P]
    handler: Handler
    action: Action | None
    """The row of the rights table that the command asks for; None: it reaches only the visitor's own things."""
    writes: bool
    rate: Rate | str
    """Its own, or the name of one that the installation may set."""


@dataclass(frozen=True, slots=True)
class HotCommand(Generic[P]):
    """A command whose whole work is one item for the group committer."""

    name: str
    payload: type[P]
    item: Callable[[Author, P], Any]
    answer: Callable[[Any], dict[str, Any]]
    action: Action | None
    rate: Rate | str
    when_closed: Callable[[Session, Any, datetime], Any] | None = None
    """What is tried, in a transaction of its own, where the chat has ended."""


ORDINARY = Rate(per_second=5, burst=30)


@dataclass(slots=True)
class Plane:
    """The commands of one namespace."""

    namespace: str
    identify: Callable[[Session, Identity, datetime], Call]
    commands: dict[str, Command[Any] | HotCommand[Any]] = field(default_factory=dict)

    def command(
        self,
        name: str,
        payload: type,
        *,
        action: Action | None = None,
        writes: bool = True,
        rate: Rate | str = ORDINARY,
    ) -> Callable[[Handler], Handler]:
        """Declare a command; it runs in one transaction, which is committed before the answer goes out."""

        def declare(handler: Handler) -> Handler:
            self.commands[name] = Command(name, payload, handler, action, writes, rate)
            return handler

        return declare

    def hot(self, command: HotCommand[Any]) -> None:
        self.commands[command.name] = command

    def carry_out(self, app: Flask, name: str, identity: Identity, data: object) -> dict[str, Any]:
        """Parse, limit, act, commit, answer. Whatever goes wrong is an answer too, and the process goes on."""
        command = self.commands[name]
        try:
            payload = parse(command.payload, data)
            limiter.demand(f"{self.namespace}.{name}", identity.person_id, command.rate)
            if isinstance(command, HotCommand):
                return self._store(app, command, identity, payload)
            return self._run(app, command, identity, payload)
        except DomainError as error:
            with app.test_request_context(), force_locale(identity.language.tag):
                return refusal(error)
        except Exception:
            log.exception("command.failed", command=name, namespace=self.namespace)
            with app.test_request_context(), force_locale(identity.language.tag):
                return failure()

    def _store(
        self, app: Flask, command: HotCommand[Any], identity: Identity, payload: Any
    ) -> dict[str, Any]:
        committer: GroupCommitter = app.extensions["committer"]
        item = command.item(identity.author, payload)
        try:
            stored = committer.submit(item)
        except ChatClosed:
            if command.when_closed is None:
                raise
            with app.app_context(), unit_of_work() as session:
                stored = command.when_closed(session, item, now())
        return {"ok": True, **command.answer(stored)}

    def _run(self, app: Flask, command: Command[Any], identity: Identity, payload: Any) -> dict[str, Any]:
        with app.app_context():
            if command.writes:
                with unit_of_work() as session:
                    return {"ok": True, **command.handler(self.identify(session, identity, now()), payload)}
            session = db.session()
            return {"ok": True, **command.handler(self.identify(session, identity, now()), payload)}
