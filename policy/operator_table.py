"""A table of operators in a file: how it is read, whatever program wrote it, and what each cell may say."""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from policy.emails import EMAIL_MAXIMUM
from policy.errors import DomainError
from policy.languages import Language
from policy.texts import TextRefused, clean_line

MAXIMUM_BYTES = 512 * 1024
MAXIMUM_ROWS = 500
INTERNAL_NAME_MAXIMUM = 64
PUBLIC_NAME_MAXIMUM = 30
SORT_ORDERS = range(1_000_001)
CHAT_LIMITS = range(1, 101)
COLUMNS = (
    "email",
    "internal_name",
    "public_name",
    "languages",
    "departments",
    "sort_order",
    "max_chats",
    "is_admin",
)
EMPTY = frozenset({"", "—"})
# What a spreadsheet must not take for a formula was marked as text when it was exported.
_MARKED = re.compile(r"'(?=[=+\-@])")
_SEPARATORS = ";,\t"
# As in files, not as Python sees lines: a cell may hold any other sign that breaks one.
_LINE_ENDS = re.compile(r"(?<=\n)|(?<=\r)(?!\n)")


class TableRefused(DomainError):
    """The file as a whole: `too_large`, `too_many_rows`, `not_text`, `not_a_table`, `empty` or `no_email_column`."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a cell: a code of this module, and the piece that it is about."""

    column: str
    code: str
    detail: str = ""


@dataclass(slots=True)
class Row:
    """One line of the file: typed values of the cells that were given, and what is wrong with the others."""

    line: int
    values: dict[str, Any] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    @property
    def email(self) -> str:
        return str(self.values.get("email", ""))


@dataclass(frozen=True, slots=True)
class Table:
    rows: list[Row]
    unknown_columns: tuple[str, ...]
    """Titles that mean nothing here; their cells are not looked at."""


def read_table(data: bytes, titles: Mapping[str, str], yes: frozenset[str], no: frozenset[str]) -> Table:
    """The rows of a file; `titles` leads from a column's title, in small letters, to its name."""
    cells = _cells(data)
    header = [titles.get(title.strip().casefold(), "") for title in cells[0][1]]
    if "email" not in header:
        raise TableRefused("no_email_column")
    unknown = tuple(
        clean
        for title, name in zip(cells[0][1], header, strict=True)
        if not name and (clean := " ".join(title.split())[:60])
    )
    rows = [_row(line, header, row, yes, no) for line, row in cells[1:]]
    _find_twins(rows)
    return Table(rows, unknown)


def _cells(data: bytes) -> list[tuple[int, list[str]]]:
    """Lines of cells with their numbers; empty lines are left out."""
    if len(data) > MAXIMUM_BYTES:
        raise TableRefused("too_large")
    text = _decoded(data)
    first = text.lstrip().partition("\n")[0]
    separator = max(_SEPARATORS, key=first.count)
    reader = csv.reader(_LINE_ENDS.split(text), delimiter=separator)
    found: list[tuple[int, list[str]]] = []
    try:
        for row in reader:
            is_note = not found and row[:1] == ["sep="]  # for Excel: by what cells are divided
            if any(cell.strip() for cell in row) and not is_note:
                found.append((reader.line_num, row))
            if len(found) > MAXIMUM_ROWS + 1:
                raise TableRefused("too_many_rows")
    except csv.Error as error:
        raise TableRefused("not_a_table") from error
    if len(found) < 2:
        raise TableRefused("empty")
    return found


def _decoded(data: bytes) -> str:
    """UTF-8 with or without its mark, else what Excel writes in Russian."""
    if b"\0" in data:
        raise TableRefused("not_text")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            return data.decode("cp1251")
        except UnicodeDecodeError as error:
            raise TableRefused("not_text") from error


def _row(
    line: int, header: Sequence[str], cells: Sequence[str], yes: frozenset[str], no: frozenset[str]
) -> Row:
    row = Row(line)
    for name, cell in zip(header, cells, strict=False):
        if name:
            try:
                _take(row, name, _MARKED.sub("", cell.strip(), count=1), yes, no)
            except _Wrong as wrong:
                row.faults.append(Fault(name, wrong.code, wrong.detail))
    if not row.email and not row.faults:
        row.faults.append(Fault("email", "missing"))
    return row


class _Wrong(Exception):
    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code, self.detail = code, detail


def _take(row: Row, name: str, cell: str, yes: frozenset[str], no: frozenset[str]) -> None:
    is_empty = cell in EMPTY
    if name in ("email", "internal_name", "public_name"):
        maximum = {"email": EMAIL_MAXIMUM, "internal_name": INTERNAL_NAME_MAXIMUM}.get(
            name, PUBLIC_NAME_MAXIMUM
        )
        if not is_empty:
            row.values[name] = _text(cell, maximum)
    elif name == "languages":
        row.values[name] = [] if is_empty else _languages(cell)
    elif name == "departments":
        row.values[name] = [] if is_empty else [_text(one, 1_000) for one in cell.split("|") if one.strip()]
    elif name == "max_chats":
        row.values[name] = None if is_empty else _number(cell, CHAT_LIMITS)
    elif name == "sort_order" and not is_empty:
        row.values[name] = _number(cell, SORT_ORDERS)
    elif name == "is_admin" and not is_empty:
        row.values[name] = _yes_or_no(cell, yes, no)


def _text(cell: str, maximum: int) -> str:
    try:
        return clean_line(cell, maximum)
    except TextRefused as refused:
        raise _Wrong("too_long", str(maximum)) from refused


def _languages(cell: str) -> list[str]:
    tags = [tag for tag in re.split(r"[\s,;|]+", cell) if tag]
    known = [Language.parse(tag) for tag in tags]
    if None in known:
        raise _Wrong("language_unknown", tags[known.index(None)][:40])
    return [language.tag for language in Language if language in known]


def _number(cell: str, allowed: range) -> int:
    if not (cell.isascii() and cell.isdigit() and len(cell) < 9 and int(cell) in allowed):
        raise _Wrong("number_wrong", f"{allowed.start}–{allowed.stop - 1}")
    return int(cell)


def _yes_or_no(cell: str, yes: frozenset[str], no: frozenset[str]) -> bool:
    word = cell.casefold()
    if word not in yes | no:
        raise _Wrong("not_yes_or_no")
    return word in yes


def _find_twins(rows: list[Row]) -> None:
    seen: dict[str, int] = {}
    for row in rows:
        email = row.email.casefold()
        if email and email in seen:
            row.faults.append(Fault("email", "email_twice", str(seen[email])))
        elif email:
            seen[email] = row.line
