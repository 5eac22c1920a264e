"""Whom to give which chat, and why: the heart of auto-assignment."""

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import takewhile
from types import MappingProxyType

from policy.facts import ChatFacts, OperatorFacts
from policy.roster import Roster, order_of
from policy.routing import (
    can_answer,
    can_be_assigned,
    has_room,
    is_on_duty,
    is_waiting,
    serves_department,
    speaks,
)

_NOBODY: frozenset[int] = frozenset()
_NO_HISTORY: Mapping[int, frozenset[int]] = MappingProxyType({})
_NOBODYS: Mapping[int, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Assignment:
    """A decision: this chat goes to this operator."""

    chat_id: int
    operator_id: int


def choose(
    chat: ChatFacts,
    operators: Iterable[OperatorFacts],
    already_tried: frozenset[int] = _NOBODY,
    last_operator: int | None = None,
) -> OperatorFacts | None:
    """The operator on duty who can answer, has a free place and comes first in the total order of assignment.

    Who had the chat before does not get it again until everybody on duty who can answer it has had it, also when
    this means waiting for one who is at the limit; then the round begins again. Before all others comes the one to
    whom the visitor talked last, where that is wanted, they are free and have not had the chat yet.
    """
    able = [operator for operator in operators if is_on_duty(operator) and can_answer(operator, chat)]
    untried = [operator for operator in able if operator.id not in already_tried]
    free = [operator for operator in untried or able if has_room(operator)]
    known = next((one for one in free if one.id == last_operator and one.id not in already_tried), None)
    return known or min(free, key=order_of, default=None)


def tried_after(already_tried: frozenset[int], operator_id: int) -> frozenset[int]:
    """Who has had the chat once this operator gets it; a second time for one of them opens a new round."""
    return frozenset({operator_id}) if operator_id in already_tried else already_tried | {operator_id}


def plan(
    waiting: Sequence[ChatFacts],
    operators: Sequence[OperatorFacts],
    already_tried: Mapping[int, frozenset[int]] = _NO_HISTORY,
    last_operators: Mapping[int, int] = _NOBODYS,
) -> list[Assignment]:
    """Serve the queue: longest waiting first; a chat that nobody can take does not hold up those behind it."""
    roster = Roster(operators)
    decisions: list[Assignment] = []
    for chat in sorted(filter(is_waiting, waiting), key=_place_in_queue):
        if not roster.has_room:
            break
        operator = roster.assign(chat, already_tried.get(chat.id, _NOBODY), last_operators.get(chat.id))
        if operator is not None:
            decisions.append(Assignment(chat.id, operator.id))
    return decisions


def first_of_each(decisions: Iterable[Assignment]) -> list[Assignment]:
    """Those that hold whatever becomes of the others: for each operator the first one of a plan."""
    firsts: dict[int, Assignment] = {}
    for decision in decisions:
        firsts.setdefault(decision.operator_id, decision)
    return list(firsts.values())


def with_those_ahead(
    operators: Iterable[OperatorFacts],
    decisions: Iterable[Assignment],
    decision: Assignment,
    now: datetime,
) -> list[OperatorFacts]:
    """The operators as a plan counted them for this decision: those to whom it gave a chat before have it already."""
    counted = {operator.id: operator for operator in operators}
    for ahead in takewhile(lambda one: one != decision, decisions):
        operator = counted[ahead.operator_id]
        counted[operator.id] = replace(operator, load=operator.load + 1, last_assigned_at=now)
    return list(counted.values())


def _place_in_queue(chat: ChatFacts) -> tuple[datetime, int]:
    return (chat.queued_at, chat.id)


class Reason(enum.Enum):
    """Why a chat waits."""

    OPERATOR_FREE = "operator_free"
    FREE_ONES_HAD_IT = "free_ones_had_it"
    ASKED_OPERATOR_AT_LIMIT = "asked_operator_at_limit"
    ASKED_OPERATOR_AWAY = "asked_operator_away"
    ALL_AT_LIMIT = "all_at_limit"
    NOBODY_IN_DEPARTMENT = "nobody_in_department"
    NOBODY_SPEAKS_LANGUAGE = "nobody_speaks_language"
    NOBODY_ONLINE_SPEAKS_LANGUAGE = "nobody_online_speaks_language"
    NOBODY_ONLINE = "nobody_online"


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why nobody has a waiting chat yet, in numbers of people; the words are made where it is shown.

    `can_answer` = `free` + `at_limit` + `not_online`; `limit` is the one that all at their limit share, if they do;
    the last two count people online who do not fit, by the first thing that does not.
    """

    reason: Reason
    can_answer: int
    free: int
    at_limit: int
    not_online: int
    limit: int | None
    online_in_other_departments: int
    online_with_other_languages: int


def explain(
    chat: ChatFacts, operators: Iterable[OperatorFacts], already_tried: frozenset[int] = _NOBODY
) -> Explanation:
    """Why the chat waits, for the workplace and the administrator to see."""
    active = [operator for operator in operators if operator.is_active]
    able = [operator for operator in active if can_answer(operator, chat)]
    on_duty = [operator for operator in able if is_on_duty(operator)]
    full = [operator for operator in on_duty if not has_room(operator)]
    limits = {operator.max_chats for operator in full}
    online = [operator for operator in active if is_on_duty(operator)]
    fitting = [operator for operator in online if serves_department(operator, chat.department_id)]
    if on_duty:
        reason = _reason_of_waiting(chat, on_duty, already_tried)
    elif chat.requested_operator_id is not None:
        reason = Reason.ASKED_OPERATOR_AWAY
    else:
        reason = _reason_of_absence(chat, active, is_anybody_able=bool(able))
    return Explanation(
        reason=reason,
        can_answer=len(able),
        free=len(on_duty) - len(full),
        at_limit=len(full),
        not_online=len(able) - len(on_duty),
        limit=limits.pop() if len(limits) == 1 else None,
        online_in_other_departments=len(online) - len(fitting),
        online_with_other_languages=sum(not speaks(operator, chat.language) for operator in fitting),
    )


def _reason_of_waiting(
    chat: ChatFacts, on_duty: Sequence[OperatorFacts], already_tried: frozenset[int]
) -> Reason:
    """Somebody on duty can answer: have they no free place, or have the free ones had the chat?"""
    if choose(chat, on_duty, already_tried) is not None:
        return Reason.OPERATOR_FREE
    if any(has_room(operator) for operator in on_duty):
        return Reason.FREE_ONES_HAD_IT
    return Reason.ALL_AT_LIMIT if chat.requested_operator_id is None else Reason.ASKED_OPERATOR_AT_LIMIT


def _reason_of_absence(chat: ChatFacts, active: Sequence[OperatorFacts], *, is_anybody_able: bool) -> Reason:
    """Nobody on duty can answer: is it the department, the language, or have those who could gone home?"""
    members = [operator for operator in active if serves_department(operator, chat.department_id)]
    if not members:
        return Reason.NOBODY_IN_DEPARTMENT
    if not is_anybody_able:
        return Reason.NOBODY_SPEAKS_LANGUAGE
    if any(is_on_duty(operator) for operator in members):
        return Reason.NOBODY_ONLINE_SPEAKS_LANGUAGE
    return Reason.NOBODY_ONLINE


class Tiebreak(enum.Enum):
    """What put the chosen operator before the next one."""

    LAST_OPERATOR = "last_operator"
    ONLY_ONE = "only_one"
    FEWEST_CHATS = "fewest_chats"
    LONGEST_WITHOUT = "longest_without"
    SORT_ORDER = "sort_order"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Choice:
    """Why this operator got the chat, in numbers; taken before the chat is counted to them."""

    tiebreak: Tiebreak
    load: int
    limit: int
    candidates: int
    was_asked_for: bool


def why(
    chosen: OperatorFacts,
    chat: ChatFacts,
    operators: Iterable[OperatorFacts],
    already_tried: frozenset[int] = _NOBODY,
    last_operator: int | None = None,
) -> Choice:
    """Why the chosen operator and not the next best of those who could be given the chat at that moment."""
    passed_over = _NOBODY if chosen.id in already_tried else already_tried
    others = [
        other
        for other in operators
        if other.id != chosen.id and other.id not in passed_over and can_be_assigned(other, chat)
    ]
    is_known = chosen.id == last_operator and chosen.id not in already_tried
    runner_up = min(others, key=order_of, default=None)
    return Choice(
        tiebreak=Tiebreak.LAST_OPERATOR if is_known else _tiebreak(chosen, runner_up),
        load=chosen.load,
        limit=chosen.max_chats,
        candidates=1 + len(others),
        was_asked_for=chat.requested_operator_id == chosen.id,
    )


def _tiebreak(chosen: OperatorFacts, runner_up: OperatorFacts | None) -> Tiebreak:
    if runner_up is None:
        return Tiebreak.ONLY_ONE
    steps = (Tiebreak.FEWEST_CHATS, Tiebreak.LONGEST_WITHOUT, Tiebreak.SORT_ORDER)
    pairs = zip(steps, order_of(chosen), order_of(runner_up), strict=False)
    return next((step for step, ours, theirs in pairs if ours != theirs), Tiebreak.NUMBER)
