"""What clients may send: one typed payload per command. Anything else is refused before it reaches an action."""

import re
from collections.abc import Callable
from dataclasses import MISSING, dataclass, field, fields
from functools import cache
from typing import Any, TypeVar

from policy.emails import EMAIL_MAXIMUM
from policy.errors import DomainError
from policy.keys import DEPARTMENT_KEY, MAXIMUM_LENGTH, PLACEMENT_KEY
from policy.languages import Language
from policy.statuses import OperatorStatus
from policy.texts import TextRefused, clean_line, clean_message

PUBLIC_ID = re.compile(r"[A-Za-z0-9_-]{22}")
UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
LARGEST_NUMBER = 2**53 - 1
TYPING_MAXIMUM = 1_000
CONTACT_MAXIMA = {"name": 100, "email": EMAIL_MAXIMUM, "phone": 40}
NOTE_MAXIMUM = 1_000

T = TypeVar("T")
Parse = Callable[[Any], Any]


class Malformed(DomainError):
    """Not the object that the command takes."""

    def __init__(self) -> None:
        super().__init__("malformed")


class TooLarge(DomainError):
    """Longer than the limit."""

    def __init__(self) -> None:
        super().__init__("too_large")


def parse(payload: type[T], data: object) -> T:
    """The typed payload; unknown fields, missing ones and wrong types are malformed."""
    parsers, required = _parsers(payload)  # type: ignore[arg-type]  # a class is hashable
    if not isinstance(data, dict) or not required <= data.keys() <= parsers.keys():
        raise Malformed
    return payload(**{name: parsers[name](value) for name, value in data.items()})


@cache
def _parsers(payload: type) -> tuple[dict[str, Parse], frozenset[str]]:
    """The parser of each field, and the fields that must be there; looked up once per command, not per event."""
    known = fields(payload)
    parsers = {one.name: one.metadata["parse"] for one in known}
    return parsers, frozenset(one.name for one in known if one.default is MISSING)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise Malformed
    return value


def _message(value: object) -> str:
    try:
        return clean_message(_text(value))
    except TextRefused as refused:
        raise (TooLarge() if refused.code == "too_long" else Malformed()) from refused


def _line(maximum: int) -> Parse:
    def parse_line(value: object) -> str:
        try:
            return clean_line(_text(value), maximum)
        except TextRefused as refused:
            raise TooLarge from refused

    return parse_line


def _draft(value: object) -> str:
    """What stands in the box while somebody types: shown, never stored."""
    text = _text(value)
    if len(text) > TYPING_MAXIMUM:
        raise TooLarge
    return "".join(character for character in text if character.isprintable() or character == "\n")


def _matching(pattern: re.Pattern[str]) -> Parse:
    def parse_match(value: object) -> str:
        if not pattern.fullmatch(_text(value)):
            raise Malformed
        return str(value)

    return parse_match


def _key(pattern: re.Pattern[str]) -> Parse:
    def parse_key(value: object) -> str:
        text = _text(value)
        if len(text) > MAXIMUM_LENGTH or not pattern.fullmatch(text):
            raise Malformed
        return text

    return parse_key


def _client_id(value: object) -> str:
    text = _text(value)
    if not UUID.fullmatch(text):
        raise Malformed
    return text.lower()


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= LARGEST_NUMBER:
        raise Malformed
    return value


def _boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise Malformed
    return value


def _language(value: object) -> Language:
    found = Language.parse(_text(value))
    if found is None:
        raise Malformed
    return found


def _status(value: object) -> OperatorStatus:
    try:
        return OperatorStatus(_text(value))
    except ValueError as error:
        raise Malformed from error


def _or_none(parse_value: Parse) -> Parse:
    return lambda value: None if value is None else parse_value(value)


def _takes(parse_value: Parse, **options: Any) -> Any:
    return field(metadata={"parse": parse_value}, **options)


def _chat() -> Any:
    return _takes(_matching(PUBLIC_ID))


ABSENT: Any = object()
"""Tells a field that was not sent from one that was sent as null."""


@dataclass(frozen=True, slots=True)
class Nothing:
    pass


@dataclass(frozen=True, slots=True)
class Enter:
    placement: str = _takes(_key(PLACEMENT_KEY))
    language: Language | None = _takes(_or_none(_language), default=None)
    snippet_department: str | None = _takes(_or_none(_key(DEPARTMENT_KEY)), default=None)


@dataclass(frozen=True, slots=True)
class SyncVisitor:
    after: int = _takes(_number)
    placement: str | None = _takes(_or_none(_key(PLACEMENT_KEY)), default=None)
    snippet_department: str | None = _takes(_or_none(_key(DEPARTMENT_KEY)), default=None)


@dataclass(frozen=True, slots=True)
class StartChat:
    client_id: str = _takes(_client_id)
    placement: str = _takes(_key(PLACEMENT_KEY))
    department: str | None = _takes(_or_none(_key(DEPARTMENT_KEY)), default=None)
    snippet_department: str | None = _takes(_or_none(_key(DEPARTMENT_KEY)), default=None)
    operator: str | None = _takes(_or_none(_matching(PUBLIC_ID)), default=None)
    first_question: str | None = _takes(_or_none(_message), default=None)
    name: str = _takes(_line(CONTACT_MAXIMA["name"]), default="")
    email: str = _takes(_line(CONTACT_MAXIMA["email"]), default="")
    phone: str = _takes(_line(CONTACT_MAXIMA["phone"]), default="")
    language: Language | None = _takes(_or_none(_language), default=None)


@dataclass(frozen=True, slots=True)
class PostMessage:
    chat: str = _chat()
    client_id: str = _takes(_client_id)
    body: str = _takes(_message)


@dataclass(frozen=True, slots=True)
class ReadUpTo:
    chat: str = _chat()
    seq: int = _takes(_number)


@dataclass(frozen=True, slots=True)
class VisitorTypes:
    chat: str = _chat()
    text: str = _takes(_draft)


@dataclass(frozen=True, slots=True)
class OneChat:
    chat: str = _chat()


@dataclass(frozen=True, slots=True)
class Older:
    chat: str = _chat()
    before: int = _takes(_number)


@dataclass(frozen=True, slots=True)
class SyncChat:
    chat: str = _chat()
    after: int = _takes(_number)


@dataclass(frozen=True, slots=True)
class OperatorTypes:
    chat: str = _chat()
    is_typing: bool = _takes(_boolean)


@dataclass(frozen=True, slots=True)
class Redirect:
    chat: str = _chat()
    operator: int = _takes(_number, default=ABSENT)
    department: int | None = _takes(_or_none(_number), default=ABSENT)
    note: str = _takes(_line(NOTE_MAXIMUM), default="")


@dataclass(frozen=True, slots=True)
class SetStatus:
    status: OperatorStatus = _takes(_status)
    operator: int | None = _takes(_or_none(_number), default=None)
