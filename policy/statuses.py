"""What each operator's status allows: one table for assignment, the visitor's button and every list."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


class OperatorStatus(enum.Enum):
    """The status that an operator chose, or was given when their last connection was gone."""

    ONLINE = "online"
    INVISIBLE = "invisible"
    BEFORE_LUNCH = "before_lunch"
    LUNCH = "lunch"
    BREAK = "break"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class StatusRules:
    """One row of the table of statuses."""

    works_in_chats: bool
    takes_by_hand: bool
    is_auto_assigned: bool
    shows_button_online: bool
    counts_as_online: bool


def _row(
    *,
    works: bool = True,
    by_hand: bool = False,
    assigned: bool = False,
    button: bool = False,
    counted: bool = False,
) -> StatusRules:
    return StatusRules(works, by_hand, assigned, button, counted)


RULES: Mapping[OperatorStatus, StatusRules] = MappingProxyType(
    {
        OperatorStatus.ONLINE: _row(by_hand=True, assigned=True, button=True, counted=True),
        OperatorStatus.INVISIBLE: _row(by_hand=True),
        OperatorStatus.BEFORE_LUNCH: _row(),
        OperatorStatus.LUNCH: _row(),
        OperatorStatus.BREAK: _row(),
        OperatorStatus.OFFLINE: _row(works=False),
    }
)


def rules_of(status: OperatorStatus) -> StatusRules:
    """What a person in this status may do and where they are counted."""
    return RULES[status]
