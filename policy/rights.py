"""Who may do what with whom: one table, asked by every screen, socket event and API call."""

import enum
from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeAlias

from policy.facts import ChatFacts, DepartmentFacts, OperatorFacts
from policy.routing import can_answer, is_waiting, may_take_by_hand
from policy.statuses import rules_of

Subject: TypeAlias = ChatFacts | OperatorFacts | DepartmentFacts


class Role(enum.Enum):
    """What a person is; several at once add up."""

    OPERATOR = "operator"
    LEAD = "lead"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


class Action(enum.Enum):
    """What somebody may want to do."""

    USE_CABINET = "use_cabinet"
    USE_WORKPLACE = "use_workplace"
    SEE_CHAT = "see_chat"
    WRITE_IN_CHAT = "write_in_chat"
    WRITE_NOTE = "write_note"
    TAKE_CHAT = "take_chat"
    TAKE_OVER_CHAT = "take_over_chat"
    REDIRECT_CHAT = "redirect_chat"
    CLOSE_CHAT = "close_chat"
    BAN_FROM_CHAT = "ban_from_chat"
    CHANGE_OWN_STATUS = "change_own_status"
    CHANGE_STATUS_OF = "change_status_of"
    SWITCH_ALL_OFFLINE = "switch_all_offline"
    EDIT_OWN_PROFILE = "edit_own_profile"
    SECURE_OWN_ACCOUNT = "secure_own_account"
    SEE_DASHBOARD = "see_dashboard"
    SEE_HISTORY = "see_history"
    SEE_STATISTICS = "see_statistics"
    EDIT_DEPARTMENT_TEMPLATES = "edit_department_templates"
    MANAGE_DEPARTMENTS = "manage_departments"
    MANAGE_OPERATORS = "manage_operators"
    MANAGE_PLACEMENTS = "manage_placements"
    MANAGE_SETTINGS = "manage_settings"
    MANAGE_BANS = "manage_bans"
    MANAGE_LEAD_FORMS = "manage_lead_forms"
    MANAGE_FINANCE = "manage_finance"
    EXPORT = "export"
    SEE_AUDIT_LOG = "see_audit_log"


class Answer(enum.Enum):
    """Yes; no, to what is outside one's role (403); or no sign that there is such an object (404)."""

    ALLOWED = "allowed"
    FORBIDDEN = "forbidden"
    MISSING = "missing"


class Scope(enum.Enum):
    """How far a right reaches."""

    OWN = "own"  # oneself and the chats one answers for
    ANSWERABLE = "answerable"  # waiting chats that one can answer
    TAKEABLE = "takeable"  # chats that the rules of the queue let one take
    SUBORDINATES = "subordinates"  # these people and their chats
    SUBORDINATE_QUEUE = "subordinate_queue"  # what waits in the departments of subordinates
    DEPARTMENTS = "departments"  # supervised departments, their people, their chats waiting or not
    ALL = "all"


Cells: TypeAlias = Mapping[Role, frozenset[Scope]]


def _row(operator: set[Scope], lead: set[Scope], supervisor: set[Scope], admin: set[Scope]) -> Cells:
    cells = zip(Role, (operator, lead, supervisor, admin), strict=True)
    return MappingProxyType({role: frozenset(scopes) for role, scopes in cells})


_EVERYBODY = _row({Scope.ALL}, {Scope.ALL}, {Scope.ALL}, {Scope.ALL})
_ONESELF = _row({Scope.OWN}, {Scope.OWN}, {Scope.OWN}, {Scope.OWN})
_ADMINS = _row(set(), set(), set(), {Scope.ALL})
_IN_CHARGE = _row({Scope.OWN}, {Scope.OWN, Scope.SUBORDINATES}, {Scope.OWN, Scope.DEPARTMENTS}, {Scope.ALL})
_WATCHING = _row(
    {Scope.OWN, Scope.ANSWERABLE},
    {Scope.SUBORDINATES, Scope.SUBORDINATE_QUEUE},
    {Scope.DEPARTMENTS},
    {Scope.ALL},
)

RIGHTS: Mapping[Action, Cells] = MappingProxyType(
    {
        Action.USE_CABINET: _EVERYBODY,
        Action.USE_WORKPLACE: _EVERYBODY,
        Action.SEE_CHAT: _WATCHING,
        Action.WRITE_IN_CHAT: _ONESELF,
        Action.WRITE_NOTE: _WATCHING,
        Action.TAKE_CHAT: _row({Scope.TAKEABLE}, {Scope.TAKEABLE}, {Scope.TAKEABLE}, {Scope.TAKEABLE}),
        Action.TAKE_OVER_CHAT: _row(set(), {Scope.SUBORDINATES}, {Scope.DEPARTMENTS}, {Scope.ALL}),
        Action.REDIRECT_CHAT: _IN_CHARGE,
        Action.CLOSE_CHAT: _IN_CHARGE,
        Action.BAN_FROM_CHAT: _IN_CHARGE,
        Action.CHANGE_OWN_STATUS: _ONESELF,
        Action.CHANGE_STATUS_OF: _IN_CHARGE,
        Action.SWITCH_ALL_OFFLINE: _ADMINS,
        Action.EDIT_OWN_PROFILE: _ONESELF,
        Action.SECURE_OWN_ACCOUNT: _ONESELF,
        Action.SEE_DASHBOARD: _IN_CHARGE,
        Action.SEE_HISTORY: _IN_CHARGE,
        Action.SEE_STATISTICS: _IN_CHARGE,
        Action.EDIT_DEPARTMENT_TEMPLATES: _row(set(), set(), {Scope.DEPARTMENTS}, {Scope.ALL}),
        Action.MANAGE_DEPARTMENTS: _ADMINS,
        Action.MANAGE_OPERATORS: _ADMINS,
        Action.MANAGE_PLACEMENTS: _ADMINS,
        Action.MANAGE_SETTINGS: _ADMINS,
        Action.MANAGE_BANS: _ADMINS,
        Action.MANAGE_LEAD_FORMS: _ADMINS,
        Action.MANAGE_FINANCE: _ADMINS,
        Action.EXPORT: _ADMINS,
        Action.SEE_AUDIT_LOG: _ADMINS,
    }
)
# While the system hands out chats, what waits for others can be watched and no more.
_READ_ONLY_IN_AUTO_ASSIGNMENT = frozenset({Scope.ANSWERABLE, Scope.SUBORDINATE_QUEUE})


