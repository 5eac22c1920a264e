"""People to load a server with: operators who are signed in, visitors with their tokens, and the chats between them."""

import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy.orm import Session

from actions import chats, sign_in, visits
from actions.ids import new_public_id
from bench.servers import SECRET_KEY
from models import Operator, OperatorPresence, Settings, db
from models.database import unit_of_work
from models.queries import people
from policy.languages import Language
from policy.statuses import OperatorStatus
from tests.support.databases import config_for, migrate, storage_app


@dataclass(frozen=True, slots=True)
class Talk:
    """A visitor's chat with the operator at whose desk it stands."""

    chat: str
    token: str


@dataclass(frozen=True, slots=True)
class Desk:
    """An operator's signed-in browser, and the chats that they have taken."""

    cookie: str
    talks: tuple[Talk, ...]


class Crowd:
    """Fills an empty database; `url` and `data_dir` are what a server of it needs."""

    def __init__(self, url: str, data_dir: Path, *, auto_assignment: bool = False) -> None:
        self.url = url
        self.data_dir = data_dir
        data_dir.mkdir(parents=True, exist_ok=True)
        migrate(url, data_dir)
        self.app: Flask = storage_app(config_for(url, data_dir))
        self.app.secret_key = SECRET_KEY
        with self.app.app_context(), unit_of_work() as session:
            settings = session.get_one(Settings, 1)
            settings.auto_assignment = auto_assignment
            # They are not connected while others have their turn, and must still be there for their own.
            settings.operator_gone_after_seconds = 3600
            # Nor is there anything to be said by itself: what is measured are the messages of people.
            settings.first_reply_timeout_seconds = settings.reply_timeout_seconds = (
                settings.answer_seconds
            ) = 0

    def desks(self, count: int, *, talks: int) -> list[Desk]:
        """So many operators with so many chats each, in which nothing but the first question was written."""
        with self.app.app_context(), unit_of_work() as session:
            return [self._desk(session, talks) for _ in range(count)]

    def operators(self, count: int) -> list[str]:
        """Cookies of so many operators who are online and have nothing to do."""
        with self.app.app_context(), unit_of_work() as session:
            return [self._sign_in(session, _operator(session)) for _ in range(count)]

    def waiting(self, count: int) -> None:
        """So many chats in the queue."""
        with self.app.app_context(), unit_of_work() as session:
            for _ in range(count):
                _begin(session)

    def visitors(self, count: int) -> list[str]:
        """Tokens of so many visitors without a chat."""
        with self.app.app_context(), unit_of_work() as session:
            return [_visitor(session)[1] for _ in range(count)]

    def close(self) -> None:
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()

    def _desk(self, session: Session, talks: int) -> Desk:
        operator = _operator(session)
        cookie = self._sign_in(session, operator)
        return Desk(cookie, tuple(_talk(session, operator) for _ in range(talks)))

    def _sign_in(self, session: Session, operator: Operator) -> str:
        """The cookie that signing in by the form would have given, without its slow hash."""
        token = sign_in.start_session(
            session,
            operator,
            OperatorStatus.ONLINE,
            datetime.now(UTC),
            address="192.0.2.8",
            user_agent="Crowd",
            is_remembered=True,
        )
        signer = SecureCookieSessionInterface().get_signing_serializer(self.app)
        assert signer is not None
        return f"otvet={signer.dumps({'_user_id': token, '_fresh': True, 'seen': time.time()})}"


def _operator(session: Session) -> Operator:
    now = datetime.now(UTC)
    public_id = new_public_id()
    operator = Operator(
        public_id=public_id,
        email=f"{public_id.lower()}@example.com",
        password_hash="-",
        internal_name="Operator",
        public_name="Operator",
        languages=["en"],
        created_at=now,
    )
    operator.presence = OperatorPresence(status=OperatorStatus.OFFLINE, status_since=now)
    session.add(operator)
    session.flush()
    return operator


def _visitor(session: Session) -> tuple[int, str]:
    entered = visits.enter(session, None, datetime.now(UTC), address="192.0.2.7", user_agent="Crowd")
    assert entered.token is not None
    return entered.visitor.id, entered.token


def _talk(session: Session, operator: Operator) -> Talk:
    chat, token = _begin(session)
    chats.take(session, people.facts_of(session, operator), chat, datetime.now(UTC))
    return Talk(chat, token)


def _begin(session: Session) -> tuple[str, str]:
    """A visitor who begins a chat: its id and their token."""
    visitor_id, token = _visitor(session)
    command = chats.Start(str(uuid.uuid4()), "default", first_question="Hello?", language=Language.EN)
    return chats.start(session, visitor_id, command, datetime.now(UTC)).id, token
