"""Names of rooms. They are computed here from rights; no client ever names one."""

from policy.audiences import Audience, audiences, audiences_of
from policy.facts import ChatFacts, OperatorFacts

EVERYBODY = "operators"
"""All operators' sockets: statuses of colleagues, settings."""


def visitor(visitor_id: int) -> str:
    return f"visitor:{visitor_id}"


def placement(key: str, snippet_department: str | None) -> str:
    """Windows of a placement, on pages whose code names that department (or none)."""
    return f"placement:{key}:{snippet_department or ''}"


def operator(operator_id: int) -> str:
    return f"operator:{operator_id}"


def dashboard(operator_id: int) -> str:
    return f"dashboard:{operator_id}"


def of_person(person: OperatorFacts) -> set[str]:
    """Every room of an operator's socket."""
    return {EVERYBODY, operator(person.id), *map(_name, audiences_of(person))}


def of_chat(chat: ChatFacts) -> set[str]:
    """Where events of a chat go."""
    return set(map(_name, audiences(chat)))


def _name(audience: Audience) -> str:
    return f"chats:{audience.kind}:{'' if audience.a is None else audience.a}:{audience.b or ''}"
