"""What people may type: kept as they wrote it, without what a screen, a log or a letter could stumble over."""

import unicodedata

from policy.errors import DomainError

MESSAGE_MAXIMUM = 10_000
# They turn the direction of what follows, the words of others included; in one line there is no use for them.
_DIRECTION_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp", "Zs"})


class TextRefused(DomainError):
    """A text that is `empty` or `too_long`; nothing of it is kept."""

    def __init__(self, code: str, maximum: int | None = None) -> None:
        super().__init__(code)
        self.maximum = maximum


def clean_message(text: str) -> str:
    """A message without control characters and with plain line breaks; refused when empty or above the maximum."""
    # In most texts there is nothing to take out: they are spared the look at each character.
    if not text.isprintable():
        unbroken = text.replace("\r\n", "\n").replace("\r", "\n")
        text = "".join(character for character in unbroken if _is_kept(character))
    cleaned = text.strip()
    if not any(map(_is_visible, cleaned)):
        raise TextRefused("empty")
    return _not_longer(cleaned, MESSAGE_MAXIMUM)


def clean_line(text: str, maximum: int) -> str:
    """One line (a name, a title) with single spaces; an empty one is for the caller to judge."""
    spaced = "".join(" " if character.isspace() else character for character in text)
    kept = "".join(
        character for character in spaced if _is_kept(character) and character not in _DIRECTION_CONTROLS
    )
    line = " ".join(kept.split())
    return _not_longer(line, maximum) if any(map(_is_visible, line)) else ""


def _is_kept(character: str) -> bool:
    """Everything but control characters and halves of surrogate pairs, which no encoding can carry."""
    return character in "\n\t" or unicodedata.category(character) not in {"Cc", "Cs"}


def _is_visible(character: str) -> bool:
    """Whether the character shows by itself; joiners, marks of direction and spaces do not."""
    # Unassigned ones show: they are the emoji of a Unicode newer than ours.
    return unicodedata.category(character) not in _INVISIBLE


def _not_longer(text: str, maximum: int) -> str:
    if len(text) > maximum:
        raise TextRefused("too_long", maximum)
    return text
