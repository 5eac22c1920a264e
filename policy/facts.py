"""What decisions are made from: plain snapshots of people and chats, made by the floors above."""

from dataclasses import dataclass
from datetime import datetime

from policy.languages import Language
from policy.statuses import OperatorStatus
from policy.transitions import ChatState


@dataclass(frozen=True, slots=True)
class OperatorFacts:
    """A person at the moment of the question; no languages means all, no departments means only chats without one."""

    id: int
    status: OperatorStatus
    is_active: bool = True
    is_admin: bool = False
    department_ids: frozenset[int] = frozenset()
    languages: frozenset[Language] = frozenset()
    supervised_department_ids: frozenset[int] = frozenset()
    subordinate_ids: frozenset[int] = frozenset()
    subordinate_department_ids: frozenset[int] = frozenset()
    max_chats: int = 5
    load: int = 0
    last_assigned_at: datetime | None = None
    sort_order: int = 100


@dataclass(frozen=True, slots=True)
class ChatFacts:
    """A chat at the moment of the question; `operator_is_admin` says it of the chat's present operator."""

    id: int
    state: ChatState
    language: Language
    queued_at: datetime
    department_id: int | None = None
    operator_id: int | None = None
    requested_operator_id: int | None = None
    operator_is_admin: bool = False
    visitor_id: int = 0


@dataclass(frozen=True, slots=True)
class DepartmentFacts:
    """A department as the subject of a right."""

    id: int
