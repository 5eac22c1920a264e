"""E-mail addresses as people type them."""

import re

EMAIL_MAXIMUM = 254
"""As long as an address that a mail server takes can be."""
_BETWEEN = re.compile(r"[,;\s]+")


def split_addresses(text: str) -> tuple[str, ...]:
    """The addresses between commas (semicolons, spaces and line breaks too), each once, in their order."""
    found: dict[str, str] = {}
    for address in _BETWEEN.split(text):
        if address:
            found.setdefault(address.casefold(), address)
    return tuple(found.values())
