"""The loader's own record of what it wrote and what it was told: on disk before it goes on."""

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Written:
    """One message of one author, who numbers theirs in each chat; no two have the same body."""

    client_id: str
    chat: str
    author: str
    number: int
    body: str


@dataclass(slots=True)
class History:
    """Everything that was tried, and the places that were promised."""

    written: dict[str, Written] = field(default_factory=dict)
    acknowledged: dict[str, set[int]] = field(default_factory=dict)
    attempts: int = 0


class Journal:
    def __init__(self, path: Path) -> None:
        self._file = path.open("wb", buffering=0)

    def attempt(self, message: Written) -> None:
        """Called before the message is sent."""
        self._keep({"attempt": asdict(message)})

    def acknowledged(self, message: Written, seq: int) -> None:
        """Called when the server has promised this place."""
        self._keep({"acknowledged": message.client_id, "seq": seq})

    def close(self) -> None:
        self._file.close()

    def _keep(self, entry: dict[str, Any]) -> None:
        self._file.write(json.dumps(entry).encode() + b"\n")
        os.fsync(self._file.fileno())


def read_journal(path: Path) -> History:
    """What a journal says."""
    history = History()
    for line in path.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        if "attempt" in entry:
            message = Written(**entry["attempt"])
            history.written[message.client_id] = message
            history.attempts += 1
        else:
            history.acknowledged.setdefault(entry["acknowledged"], set()).add(entry["seq"])
    return history
