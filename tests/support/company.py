"""A company to test with, made through the actions, so that every row is as the product itself makes it."""

import uuid
from functools import cache
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions import chats, visits
from actions.departments import save_department
from actions.operators import save_operator
from actions.passwords import hash_password
from actions.placements import save_placement
from actions.presence import change_status
from models import Chat, Department, Operator, Placement, Visitor
from models.database import unit_of_work
from policy.statuses import OperatorStatus
from tests.support.clock import SteppingClock

PASSWORD = "correct horse 7 battery"


@cache
def _password_hash() -> str:
    """Hashing is slow on purpose; one hash serves all the accounts of a run."""
    return hash_password(PASSWORD)


class Company:
    """Makes departments, people and chats; each call is one committed transaction."""

    def __init__(self, session: Session, clock: SteppingClock) -> None:
        self._session = session
        self._clock = clock
        self._numbers = count(1)
        # No company is without one: the actions would not let its last administrator go.
        self.administrator = self.operator("Administrator", is_admin=True)

    def department(self, key: str = "", **fields: Any) -> Department:
        key = key or f"department{next(self._numbers)}"
        with unit_of_work(self._session) as session:
            department = Department(**{"name": key.capitalize(), "key": key, **fields})
            save_department(session, department)
        return department

    def operator(
        self, name: str = "", *, status: OperatorStatus = OperatorStatus.OFFLINE, **fields: Any
    ) -> Operator:
        """An operator who can sign in with <name>@example.com and PASSWORD."""
        name = name or f"Operator {next(self._numbers)}"
        with unit_of_work(self._session) as session:
            given = {
                "email": f"{name.lower().replace(' ', '.')}@example.com",
                "internal_name": name,
                "public_name": name,
                "password_hash": _password_hash(),
                **fields,
            }
            operator = Operator(**given)
            save_operator(session, operator, self._clock())
            change_status(session, operator, status, self._clock(), by_operator_id=None)
        return operator

    def placement(self, key: str, **fields: Any) -> Placement:
        with unit_of_work(self._session) as session:
            placement = Placement(**{"key": key, **fields})
            save_placement(session, placement)
        return placement

    def visitor(self, address: str = "192.0.2.7") -> Visitor:
        with unit_of_work(self._session) as session:
            entered = visits.enter(session, None, self._clock(), address=address, user_agent="Test")
        return entered.visitor

    def chat(self, visitor: Visitor | None = None, **command: Any) -> Chat:
        """A chat that a visitor has just begun; it stands in the queue."""
        visitor_id = (visitor or self.visitor()).id
        with unit_of_work(self._session) as session:
            given = {
                "client_id": str(uuid.uuid4()),
                "placement": "default",
                "first_question": "Hello?",
                **command,
            }
            begun = chats.start(session, visitor_id, chats.Start(**given), self._clock())
        return chat_called(self._session, begun.id)


def chat_called(session: Session, public_id: str) -> Chat:
    """The row of a chat that an action told of."""
    return session.scalars(select(Chat).where(Chat.public_id == public_id)).one()
