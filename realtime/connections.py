"""Who is behind each socket of this process. Flask's session is frozen at connect; this is what commands go by."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from policy.languages import Language

VISITOR_SOCKETS = 4
OPERATOR_SOCKETS = 10


@dataclass(slots=True)
class VisitorConnection:
    sid: str
    person_id: int
    placement: str
    language: Language
    snippet_department: str | None = None


@dataclass(slots=True)
class OperatorConnection:
    sid: str
    person_id: int
    session_id: int
    language: Language
    rooms: set[str] = field(default_factory=set)
    is_used: bool = False
    """Whether a command came by it since somebody last asked."""


C = TypeVar("C", VisitorConnection, OperatorConnection)


class Connections(Generic[C]):
    """The living sockets of one plane, by socket and by person."""

    def __init__(self, most_per_person: int) -> None:
        self._most = most_per_person
        self._by_sid: dict[str, C] = {}
        self._by_person: defaultdict[int, set[str]] = defaultdict(set)

    def add(self, connection: C) -> bool:
        """Whether there was still room for one more socket of this person."""
        own = self._by_person[connection.person_id]
        if len(own) >= self._most:
            return False
        own.add(connection.sid)
        self._by_sid[connection.sid] = connection
        return True

    def remove(self, sid: str) -> C | None:
        """Forget a socket; asked twice it is nothing the second time."""
        connection = self._by_sid.pop(sid, None)
        if connection is None:
            return None
        own = self._by_person[connection.person_id]
        own.discard(sid)
        if not own:
            del self._by_person[connection.person_id]
        return connection

    def get(self, sid: str) -> C | None:
        return self._by_sid.get(sid)

    def of(self, person_id: int) -> list[C]:
        return [self._by_sid[sid] for sid in self._by_person.get(person_id, ())]

    def people(self) -> list[int]:
        return list(self._by_person)

    def __iter__(self) -> Iterator[C]:
        return iter(list(self._by_sid.values()))

    def __len__(self) -> int:
        return len(self._by_sid)


visitors: Connections[VisitorConnection] = Connections(VISITOR_SOCKETS)
operators: Connections[OperatorConnection] = Connections(OPERATOR_SOCKETS)
