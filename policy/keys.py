"""Letter identifiers of departments (`train`) and placements: what they may be, and how one is made from a name."""

import re
import unicodedata
from collections.abc import Container
from itertools import count

DEPARTMENT_KEY = re.compile(r"[a-z0-9]+")
PLACEMENT_KEY = re.compile(r"[a-z0-9][a-z0-9_-]*")
MAXIMUM_LENGTH = 64
_LENGTH_FROM_NAME = 32

_LATIN = dict(zip("абвгдезийклмнопрстуфыэіґ", "abvgdeziyklmnoprstufyeig", strict=True))
_LATIN |= {"ё": "e", "ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "yu", "я": "ya"}
_LATIN |= {"ї": "yi", "є": "ye", "ъ": "", "ь": ""}


def key_from(name: str, taken: Container[str], *, otherwise: str) -> str:
    """A free identifier that reads like the name; `otherwise` begins it where the name has no letter of ours."""
    letters = unicodedata.normalize("NFC", name).casefold()
    spelled = "".join(_LATIN.get(letter, letter) for letter in letters)
    # Folded once more: the sign № comes apart into a capital and a small letter.
    plain = unicodedata.normalize("NFKD", spelled).casefold()
    wanted = "".join(DEPARTMENT_KEY.findall(plain))[:_LENGTH_FROM_NAME] or otherwise
    if wanted not in taken:
        return wanted
    return next(key for number in count(2) if (key := f"{wanted}{number}") not in taken)
