"""Who hears of a chat while it happens: the right to see it, cut into groups that listeners can join beforehand."""

from dataclasses import dataclass

from policy.facts import ChatFacts, OperatorFacts
from policy.languages import Language
from policy.rights import Action, Scope, is_open_to_watchers, scopes_of
from policy.routing import is_waiting


@dataclass(frozen=True, slots=True)
class Audience:
    """One group of listeners: what they listen to and, where that has one, its number and its kind of chat."""

    kind: str
    a: int | None = None
    b: str | None = None


EVERYTHING = Audience("all")


def audiences(chat: ChatFacts) -> frozenset[Audience]:
    """The groups that an event of the chat goes to: together exactly those people who may see it.

    An event that changes who may see the chat has to reach the groups of before and of after.
    """
    groups = {EVERYTHING}
    if chat.operator_id is not None:
        groups.add(Audience("chats_of", chat.operator_id))
    if is_waiting(chat):
        groups.add(_waiting(chat.requested_operator_id, chat.department_id, chat.language))
    if is_open_to_watchers(chat):
        groups |= _watchers(chat)
    return frozenset(groups)


def _watchers(chat: ChatFacts) -> set[Audience]:
    groups = set()
    if chat.operator_id is not None:
        groups.add(Audience("watched_chats_of", chat.operator_id))
    if chat.department_id is not None:
        groups.add(Audience("watched_chats_in", chat.department_id))
        if is_waiting(chat):
            groups.add(Audience("watched_queue", chat.department_id))
    return groups


def audiences_of(person: OperatorFacts) -> frozenset[Audience]:
    """The groups that the person listens to; to be asked anew whenever anything of the person changes."""
    scopes = scopes_of(person, Action.SEE_CHAT)
    if Scope.ALL in scopes:
        return frozenset({EVERYTHING})
    groups: set[Audience] = set()
    if Scope.OWN in scopes:
        groups.add(Audience("chats_of", person.id))
    if Scope.ANSWERABLE in scopes:
        groups |= _answerable(person)
    if Scope.SUBORDINATES in scopes:
        groups |= {Audience("watched_chats_of", number) for number in person.subordinate_ids}
    if Scope.SUBORDINATE_QUEUE in scopes:
        groups |= {Audience("watched_queue", number) for number in person.subordinate_department_ids}
    if Scope.DEPARTMENTS in scopes:
        groups |= {Audience("watched_chats_in", number) for number in person.supervised_department_ids}
    return frozenset(groups)


def _answerable(person: OperatorFacts) -> set[Audience]:
    """The waiting chats that the person can answer: those asked of nobody, and those asked of them."""
    return {
        _waiting(asked, department_id, language)
        for asked in (None, person.id)
        for department_id in (None, *person.department_ids)
        for language in person.languages or frozenset(Language)
    }


def _waiting(asked: int | None, department_id: int | None, language: Language) -> Audience:
    if asked is None:
        return Audience("waiting", department_id, language.tag)
    return Audience("waiting_for", asked, f"{department_id or ''}:{language.tag}")
