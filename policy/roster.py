"""The operators on duty, indexed so that the next one for a chat is found without looking at all of them."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from heapq import heapify, heappop, heappush, heapreplace
from typing import TypeAlias

from policy.facts import ChatFacts, OperatorFacts
from policy.languages import Language
from policy.routing import can_answer, has_room, is_on_duty, speaks

# Load, moment of the last assignment, sort order, id.
Order: TypeAlias = tuple[int, int, int, int]
LaneKey: TypeAlias = tuple[int | None, Language]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_NEVER = -(1 << 62)
_AFTER_EVERY_DATE = 1 << 62


def order_of(operator: OperatorFacts) -> Order:
    """The total order of assignment: fewest chats, longest without a new one (never first), sort order, id."""
    last = operator.last_assigned_at
    moment = _NEVER if last is None else (last - _EPOCH) // _MICROSECOND
    return (operator.load, moment, operator.sort_order, operator.id)


class _Lane:
    """Those who can have the chats of one department and language, best first.

    `orders` is shared by all lanes and always true; a lane's heap may lag behind it. While an operator only gets
    busier their entry here is too small, never too big, so it is enough to put it right when it comes to the top.
    """

    def __init__(self, members: set[int], orders: dict[int, Order]) -> None:
        self.members = members
        self._orders = orders
        self._entries = {member: orders[member] for member in members if member in orders}
        self._heap = list(self._entries.values())
        heapify(self._heap)

    def put(self, member: int) -> None:
        """Take in somebody new, or somebody who moved ahead because they have become freer."""
        self.members.add(member)
        order = self._orders.get(member)
        entry = self._entries.get(member)
        if order is None or (entry is not None and entry <= order):
            return
        self._entries[member] = order
        heappush(self._heap, order)
        if len(self._heap) > 2 * len(self._entries) + 16:
            self._heap = list(self._entries.values())
            heapify(self._heap)

    def remove(self, member: int) -> None:
        self.members.discard(member)
        self._entries.pop(member, None)

    def first(self, skipped: frozenset[int]) -> int | None:
        """The best one with a free place who is not skipped."""
        held: list[Order] = []
        found: int | None = None
        while found is None and (order := self._top()) is not None:
            if order[3] in skipped:
                held.append(heappop(self._heap))
            else:
                found = order[3]
        for order in held:
            heappush(self._heap, order)
        return found

    def _top(self) -> Order | None:
        """Put the heap's top right until it is true; None when nobody here has a free place."""
        heap, entries, orders = self._heap, self._entries, self._orders
        while heap:
            entry = heap[0]
            member = entry[3]
            if entries.get(member) != entry:
                heappop(heap)
                continue
            order = orders.get(member)
            if order == entry:
                return entry
            if order is None:
                heappop(heap)
                del entries[member]
            else:
                heapreplace(heap, order)
                entries[member] = order
        return None


class Roster:
    """Gives for every chat exactly the operator whom `assignment.choose` finds by looking at everyone.

    Lanes are made when the first chat of their kind comes, so a lone decision pays for one lane only.
    """

    def __init__(self, operators: Iterable[OperatorFacts]) -> None:
        self._operators: dict[int, OperatorFacts] = {}
        self._loads: dict[int, int] = {}
        self._orders: dict[int, Order] = {}
        self._by_department: dict[int | None, set[int]] = {None: set()}
        self._lanes: dict[LaneKey, _Lane] = {}
        self._moment = _AFTER_EVERY_DATE
        for operator in operators:
            self.put(operator)

    @property
    def has_room(self) -> bool:
        """Whether anybody at all could be given a chat."""
        return bool(self._orders)

    def put(self, operator: OperatorFacts) -> None:
        """Take these facts for this operator in place of what was known of them."""
        before = self._operators.get(operator.id)
        if before is not None and not _same_place(before, operator):
            self.remove(operator.id)
        if not is_on_duty(operator):
            self.remove(operator.id)
            return
        self._operators[operator.id] = operator
        self._loads[operator.id] = operator.load
        if has_room(operator):
            self._orders[operator.id] = order_of(operator)
        else:
            self._orders.pop(operator.id, None)
        for department_id in (None, *operator.department_ids):
            self._by_department.setdefault(department_id, set()).add(operator.id)
        for lane in self._lanes_of(operator):
            lane.put(operator.id)

    def remove(self, operator_id: int) -> None:
        """Forget somebody who left; nothing happens when they were not here."""
        operator = self._operators.pop(operator_id, None)
        if operator is None:
            return
        for lane in self._lanes_of(operator):
            lane.remove(operator_id)
        for department_id in (None, *operator.department_ids):
            self._by_department[department_id].discard(operator_id)
        del self._loads[operator_id]
        self._orders.pop(operator_id, None)

    def choose(
        self, chat: ChatFacts, already_tried: frozenset[int] = frozenset(), last_operator: int | None = None
    ) -> OperatorFacts | None:
        """The operator to give the chat to, as they were handed in; None while it has to wait."""
        if chat.requested_operator_id is not None:
            return self._asked_for(chat, chat.requested_operator_id)
        if last_operator is not None and last_operator not in already_tried:
            known = self._asked_for(chat, last_operator)
            if known is not None:
                return known
        lane = self._lane(chat.department_id, chat.language)
        found = lane.first(already_tried)
        if found is None and already_tried and lane.members <= already_tried:
            found = lane.first(frozenset())
        return None if found is None else self._operators[found]

    def assign(
        self, chat: ChatFacts, already_tried: frozenset[int] = frozenset(), last_operator: int | None = None
    ) -> OperatorFacts | None:
        """Choose and count the chat to the chosen one, as assigned later than everything before."""
        operator = self.choose(chat, already_tried, last_operator)
        if operator is None:
            return None
        load = self._loads[operator.id] = self._loads[operator.id] + 1
        self._moment += 1
        if load < operator.max_chats:
            self._orders[operator.id] = (load, self._moment, operator.sort_order, operator.id)
        else:
            del self._orders[operator.id]
        return operator

    def _asked_for(self, chat: ChatFacts, operator_id: int) -> OperatorFacts | None:
        operator = self._operators.get(operator_id)
        if operator is None or operator_id not in self._orders or not can_answer(operator, chat):
            return None
        return operator

    def _lane(self, department_id: int | None, language: Language) -> _Lane:
        lane = self._lanes.get((department_id, language))
        if lane is None:
            members = {
                number
                for number in self._by_department.get(department_id, ())
                if speaks(self._operators[number], language)
            }
            lane = self._lanes[department_id, language] = _Lane(members, self._orders)
        return lane

    def _lanes_of(self, operator: OperatorFacts) -> list[_Lane]:
        if not self._lanes:
            return []
        languages = operator.languages or frozenset(Language)
        keys = (
            (department_id, language)
            for department_id in (None, *operator.department_ids)
            for language in languages
        )
        return [self._lanes[key] for key in keys if key in self._lanes]


def _same_place(before: OperatorFacts, after: OperatorFacts) -> bool:
    """Whether the change leaves the operator in the lanes where they stand."""
    return before.department_ids == after.department_ids and before.languages == after.languages
