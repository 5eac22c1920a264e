"""The chain of the audit log: each entry holds the hash of the one before, so that no change goes unseen."""

import enum
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.audit import AuditEntry, audit_head

BEGINNING = bytes(32)
ROWS_AT_ONCE = 1_000


class Wrong(enum.Enum):
    """What is wrong with a piece of the chain."""

    ALTERED = "altered"  # the row is not what was written
    REWRITTEN = "rewritten"  # the row was given a new hash, but the next one remembers the old
    MISSING = "missing"  # rows are gone


@dataclass(frozen=True, slots=True)
class Fault:
    """One piece of the chain that does not hold; a single row where both numbers are the same."""

    wrong: Wrong
    first: int
    last: int


def add_to_chain(session: Session, entries: Sequence[AuditEntry]) -> None:
    """Number the entries and tie each to the one before; others who write to the log wait until we commit."""
    head = audit_head(session, for_update=True)
    for entry in entries:
        entry.id = head.number = head.number + 1
        entry.previous_hash = head.hash
        entry.hash = head.hash = hash_of(entry)
    session.add_all(entries)
    session.flush()


def hash_of(entry: AuditEntry) -> bytes:
    """The hash of an entry's whole content and of the hash before it."""
    content = [
        entry.id,
        entry.at.astimezone(UTC).isoformat(),
        entry.kind.name,
        entry.actor_kind.name,
        entry.actor_id,
        entry.actor_name,
        entry.address,
        entry.object_kind,
        entry.object_id,
        entry.object_name,
        entry.search_text,
        entry.changes,
    ]
    text = json.dumps(content, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(entry.previous_hash + text.encode()).digest()


def faults(session: Session) -> Iterator[Fault]:
    """Whatever does not hold, in the order of the log; nothing when every entry is as it was written."""
    head = audit_head(session)
    number, known = 0, BEGINNING
    for entry in session.scalars(
        select(AuditEntry)
        .where(AuditEntry.id <= head.number)
        .order_by(AuditEntry.id)
        .execution_options(yield_per=ROWS_AT_ONCE)
    ):
        if entry.id > number + 1:
            yield Fault(Wrong.MISSING, number + 1, entry.id - 1)
        elif entry.previous_hash != known:
            yield Fault(Wrong.REWRITTEN, number, number)
        if hash_of(entry) != entry.hash:
            yield Fault(Wrong.ALTERED, entry.id, entry.id)
        number, known = entry.id, entry.hash
    if number < head.number:
        yield Fault(Wrong.MISSING, number + 1, head.number)
    elif known != head.hash:
        yield Fault(Wrong.REWRITTEN, number, number)
