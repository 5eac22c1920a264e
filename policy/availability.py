"""Whether a visitor finds anybody there, and what the button shows then."""

import enum
from collections.abc import Iterable

from policy.facts import OperatorFacts
from policy.languages import Language
from policy.routing import serves_department, speaks
from policy.statuses import rules_of


class ButtonState(enum.Enum):
    """What stands on the visitor's page."""

    ONLINE = "online"
    OFFLINE = "offline"
    HIDDEN = "hidden"


def is_department_online(
    operators: Iterable[OperatorFacts], department_id: int | None, language: Language | None = None
) -> bool:
    """Somebody who counts for the button could answer a chat of this department (None: without one) and language."""
    return any(
        operator.is_active
        and rules_of(operator.status).shows_button_online
        and serves_department(operator, department_id)
        and (language is None or speaks(operator, language))
        for operator in operators
    )


def button_state(
    online_operators: Iterable[OperatorFacts],
    placement_department_id: int | None,
    language: Language | None,
    shows_offline_button: bool,
    *,
    is_open: bool,
) -> ButtonState:
    """Online within working hours, when somebody could answer a chat begun here; else the offline button or nothing.

    A placement without a department (None) or without a fixed language (None) is served by anybody.
    """
    if is_open and is_department_online(online_operators, placement_department_id, language):
        return ButtonState.ONLINE
    return ButtonState.OFFLINE if shows_offline_button else ButtonState.HIDDEN
