"""What a signed-in person must do before anything else opens to them."""

import enum


class Duty(enum.Enum):
    """In the order in which they are done."""

    CHANGE_PASSWORD = "change_password"  # noqa: S105  (a name)
    SET_UP_SECOND_FACTOR = "set_up_second_factor"


def duty_of(
    *, must_change_password: bool, has_second_factor: bool, second_factor_demanded: bool
) -> Duty | None:
    """The first thing to do; None for who is free to work."""
    if must_change_password:
        return Duty.CHANGE_PASSWORD
    if second_factor_demanded and not has_second_factor:
        return Duty.SET_UP_SECOND_FACTOR
    return None
