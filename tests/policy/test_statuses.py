from dataclasses import astuple

import pytest

from policy.statuses import RULES, OperatorStatus, rules_of

# works in chats, takes by hand, is auto-assigned, shows the button online, counts as online
TABLE = {
    OperatorStatus.ONLINE: (True, True, True, True, True),
    OperatorStatus.INVISIBLE: (True, True, False, False, False),
    OperatorStatus.BEFORE_LUNCH: (True, False, False, False, False),
    OperatorStatus.LUNCH: (True, False, False, False, False),
    OperatorStatus.BREAK: (True, False, False, False, False),
    OperatorStatus.OFFLINE: (False, False, False, False, False),
}


@pytest.mark.parametrize("status", OperatorStatus)
def test_a_status_means_what_its_row_says(status: OperatorStatus) -> None:
    assert astuple(rules_of(status)) == TABLE[status]


def test_the_table_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        RULES[OperatorStatus.LUNCH] = RULES[OperatorStatus.ONLINE]  # type: ignore[index]
