"""The table of rights, said a second time by hand, and every cell of it asked."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.facts import ChatFacts, DepartmentFacts, OperatorFacts
from policy.rights import RIGHTS, Action, Answer, Role, Scope, may, roles_of, scopes_of
from policy.routing import may_take_by_hand
from policy.statuses import OperatorStatus
from policy.transitions import ChatState
from tests.policy.examples import chat, chats, ids, operator, operators

# Everyone of them has the number 1, belongs to department 10 and speaks all languages.
PEOPLE = {
    Role.OPERATOR: operator(1, department_ids=ids(10)),
    Role.LEAD: operator(
        1, department_ids=ids(10), subordinate_ids=ids(2), subordinate_department_ids=ids(20)
    ),
    Role.SUPERVISOR: operator(1, department_ids=ids(10), supervised_department_ids=ids(30)),
    Role.ADMIN: operator(1, department_ids=ids(10), is_admin=True),
}
CHATTING = ChatState.CHATTING
CHATS = {
    "own": chat(state=CHATTING, operator_id=1, department_id=10),
    "given to me": chat(operator_id=1, department_id=10),
    "own and closed": chat(state=ChatState.CLOSED, operator_id=1, department_id=10),
    "colleague's": chat(state=CHATTING, operator_id=3, department_id=10),
    "subordinate's": chat(state=CHATTING, operator_id=2, department_id=20),
    "subordinate administrator's": chat(
        state=CHATTING, operator_id=2, department_id=20, operator_is_admin=True
    ),
    "of supervised department": chat(state=CHATTING, operator_id=3, department_id=30),
    "administrator's there": chat(state=CHATTING, operator_id=3, department_id=30, operator_is_admin=True),
    "waiting here": chat(department_id=10),
    "waiting at subordinates'": chat(department_id=20),
    "waiting in supervised": chat(department_id=30),
    "waiting elsewhere": chat(department_id=40),
    "waiting for another": chat(department_id=10, requested_operator_id=3),
}
# One letter per chat above, in its order: + allowed, f forbidden (403), . answers as missing (404).
SEE = {
    Role.OPERATOR: "+++.....+....",
    Role.LEAD: "+++.+...++...",
    Role.SUPERVISOR: "+++...+.+.+..",
    Role.ADMIN: "+++++++++++++",
}
WRITE = {
    Role.OPERATOR: "+++.....f....",
    Role.LEAD: "+++.f...ff...",
    Role.SUPERVISOR: "+++...f.f.f..",
    Role.ADMIN: "+++ffffffffff",
}
IN_CHARGE = {
    Role.OPERATOR: "+++.....f....",
    Role.LEAD: "+++.+...ff...",
    Role.SUPERVISOR: "+++...+.f.+..",
    Role.ADMIN: "+++++++++++++",
}
TAKE_OVER = {
    Role.OPERATOR: "fff.....f....",
    Role.LEAD: "fff.+...ff...",
    Role.SUPERVISOR: "fff...+.f.f..",
    Role.ADMIN: "fff+++++fffff",
}
TAKE = {
    Role.OPERATOR: "f+f.....+....",
    Role.LEAD: "f+f.f...+f...",
    Role.SUPERVISOR: "f+f...f.+.+..",
    Role.ADMIN: "f+ffffff+++++",
}
TAKE_IN_AUTO = {
    Role.OPERATOR: "f+f.....f....",
    Role.LEAD: "f+f.f...ff...",
    Role.SUPERVISOR: "f+f...f.f.+..",
    Role.ADMIN: "f+ffffff+++++",
}
NOTE_IN_AUTO = {
    Role.OPERATOR: "+++.....f....",
    Role.LEAD: "+++.+...ff...",
    Role.SUPERVISOR: "+++...+.f.+..",
    Role.ADMIN: "+++++++++++++",
}
BY_HAND: dict[Action, dict[Role, str]] = {
    Action.SEE_CHAT: SEE,
    Action.WRITE_IN_CHAT: WRITE,
    Action.WRITE_NOTE: SEE,
    Action.TAKE_CHAT: TAKE,
    Action.TAKE_OVER_CHAT: TAKE_OVER,
    Action.REDIRECT_CHAT: IN_CHARGE,
    Action.CLOSE_CHAT: IN_CHARGE,
    Action.BAN_FROM_CHAT: IN_CHARGE,
    Action.SEE_DASHBOARD: IN_CHARGE,
    Action.SEE_HISTORY: IN_CHARGE,
    Action.SEE_STATISTICS: IN_CHARGE,
}
IN_AUTO = {**BY_HAND, Action.TAKE_CHAT: TAKE_IN_AUTO, Action.WRITE_NOTE: NOTE_IN_AUTO}

OTHERS = {
    "oneself": None,
    "colleague": operator(3, department_ids=ids(10)),
    "subordinate": operator(2, department_ids=ids(20)),
    "subordinate administrator": operator(2, department_ids=ids(20), is_admin=True),
    "member of supervised department": operator(4, department_ids=ids(30, 40)),
    "administrator there": operator(4, department_ids=ids(30), is_admin=True),
    "stranger": operator(5, department_ids=ids(40)),
}
ONESELF = dict.fromkeys(Role, "+......")
IN_CHARGE_OF = {
    Role.OPERATOR: "+......",
    Role.LEAD: "+.+....",
    Role.SUPERVISOR: "+...+..",
    Role.ADMIN: "+++++++",
}
ADMINS_ONLY = {
    Role.OPERATOR: "fffffff",
    Role.LEAD: "fffffff",
    Role.SUPERVISOR: "fffffff",
    Role.ADMIN: "+++++++",
}
OF_PEOPLE: dict[Action, dict[Role, str]] = {
    Action.CHANGE_OWN_STATUS: ONESELF,
    Action.EDIT_OWN_PROFILE: ONESELF,
    Action.SECURE_OWN_ACCOUNT: ONESELF,
    Action.CHANGE_STATUS_OF: IN_CHARGE_OF,
    Action.SEE_DASHBOARD: IN_CHARGE_OF,
    Action.SEE_HISTORY: IN_CHARGE_OF,
    Action.SEE_STATISTICS: IN_CHARGE_OF,
    Action.MANAGE_OPERATORS: ADMINS_ONLY,
}

# May there be anything to do at all? Operator, lead, supervisor, administrator.
SECTIONS = {
    Action.USE_CABINET: "++++",
    Action.USE_WORKPLACE: "++++",
    Action.SEE_CHAT: "++++",
    Action.WRITE_IN_CHAT: "++++",
    Action.WRITE_NOTE: "++++",
    Action.TAKE_CHAT: "++++",
    Action.TAKE_OVER_CHAT: "f+++",
    Action.REDIRECT_CHAT: "++++",
    Action.CLOSE_CHAT: "++++",
    Action.BAN_FROM_CHAT: "++++",
    Action.CHANGE_OWN_STATUS: "++++",
    Action.CHANGE_STATUS_OF: "++++",
    Action.SWITCH_ALL_OFFLINE: "fff+",
    Action.EDIT_OWN_PROFILE: "++++",
    Action.SECURE_OWN_ACCOUNT: "++++",
    Action.SEE_DASHBOARD: "++++",
    Action.SEE_HISTORY: "++++",
    Action.SEE_STATISTICS: "++++",
    Action.EDIT_DEPARTMENT_TEMPLATES: "ff++",
    Action.MANAGE_DEPARTMENTS: "fff+",
    Action.MANAGE_OPERATORS: "fff+",
    Action.MANAGE_PLACEMENTS: "fff+",
    Action.MANAGE_SETTINGS: "fff+",
    Action.MANAGE_BANS: "fff+",
    Action.MANAGE_LEAD_FORMS: "fff+",
    Action.MANAGE_FINANCE: "fff+",
    Action.EXPORT: "fff+",
    Action.SEE_AUDIT_LOG: "fff+",
}
LETTERS = {"+": Answer.ALLOWED, "f": Answer.FORBIDDEN, ".": Answer.MISSING}


def _cells_of_chats() -> Iterator[object]:
    for auto_assignment, grid in ((False, BY_HAND), (True, IN_AUTO)):
        for action, rows in grid.items():
            for role, row in rows.items():
                for name, letter in zip(CHATS, row, strict=True):
                    mode = "auto" if auto_assignment else "hand"
                    label = f"{action.value}-{role.value}-{name}-{mode}"
                    yield pytest.param(action, role, CHATS[name], auto_assignment, LETTERS[letter], id=label)


@pytest.mark.parametrize(("action", "role", "asked", "auto_assignment", "expected"), list(_cells_of_chats()))
def test_what_each_role_may_do_with_each_chat(
    action: Action, role: Role, asked: ChatFacts, auto_assignment: bool, expected: Answer
) -> None:
    assert may(PEOPLE[role], action, asked, auto_assignment=auto_assignment) is expected


@pytest.mark.parametrize("action", OF_PEOPLE)
@pytest.mark.parametrize("role", Role)
def test_what_each_role_may_do_with_each_person(action: Action, role: Role) -> None:
    person = PEOPLE[role]
    answers = {name: may(person, action, other or person) for name, other in OTHERS.items()}
    letters = OF_PEOPLE[action][role]
    assert answers == {name: LETTERS[letter] for name, letter in zip(OTHERS, letters, strict=True)}


@pytest.mark.parametrize("action", Action)
def test_what_each_role_may_open(action: Action) -> None:
    answers = {role: may(person, action) for role, person in PEOPLE.items()}
    assert answers == {role: LETTERS[letter] for role, letter in zip(Role, SECTIONS[action], strict=True)}


@pytest.mark.parametrize(
    ("role", "supervised", "foreign"),
    [
        (Role.OPERATOR, Answer.FORBIDDEN, Answer.FORBIDDEN),
        (Role.LEAD, Answer.FORBIDDEN, Answer.FORBIDDEN),
        (Role.SUPERVISOR, Answer.ALLOWED, Answer.MISSING),
        (Role.ADMIN, Answer.ALLOWED, Answer.ALLOWED),
    ],
)
def test_whose_templates_of_a_department(role: Role, supervised: Answer, foreign: Answer) -> None:
    assert may(PEOPLE[role], Action.EDIT_DEPARTMENT_TEMPLATES, DepartmentFacts(30)) is supervised
    assert may(PEOPLE[role], Action.EDIT_DEPARTMENT_TEMPLATES, DepartmentFacts(10)) is foreign


def test_every_action_has_its_row_and_every_role_its_cell() -> None:
    assert set(RIGHTS) == set(Action)
    assert all(set(cells) == set(Role) for cells in RIGHTS.values())


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("subject", [None, CHATS["own"], operator(1), DepartmentFacts(30)])
def test_the_inactive_may_nothing(
    action: Action, subject: ChatFacts | OperatorFacts | DepartmentFacts | None
) -> None:
    for person in PEOPLE.values():
        assert may(replace(person, is_active=False), action, subject) is Answer.FORBIDDEN


@pytest.mark.parametrize("status", OperatorStatus)
def test_the_status_decides_about_writing_taking_and_taking_over(status: OperatorStatus) -> None:
    works = status is not OperatorStatus.OFFLINE
    takes = status in (OperatorStatus.ONLINE, OperatorStatus.INVISIBLE)
    lead = replace(PEOPLE[Role.LEAD], status=status)
    expected = {True: Answer.ALLOWED, False: Answer.FORBIDDEN}
    assert may(lead, Action.WRITE_IN_CHAT, CHATS["own"]) is expected[works]
    assert may(lead, Action.TAKE_CHAT, CHATS["given to me"]) is expected[works]
    assert may(lead, Action.TAKE_CHAT, CHATS["waiting here"]) is expected[takes]
    assert may(lead, Action.TAKE_OVER_CHAT, CHATS["subordinate's"]) is expected[takes]
    assert may(lead, Action.SEE_CHAT, CHATS["own"]) is Answer.ALLOWED
    assert may(lead, Action.REDIRECT_CHAT, CHATS["own"]) is Answer.ALLOWED


@pytest.mark.parametrize(
    ("person", "roles"),
    [
        (operator(), {Role.OPERATOR}),
        (operator(subordinate_ids=ids(2)), {Role.OPERATOR, Role.LEAD}),
        (operator(subordinate_department_ids=ids(2)), {Role.OPERATOR}),
        (operator(supervised_department_ids=ids(1)), {Role.OPERATOR, Role.SUPERVISOR}),
        (operator(is_admin=True, subordinate_ids=ids(2)), {Role.OPERATOR, Role.LEAD, Role.ADMIN}),
        (operator(is_admin=True, is_active=False), set()),
    ],
)
def test_roles_are_what_a_person_has(person: OperatorFacts, roles: set[Role]) -> None:
    assert roles_of(person) == roles


def test_the_scopes_of_all_roles_add_up() -> None:
    person = operator(subordinate_ids=ids(2), supervised_department_ids=ids(3))
    assert scopes_of(person, Action.REDIRECT_CHAT) == {Scope.OWN, Scope.SUBORDINATES, Scope.DEPARTMENTS}
    assert scopes_of(person, Action.MANAGE_FINANCE) == frozenset()


actions = st.sampled_from(Action)
subjects = st.one_of(chats(), operators(), st.integers(1, 3).map(DepartmentFacts))


@given(operators(), actions, subjects, st.booleans())
def test_a_further_role_never_takes_a_right_away(
    person: OperatorFacts, action: Action, subject: ChatFacts | OperatorFacts | DepartmentFacts, auto: bool
) -> None:
    plain = replace(
        person,
        is_admin=False,
        subordinate_ids=ids(),
        subordinate_department_ids=ids(),
        supervised_department_ids=ids(),
    )
    for less, more in ((plain, person), (person, replace(person, is_admin=True))):
        if may(less, action, subject, auto_assignment=auto) is Answer.ALLOWED:
            assert may(more, action, subject, auto_assignment=auto) is Answer.ALLOWED


# A whole page is nobody's object.
actions_on_objects = st.sampled_from(
    sorted(set(Action) - {Action.USE_CABINET, Action.USE_WORKPLACE}, key=str)
)


@given(operators(number=1, is_admin=False), actions_on_objects, subjects, st.booleans())
def test_leads_and_supervisors_never_reach_an_administrators_objects(
    person: OperatorFacts, action: Action, subject: ChatFacts | OperatorFacts | DepartmentFacts, auto: bool
) -> None:
    if isinstance(subject, OperatorFacts):
        subject = replace(subject, is_admin=True)
        is_own = subject.id == person.id
    elif isinstance(subject, ChatFacts):
        subject = replace(subject, operator_id=subject.operator_id or 2, operator_is_admin=True)
        is_own = subject.operator_id == person.id
    else:
        return
    if not is_own:
        assert may(person, action, subject, auto_assignment=auto) is not Answer.ALLOWED


@given(operators(is_active=True), actions, chats(), st.booleans())
def test_a_chat_out_of_sight_answers_as_missing_and_one_in_sight_never_does(
    person: OperatorFacts, action: Action, asked: ChatFacts, auto: bool
) -> None:
    is_seen = may(person, Action.SEE_CHAT, asked, auto_assignment=auto) is Answer.ALLOWED
    assert (may(person, action, asked, auto_assignment=auto) is Answer.MISSING) is not is_seen


@given(operators(), chats(), st.booleans())
def test_taking_is_allowed_exactly_by_the_rules_of_the_queue(
    person: OperatorFacts, asked: ChatFacts, auto: bool
) -> None:
    is_allowed = may(person, Action.TAKE_CHAT, asked, auto_assignment=auto) is Answer.ALLOWED
    assert is_allowed is may_take_by_hand(person, asked, auto)
