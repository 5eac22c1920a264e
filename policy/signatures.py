"""How a receiver knows that a delivery is ours and new: the scheme of Standard Webhooks, HMAC-SHA256."""

import base64
import hmac
from collections.abc import Iterable

SECRET_PREFIX = "whsec_"  # noqa: S105  (the beginning of every secret)
SECRET_BYTES = 32
_VERSION = "v1"


def secret_text(key: bytes) -> str:
    """A key as it is shown and stored."""
    return SECRET_PREFIX + base64.b64encode(key).decode()


def signature(secret: str, delivery: str, timestamp: int, body: str) -> str:
    """The signature of a delivery's id, time and body."""
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    signed = f"{delivery}.{timestamp}.{body}".encode()
    return f"{_VERSION},{base64.b64encode(hmac.digest(key, signed, 'sha256')).decode()}"


def signatures(secrets: Iterable[str], delivery: str, timestamp: int, body: str) -> str:
    """The header: one signature for each secret that is valid now."""
    return " ".join(signature(secret, delivery, timestamp, body) for secret in secrets)
