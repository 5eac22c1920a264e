"""Links to set a password, and the letters that carry them: a letter whose link works no more does not leave."""

from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from actions import outbox
from models.password_links import PasswordLink


def dedupe_key(token_hash: bytes) -> str:
    """The name of the letter that carries this link."""
    return f"password-link:{token_hash.hex()}"


def end_links(session: Session, now: datetime, *which: ColumnElement[bool]) -> None:
    """These links open nothing any more, and letters that still wait with them are of no use."""
    ending = session.scalars(select(PasswordLink).where(PasswordLink.ended_at.is_(None), *which)).all()
    for link in ending:
        link.ended_at = now
    session.flush()
    outbox.withdraw(session, [dedupe_key(link.token_hash) for link in ending], now)
