"""Random names: 128 bits for what is public, 256 bits for what is secret."""

import hashlib
import secrets
import string

_PLAIN = string.ascii_letters + string.digits


def new_public_id() -> str:
    """22 characters; the numbers of the database never leave the server."""
    return secrets.token_urlsafe(16)


def new_token() -> str:
    """43 characters that only their owner knows."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """What is stored of a token: 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(token.encode()).digest()


def new_plain_token() -> str:
    """The same strength in letters and digits alone: a double click selects the whole of it."""
    return "".join(secrets.choice(_PLAIN) for _ in range(43))
