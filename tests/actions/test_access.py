"""What one may not see answers exactly as what does not exist; what one may not do is refused with its reason."""

import pytest
from sqlalchemy.orm import Session

from actions.access import chat_for_operator, chat_for_visitor, demand, person_for_operator
from actions.errors import Forbidden, NotFound, NotNow
from models import Chat, Operator
from policy.rights import Action
from policy.statuses import OperatorStatus
from tests.actions.conftest import Counting, Do, FactsOf, set_auto
from tests.support.company import Company

ONLINE = OperatorStatus.ONLINE


@pytest.fixture
def people(company: Company) -> dict[str, Operator]:
    """Everybody's relation to Anna's chat in the department of sales."""
    sales = company.department("sales")
    anna = company.operator("Anna", status=ONLINE, departments=[sales])
    return {
        "own": anna,
        "colleague": company.operator("Boris", status=ONLINE, departments=[sales]),
        "stranger": company.operator("Stranger", status=ONLINE),
        "lead": company.operator("Leader", status=ONLINE, subordinates=[anna]),
        "supervisor": company.operator("Head", status=ONLINE, supervised_departments=[sales]),
        "admin": company.operator("Chief", status=ONLINE, is_admin=True),
    }


@pytest.fixture
def chat(people: dict[str, Operator], company: Company, do: Do) -> Chat:
    chat = company.chat(department="sales")
    do("take", people["own"], chat.public_id)
    return chat


REFUSED = {
    Action.SEE_CHAT: {"colleague": NotFound, "stranger": NotFound},
    Action.WRITE_IN_CHAT: {
        "colleague": NotFound,
        "stranger": NotFound,
        "lead": Forbidden,
        "supervisor": Forbidden,
        "admin": Forbidden,
    },
    Action.CLOSE_CHAT: {"colleague": NotFound, "stranger": NotFound},
    Action.REDIRECT_CHAT: {"colleague": NotFound, "stranger": NotFound},
    Action.TAKE_OVER_CHAT: {"own": Forbidden, "colleague": NotFound, "stranger": NotFound},
}


@pytest.mark.parametrize("locks", [False, True])
@pytest.mark.parametrize("action", REFUSED)
def test_a_chat_is_given_to_those_who_may(
    session: Session, people: dict[str, Operator], chat: Chat, facts: FactsOf, action: Action, locks: bool
) -> None:
    for name, person in people.items():
        actor = facts(person)
        refusal = REFUSED[action].get(name)
        if refusal is None:
            assert chat_for_operator(session, actor, chat.public_id, action, lock=locks).id == chat.id
        else:
            with pytest.raises(refusal):
                chat_for_operator(session, actor, chat.public_id, action, lock=locks)


def test_a_missing_chat_is_not_found_even_for_an_administrator(
    session: Session, company: Company, facts: FactsOf
) -> None:
    actor = facts(company.administrator)
    for lock in (False, True):
        with pytest.raises(NotFound):
            chat_for_operator(session, actor, "x" * 22, Action.SEE_CHAT, lock=lock)


def test_whom_only_the_status_hinders_is_told_not_now(
    session: Session, company: Company, chat: Chat, people: dict[str, Operator], facts: FactsOf
) -> None:
    own = facts(people["own"])
    away = type(own)(own.id, OperatorStatus.OFFLINE, department_ids=own.department_ids)
    with pytest.raises(NotNow):
        chat_for_operator(session, away, chat.public_id, Action.WRITE_IN_CHAT)


def test_a_waiting_chat_is_seen_by_those_who_can_answer_it(
    session: Session, company: Company, people: dict[str, Operator], facts: FactsOf
) -> None:
    waiting = company.chat(department="sales")
    for auto in (False, True):
        set_auto(session, on=auto)
        for name, person in people.items():
            actor = facts(person)
            if name == "stranger":
                with pytest.raises(NotFound):
                    chat_for_operator(session, actor, waiting.public_id, Action.SEE_CHAT)
            else:
                chat_for_operator(session, actor, waiting.public_id, Action.SEE_CHAT)


def test_a_visitor_has_only_their_own_chats(session: Session, company: Company) -> None:
    visitor = company.visitor()
    chat = company.chat(visitor)
    stranger = company.visitor().id
    for lock in (False, True):
        assert chat_for_visitor(session, visitor.id, chat.public_id, lock=lock).id == chat.id
        with pytest.raises(NotFound):
            chat_for_visitor(session, stranger, chat.public_id, lock=lock)
        with pytest.raises(NotFound):
            chat_for_visitor(session, visitor.id, "x" * 22, lock=lock)


def test_a_colleague_is_reached_by_those_in_charge(
    session: Session, people: dict[str, Operator], facts: FactsOf
) -> None:
    anna = people["own"]
    for name, person in people.items():
        actor = facts(person)
        if name in ("colleague", "stranger"):
            with pytest.raises(NotFound):
                person_for_operator(session, actor, anna.id, Action.CHANGE_STATUS_OF)
        else:
            assert person_for_operator(session, actor, anna.id, Action.CHANGE_STATUS_OF).id == anna.id
    with pytest.raises(NotFound):
        person_for_operator(session, facts(people["admin"]), 999, Action.CHANGE_STATUS_OF)


def test_a_section_outside_the_role_is_forbidden(people: dict[str, Operator], facts: FactsOf) -> None:
    demand(facts(people["admin"]), Action.MANAGE_OPERATORS)
    for name in ("own", "lead", "supervisor"):
        with pytest.raises(Forbidden):
            demand(facts(people[name]), Action.MANAGE_OPERATORS)


def test_the_chat_comes_with_its_cards_in_one_query(
    session: Session, people: dict[str, Operator], chat: Chat, facts: FactsOf, counted: Counting
) -> None:
    actor, chat_id = facts(people["own"]), chat.public_id
    session.rollback()
    session.expunge_all()
    with counted() as statements:
        found = chat_for_operator(session, actor, chat_id, Action.SEE_CHAT)
        assert found.operator and found.department and found.placement and found.visitor
    # The chat with its cards, and the settings.
    assert len(statements) == 2
