"""Where a chat belongs and who could have it."""

from policy.facts import ChatFacts, OperatorFacts
from policy.languages import Language
from policy.statuses import rules_of
from policy.transitions import ChatState


def is_waiting(chat: ChatFacts) -> bool:
    """A chat waits while it stands in the queue and nobody answers for it."""
    return chat.state is ChatState.QUEUE and chat.operator_id is None


def serves_department(operator: OperatorFacts, department_id: int | None) -> bool:
    """Everyone serves chats without a department; the others are for its members."""
    return department_id is None or department_id in operator.department_ids


def speaks(operator: OperatorFacts, language: Language) -> bool:
    """A person with no language set speaks all of them."""
    return not operator.languages or language in operator.languages


def can_answer(operator: OperatorFacts, chat: ChatFacts) -> bool:
    """The chat is for this person, whatever their status: department, language, and nobody else asked for."""
    return (
        operator.is_active
        and chat.requested_operator_id in (None, operator.id)
        and serves_department(operator, chat.department_id)
        and speaks(operator, chat.language)
    )


def is_on_duty(operator: OperatorFacts) -> bool:
    """The system may give chats to this person at all, now or when they have a free place."""
    return operator.is_active and operator.max_chats > 0 and rules_of(operator.status).is_auto_assigned


def has_room(operator: OperatorFacts) -> bool:
    """Below the limit, which the system never exceeds."""
    return operator.load < operator.max_chats


def can_be_assigned(operator: OperatorFacts, chat: ChatFacts) -> bool:
    """The system may give this chat to this person now."""
    return has_room(operator) and is_on_duty(operator) and can_answer(operator, chat)


def may_take_by_hand(operator: OperatorFacts, chat: ChatFacts, auto_assignment: bool) -> bool:
    """A waiting chat is taken by who can answer it, while auto-assignment is on by those in charge only.

    Administrators are in charge of every chat, supervisors of those in their departments; the limit does not bind
    them. A chat that was already given to this person is theirs to begin in any status in which they work.
    """
    if not operator.is_active or chat.state is not ChatState.QUEUE:
        return False
    rules = rules_of(operator.status)
    if chat.operator_id is not None:
        return chat.operator_id == operator.id and rules.works_in_chats
    in_charge = operator.is_admin or chat.department_id in operator.supervised_department_ids
    return rules.takes_by_hand and (in_charge or (not auto_assignment and can_answer(operator, chat)))


def department_of(
    redirect: int | None = None,
    placement: int | None = None,
    snippet: int | None = None,
    choice: int | None = None,
    geography: int | None = None,
) -> int | None:
    """The chat's department: the first of these that says one, so a choice never overrules placement or snippet."""
    return next(
        (said for said in (redirect, placement, snippet, choice, geography) if said is not None), None
    )


def language_of(
    redirect: Language | None, placement: Language | None, choice: Language | None, main: Language
) -> Language:
    """The chat's language: the first of these that says one, else the company's main language."""
    return redirect or placement or choice or main
