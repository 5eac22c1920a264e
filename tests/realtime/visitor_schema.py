"""The visitor's plane to the letter, and a check that finds every field that is not in it."""

import re
from collections.abc import Iterator
from typing import Any

PUBLIC_ID = re.compile(r"[A-Za-z0-9_-]{22}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
UUID = re.compile(r"[0-9a-f-]{36}")


class Optional:
    """A field that need not be there."""

    def __init__(self, schema: Any) -> None:
        self.schema = schema


def either(*schemas: Any) -> tuple[Any, ...]:
    return schemas


COUNT = int
OPERATOR = {"id": PUBLIC_ID, "name": str, "photo": either(None, str)}
CHAT = {
    "id": PUBLIC_ID,
    "revision": COUNT,
    "state": re.compile("queue|chatting|closed|closed_by_visitor|closed_by_operator"),
    "operator": either(None, OPERATOR),
    "department": either(None, {"key": re.compile("[a-z0-9]+"), "name": str}),
    "language": re.compile("ru|en|uk|he|tr"),
    "last_seq": COUNT,
    "read": {"visitor": COUNT, "operator": COUNT},
    "started_at": TIME,
    "closed_at": either(None, TIME),
}
MESSAGE = {
    "chat": PUBLIC_ID,
    "seq": COUNT,
    "revision": COUNT,
    "author": re.compile("visitor|operator|system"),
    "operator": Optional(OPERATOR),
    "body": str,
    "at": TIME,
    "client_id": Optional(UUID),
}
AVAILABILITY = {
    "state": re.compile("online|offline|hidden"),
    "opens_at": either(None, TIME),
    "demands_department": bool,
    "departments": [
        {"key": re.compile("[a-z0-9]+"), "name": str, "is_online": bool, "opens_at": either(None, TIME)}
    ],
    "operators": [{**OPERATOR, "is_online": bool}],
    "reopens_within_hours": COUNT,
    "texts": {"queue_position": str, "offline_prompt": str},
}
QUEUE = {"chat": PUBLIC_ID, "position": COUNT, "wait_minutes": either(None, COUNT)}
EVENTS = {
    "change": {
        "chat": PUBLIC_ID,
        "previous": COUNT,
        "revision": COUNT,
        "view": Optional(CHAT),
        "messages": Optional([MESSAGE]),
        "read": Optional({"visitor": COUNT, "operator": COUNT}),
    },
    "typing": {"chat": PUBLIC_ID, "is_typing": bool},
    "availability": AVAILABILITY,
    "queue": QUEUE,
}
STATE = {
    "ok": bool,
    "revision": COUNT,
    "chats": [CHAT],
    "messages": [MESSAGE],
    "queue": either(None, QUEUE),
    "more": Optional(bool),
}
ANSWERS = {
    "enter": {
        **STATE,
        "token": Optional(re.compile(r"[A-Za-z0-9_-]{43}")),
        "visitor": {"id": PUBLIC_ID, "name": str, "email": str, "phone": str},
        "availability": AVAILABILITY,
    },
    "sync": {**STATE, "availability": AVAILABILITY},
    "events": {**STATE, "availability": Optional(AVAILABILITY)},
    "start": {"ok": bool, "chat": CHAT, "revision": COUNT},
    "post": {"ok": bool, "seq": COUNT, "revision": COUNT, "at": TIME, "duplicate": bool},
    "read": {"ok": bool, "seq": COUNT},
    "typing": {"ok": bool},
    "close": {"ok": bool, "revision": COUNT},
}


def faults(value: Any, schema: Any, where: str = "") -> Iterator[str]:
    """Where the value is not what the schema says; a field that it does not name is a fault too."""
    if isinstance(schema, tuple):
        if all(list(faults(value, one)) for one in schema):
            yield f"{where}: {value!r} is none of {schema}"
    elif isinstance(schema, dict):
        yield from object_faults(value, schema, where)
    elif isinstance(schema, list):
        for number, one in enumerate(value):
            yield from faults(one, schema[0], f"{where}[{number}]")
    elif not fits(value, schema):
        yield f"{where}: {value!r} is not {schema}"


def fits(value: Any, schema: Any) -> bool:
    if isinstance(schema, re.Pattern):
        return isinstance(value, str) and schema.fullmatch(value) is not None
    return value is None if schema is None else type(value) is schema


def object_faults(value: Any, schema: dict[str, Any], where: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{where}: {value!r} is no object"
        return
    for name in value.keys() - schema.keys():
        yield f"{where}.{name} is not for visitors: {value[name]!r}"
    for name, one in schema.items():
        if name in value:
            yield from faults(
                value[name], one.schema if isinstance(one, Optional) else one, f"{where}.{name}"
            )
        elif not isinstance(one, Optional):
            yield f"{where}.{name} is missing"
