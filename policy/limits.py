"""Between which limits each number of the settings lies; 0 switches off what may be switched off."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Limit:
    """Whole numbers from `least` to `most`, both allowed; where `can_be_off`, 0 too."""

    least: int
    most: int
    can_be_off: bool = False

    def allows(self, number: int) -> bool:
        """Whether the setting may have this value."""
        return (self.can_be_off and number == 0) or self.least <= number <= self.most


LIMITS: Mapping[str, Limit] = MappingProxyType(
    {
        "first_reply_timeout_seconds": Limit(10, 3600, can_be_off=True),
        "reply_timeout_seconds": Limit(10, 3600, can_be_off=True),
        "max_chats_per_operator": Limit(1, 100),
        "answer_seconds": Limit(10, 3600, can_be_off=True),
        "misses_before_break": Limit(1, 20, can_be_off=True),
        "kept_after_disconnect_minutes": Limit(1, 120, can_be_off=True),
        "file_maximum_megabytes": Limit(1, 100),
        "operator_gone_after_seconds": Limit(15, 3600),
        "silence_closes_after_minutes": Limit(1, 1440, can_be_off=True),
        "reopens_within_hours": Limit(1, 720, can_be_off=True),
        "visitor_left_after_minutes": Limit(1, 60),
        "visitor_remembered_days": Limit(1, 365),
        "operator_idle_hours": Limit(1, 168),
        "message_editable_minutes": Limit(1, 1440, can_be_off=True),
    }
)
