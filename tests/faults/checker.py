"""The promises of delivery, held against what was written and what everybody can see. Pure: no server, no files."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tests.faults.journal import History


@dataclass(frozen=True, slots=True)
class Entry:
    """A message where somebody sees it."""

    seq: int
    author: str
    body: str


Log = Mapping[str, Sequence[Entry]]
"""Chats, each in the order in which it is shown."""


def faults_of(history: History, stored: Log, seen: Mapping[str, Log]) -> list[str]:
    """Every broken promise: `stored` is the database, `seen` what each page and API shows of the chats it knows."""
    return [
        *_lost_or_doubled(history, stored),
        *_gaps(stored),
        *_inversions(history, stored),
        *_other_views(stored, seen),
    ]


def _lost_or_doubled(history: History, stored: Log) -> Iterator[str]:
    places: dict[tuple[str, str], list[int]] = {}
    for chat, entries in stored.items():
        for entry in entries:
            places.setdefault((chat, entry.body), []).append(entry.seq)
    for client_id, message in history.written.items():
        found = places.pop((message.chat, message.body), [])
        promised = history.acknowledged.get(client_id, set())
        if len(found) > 1:
            yield f"doubled: {message.body} stands at {found}"
        if promised and not found:
            yield f"lost: {message.body} was acknowledged and is not stored"
        elif promised and promised != set(found):
            yield f"moved: {message.body} was promised {sorted(promised)} and stands at {found}"
    for chat, body in places:
        yield f"unknown: {body} stands in {chat} and was written by nobody"


def _gaps(stored: Log) -> Iterator[str]:
    for chat, entries in stored.items():
        found = [entry.seq for entry in entries]
        if found != list(range(1, len(found) + 1)):
            yield f"gap: {chat} has {found}"


def _inversions(history: History, stored: Log) -> Iterator[str]:
    numbers = {(message.chat, message.body): message.number for message in history.written.values()}
    for chat, entries in stored.items():
        for author in ("visitor", "operator"):
            own = [
                numbers[chat, entry.body]
                for entry in entries
                if entry.author == author and (chat, entry.body) in numbers
            ]
            if own != sorted(own):
                yield f"out of order: the {author} of {chat} wrote 0, 1, 2 … and it stands as {own}"


def _other_views(stored: Log, seen: Mapping[str, Log]) -> Iterator[str]:
    for who, log in seen.items():
        for chat, entries in log.items():
            expected = list(stored.get(chat, ()))
            if list(entries) != expected:
                missing = Counter(expected) - Counter(entries)
                surplus = Counter(entries) - Counter(expected)
                lacks = sorted(entry.seq for entry in missing)
                yield f"another view: {who} lacks {lacks} of {chat} and has {len(surplus)} too many"
