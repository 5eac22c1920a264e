"""How stored values read in lists, forms and exports: enumerations by names, times in the company's zone."""

import csv
import enum
import io
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import format_date, format_datetime
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from markupsafe import Markup

from policy.languages import Language
from policy.rights import Role
from policy.statuses import OperatorStatus

NOTHING = "—"
_labels: dict[enum.Enum, str | LazyString] = {}


def name_members(labels: Mapping[Any, str | LazyString]) -> None:
    """Give members of an enumeration the names under which lists, forms and filters show them."""
    _labels.update(labels)


def label_of(member: enum.Enum) -> str | LazyString:
    """The name of a member; one without a name is a mistake of ours and is not shown raw."""
    return _labels[member]


name_members(
    {
        OperatorStatus.ONLINE: _l("Online"),
        OperatorStatus.INVISIBLE: _l("Invisible"),
        OperatorStatus.BEFORE_LUNCH: _l("Before lunch"),
        OperatorStatus.LUNCH: _l("Lunch"),
        OperatorStatus.BREAK: _l("Break"),
        OperatorStatus.OFFLINE: _l("Offline"),
        Role.OPERATOR: _l("Operator"),
        Role.LEAD: _l("Group lead"),
        Role.SUPERVISOR: _l("Supervisor"),
        Role.ADMIN: _l("Administrator"),
        **{language: f"{language.label} — {language.own_name}" for language in Language},
    }
)


def _boolean(_view: object, value: bool, _name: str) -> str:
    return str(_("Yes") if value else _("No"))


def _member(_view: object, value: enum.Enum, _name: str) -> str:
    return str(label_of(value))


def _time(_view: object, value: datetime, _name: str) -> str:
    return str(format_datetime(value, "short"))


def _date(_view: object, value: date, _name: str) -> str:
    return str(format_date(value, "short"))


def _several(_view: object, values: list[Any], _name: str) -> str:
    return ", ".join(str(value) for value in values) or NOTHING


def _nothing(_view: object, _value: None, _name: str) -> str:
    return NOTHING


def chips(values: Iterable[Any]) -> Markup | str:
    """Several values side by side, as a list shows them."""
    chip = Markup('<span class="chip">{}</span>')
    joined = Markup("").join(chip.format(value) for value in values)
    return Markup('<span class="chips">{}</span>').format(joined) if joined else NOTHING


def pill(words: object, look: str = "") -> Markup:
    """A state as a list shows it; the look is `ok`, `warn`, `danger` or none."""
    return Markup('<span class="pill {}">{}</span>').format(look, words)


def _chips(_view: object, values: list[Any], _name: str) -> Markup | str:
    return chips(values)


# The first type that fits decides, so a time stands before a date.
EXPORT_FORMATTERS: Mapping[type, Any] = {
    type(None): _nothing,
    bool: _boolean,
    enum.Enum: _member,
    datetime: _time,
    date: _date,
    list: _several,
}
LIST_FORMATTERS: Mapping[type, Any] = {**EXPORT_FORMATTERS, list: _chips}

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(value: object) -> str:
    """The text of a cell of an export; one that a spreadsheet would run as a formula is marked as text."""
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def csv_file(rows: Iterable[Iterable[object]], *, is_beginning: bool = True) -> bytes:
    """An export: semicolons and a byte order mark, which spreadsheets of our users open without asking."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    for row in rows:
        writer.writerow([safe_cell(value) for value in row])
    return text.getvalue().encode("utf-8-sig" if is_beginning else "utf-8", "replace")
