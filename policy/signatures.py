"""How a receiver knows that a delivery is ours and new: the scheme of Standard Webhooks, HMAC-SHA256."""

import base64
import binascii
import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta

SECRET_PREFIX = "whsec_"  # noqa: S105  (the beginning of every secret)
SECRET_BYTES = 32
WINDOW = timedelta(minutes=5)
"""What is older, or from the future, is a replay."""
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


def is_genuine(secret: str, delivery: str, timestamp: str, body: str, header: str, now: datetime) -> bool:
    """What a receiver asks before it believes a delivery."""
    try:
        sent_at = int(timestamp)
        expected = signature(secret, delivery, sent_at, body)
    except (ValueError, binascii.Error):
        return False
    if abs(now.timestamp() - sent_at) > WINDOW.total_seconds():
        return False
    return any(hmac.compare_digest(expected.encode(), given.encode()) for given in header.split())
