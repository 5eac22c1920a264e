from collections.abc import Sequence

import pytest

from policy.availability import ButtonState, button_state, is_department_online
from policy.facts import OperatorFacts
from policy.languages import Language
from policy.statuses import OperatorStatus
from tests.policy.examples import ids, operator

HEBREW = frozenset({Language.HE})
IN_ONE = operator(department_ids=ids(1), languages=HEBREW)


@pytest.mark.parametrize(
    ("people", "department_id", "language", "is_online"),
    [
        ([IN_ONE], 1, Language.HE, True),
        ([IN_ONE], None, Language.HE, True),
        ([IN_ONE], 1, None, True),
        ([IN_ONE], 2, Language.HE, False),
        ([IN_ONE], 1, Language.EN, False),
        ([IN_ONE, operator(2, department_ids=ids(1))], 1, Language.EN, True),
        ([operator(load=5, max_chats=5)], None, Language.EN, True),
        ([operator(is_active=False)], None, Language.EN, False),
        ([], None, None, False),
    ],
)
def test_the_button_is_online_when_somebody_could_answer(
    people: Sequence[OperatorFacts], department_id: int | None, language: Language | None, is_online: bool
) -> None:
    assert is_department_online(people, department_id, language) is is_online
    for shows_offline_button, otherwise in ((True, ButtonState.OFFLINE), (False, ButtonState.HIDDEN)):
        state = button_state(people, department_id, language, shows_offline_button, is_open=True)
        assert state is (ButtonState.ONLINE if is_online else otherwise)
        # Outside working hours nobody is there, whoever is online.
        closed = button_state(people, department_id, language, shows_offline_button, is_open=False)
        assert closed is otherwise


@pytest.mark.parametrize("status", OperatorStatus)
def test_only_the_status_online_puts_the_button_online(status: OperatorStatus) -> None:
    assert is_department_online([operator(status=status)], None) is (status is OperatorStatus.ONLINE)
