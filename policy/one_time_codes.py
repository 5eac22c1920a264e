"""Codes of the second factor: which moments of time they belong to, and what people mean by what they type."""

import unicodedata
from datetime import datetime

STEP_SECONDS = 30
CODE_LENGTH = 6
RECOVERY_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without signs that are taken for one another on paper."""
RECOVERY_LENGTH = 16
_GROUP = 4


def step_of(now: datetime) -> int:
    """The half-minute of this moment, as RFC 6238 counts."""
    return int(now.timestamp()) // STEP_SECONDS


def accepted_steps(now: datetime, last_used: int) -> tuple[int, ...]:
    """The half-minutes whose codes are right now: this one and its neighbours, none used before.

    A phone's clock may be half a minute out, and a code is typed while it changes.
    """
    here = step_of(now)
    return tuple(step for step in (here, here - 1, here + 1) if step > last_used)


def normal_code(text: str) -> str:
    """What was typed without what people put between the signs, whatever its letter case and width."""
    plain = unicodedata.normalize("NFKC", text[:64]).casefold()
    return "".join(str(unicodedata.digit(sign, sign)) for sign in plain if sign.isalnum())


def is_phone_code(code: str) -> bool:
    """Whether it looks like the code of a phone; anything else is taken for a recovery code."""
    return len(code) == CODE_LENGTH and code.isascii() and code.isdigit()


def grouped(code: str) -> str:
    """A recovery code or a secret as people read it off: in groups of four."""
    return " ".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))