def roles_of(person: OperatorFacts) -> frozenset[Role]:
    """Lead is who has subordinates, supervisor who has supervised departments; the inactive are nothing at all."""
    if not person.is_active:
        return frozenset()
    held = {
        Role.OPERATOR: True,
        Role.LEAD: bool(person.subordinate_ids),
        Role.SUPERVISOR: bool(person.supervised_department_ids),
        Role.ADMIN: person.is_admin,
    }
    return frozenset(role for role, is_held in held.items() if is_held)


def scopes_of(person: OperatorFacts, action: Action) -> frozenset[Scope]:
    """How far the person's right to the action reaches, all roles together; lists are filtered by this."""
    return frozenset[Scope]().union(*(RIGHTS[action][role] for role in roles_of(person)))


def may(
    person: OperatorFacts, action: Action, subject: Subject | None = None, *, auto_assignment: bool = False
) -> Answer:
    """Whether the person may do this to the subject; without one, whether there can be anything to do it to.

    A chat that the person may not see answers as a missing one, whatever is asked of it.
    """
    scopes = scopes_of(person, action)
    if subject is None:
        return Answer.ALLOWED if scopes else Answer.FORBIDDEN
    if auto_assignment and action is not Action.SEE_CHAT:
        scopes -= _READ_ONLY_IN_AUTO_ASSIGNMENT
    if not isinstance(subject, ChatFacts):
        if any(_reaches(scope, person, subject) for scope in scopes):
            return Answer.ALLOWED
        return Answer.MISSING if scopes else Answer.FORBIDDEN
    if not any(_reaches_chat(scope, person, subject) for scope in scopes_of(person, Action.SEE_CHAT)):
        return Answer.MISSING if person.is_active else Answer.FORBIDDEN
    if Scope.TAKEABLE in scopes:
        is_in_reach = may_take_by_hand(person, subject, auto_assignment)
    else:
        is_in_reach = any(_reaches_chat(scope, person, subject) for scope in scopes)
    return Answer.ALLOWED if is_in_reach and _is_ready(person, action, subject) else Answer.FORBIDDEN


def _is_ready(person: OperatorFacts, action: Action, chat: ChatFacts) -> bool:
    """What the action asks for besides reach: a status that fits it, and somebody to take the chat over from."""
    rules = rules_of(person.status)
    if action is Action.WRITE_IN_CHAT:
        return rules.works_in_chats
    if action is Action.TAKE_OVER_CHAT:
        return rules.takes_by_hand and chat.operator_id not in (None, person.id)
    return True


def _reaches(scope: Scope, person: OperatorFacts, subject: OperatorFacts | DepartmentFacts) -> bool:
    """Whether a person or department lies within the scope; leads and supervisors never reach administrators."""
    if scope is Scope.ALL:
        return True
    if isinstance(subject, DepartmentFacts):
        return scope is Scope.DEPARTMENTS and subject.id in person.supervised_department_ids
    if scope is Scope.OWN:
        return subject.id == person.id
    if subject.is_admin:
        return False
    if scope is Scope.SUBORDINATES:
        return subject.id in person.subordinate_ids
    return scope is Scope.DEPARTMENTS and not person.supervised_department_ids.isdisjoint(
        subject.department_ids
    )


def _reaches_chat(scope: Scope, person: OperatorFacts, chat: ChatFacts) -> bool:
    if scope is Scope.ALL:
        return True
    if scope is Scope.OWN:
        return chat.operator_id == person.id
    if scope is Scope.ANSWERABLE:
        return is_waiting(chat) and can_answer(person, chat)
    return is_open_to_watchers(chat) and _is_watched(scope, person, chat)


def _is_watched(scope: Scope, person: OperatorFacts, chat: ChatFacts) -> bool:
    if scope is Scope.SUBORDINATES:
        return chat.operator_id in person.subordinate_ids
    if scope is Scope.SUBORDINATE_QUEUE:
        return is_waiting(chat) and chat.department_id in person.subordinate_department_ids
    return scope is Scope.DEPARTMENTS and chat.department_id in person.supervised_department_ids


def is_open_to_watchers(chat: ChatFacts) -> bool:
    """Leads and supervisors reach every chat of their people and departments but an administrator's."""
    return chat.operator_id is None or not chat.operator_is_admin
