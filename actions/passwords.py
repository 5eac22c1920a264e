"""Passwords: what is good enough, and hashes that are slow to guess."""

import gzip
import secrets
import threading
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from models.database import off_the_hub
from policy.errors import DomainError

MINIMUM_LENGTH = 8
MAXIMUM_LENGTH = 128
SHORTEST_PERSONAL_WORD = 4
HASHES_AT_ONCE = 4

T = TypeVar("T")

_hasher = PasswordHasher(memory_cost=64 * 1024, time_cost=3, parallelism=1)
# Each hash takes 64 MiB: without a bound, a burst of sign-ins would take the machine's memory.
_turns = threading.BoundedSemaphore(HASHES_AT_ONCE)
# The 8 359 entries of eight and more characters of a list of the 20 000 most common ones; whatever is shorter is
# refused anyway. ASVS 5.0 asks for the first 3 000 that fit an installation's own rules: this is more than that.
_COMMON_PASSWORDS = Path(__file__).with_name("common_passwords.txt.gz")


class PasswordRefused(DomainError):
    """`password_short`, `password_long`, `password_common` or `password_personal`."""


def check_password(password: str, *, about: Iterable[str]) -> None:
    """A new password has 8–128 characters of any kind, is not a common one and holds no word `about` its owner."""
    if len(password) < MINIMUM_LENGTH:
        raise PasswordRefused("password_short")
    if len(password) > MAXIMUM_LENGTH:
        raise PasswordRefused("password_long")
    plain = _plain(password)
    if plain in _common_passwords() or len(set(plain)) == 1:
        raise PasswordRefused("password_common")
    if any(word in plain for text in about for word in _words(text)):
        raise PasswordRefused("password_personal")


def hash_password(password: str) -> str:
    """The text to store for a password; slow on purpose, so never inside a transaction."""
    return _with_turn(lambda: _hasher.hash(_normal(password)))


def verify_password(password_hash: str | None, password: str) -> bool:
    """Whether the password is the hashed one; an account without a password takes just as long to refuse."""
    known = password_hash or _hash_of_nobody()
    # A longer text was never accepted as a password, and hashing it would only burn time.
    given = _normal(password[: MAXIMUM_LENGTH + 1])
    matches = _with_turn(lambda: _matches(known, given))
    return matches and bool(password_hash)


def renewed_hash(password_hash: str | None, password: str) -> str | None:
    """The right password's hash at today's costs, where the known one was made at others; None when it is fine."""
    is_old = password_hash is not None and _hasher.check_needs_rehash(password_hash)
    return hash_password(password) if is_old else None


def _matches(known: str, given: str) -> bool:
    try:
        return _hasher.verify(known, given)
    except (VerificationError, InvalidHashError):
        return False


def _with_turn(work: Callable[[], T]) -> T:
    with _turns:
        return off_the_hub(work)


@cache
def _hash_of_nobody() -> str:
    return hash_password(secrets.token_urlsafe())


@cache
def _common_passwords() -> frozenset[str]:
    return frozenset(gzip.decompress(_COMMON_PASSWORDS.read_bytes()).decode().split())


def _words(text: str) -> list[str]:
    parts = "".join(letter if letter.isalnum() else " " for letter in _plain(text)).split()
    return [word for word in parts if len(word) >= SHORTEST_PERSONAL_WORD]


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _plain(text: str) -> str:
    return _normal(text).casefold()
