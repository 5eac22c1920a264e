"""Operators from a CSV file: first what would become of each line, then all of it or nothing."""

import base64
import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from flask import Response, abort, flash, redirect, request
from flask_admin import expose
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from actions.operator_import import ImportRefused, PlannedLine, Verb, carry_out_import, plan_import
from admin_views.audit_words import arrow, value_words
from admin_views.base import OtvetModelView
from admin_views.formatters import csv_file, name_members
from admin_views.invitations import send_invitation
from clock import now
from models.base import db
from models.database import unit_of_work
from policy.languages import Language
from policy.operator_table import (
    COLUMNS,
    MAXIMUM_BYTES,
    MAXIMUM_ROWS,
    Fault,
    Table,
    TableRefused,
    read_table,
)

TITLES: dict[str, LazyString] = {
    "email": _l("E-mail"),
    "internal_name": _l("Name"),
    "public_name": _l("Name shown to visitors"),
    "languages": _l("Languages"),
    "departments": _l("Departments"),
    "sort_order": _l("Sort order"),
    "max_chats": _l("Own limit of chats"),
    "is_admin": _l("Is an administrator"),
}
"""The columns' titles, in the file that is exported and in the one that is imported."""
MEANINGS: dict[str, LazyString] = {
    "email": _l("The sign-in name: by it the line finds its operator. An unknown address makes a new one."),
    "internal_name": _l("At most 64 characters. Needed for a new operator."),
    "public_name": _l("At most 30 characters. Left out for a new operator: the name."),
    "languages": _l("For example ru, en. Empty: all languages."),
    "departments": _l("Names or identifiers, divided by | or by commas. Empty: no department."),
    "sort_order": _l("A number; 100 for a new operator if left out."),
    "max_chats": _l("From 1 to 100. Empty: the common limit."),
    "is_admin": _l("Yes or no."),
}
name_members(
    {
        Verb.CREATED: _l("Will be created"),
        Verb.CHANGED: _l("Will be changed"),
        Verb.UNCHANGED: _l("Stays as it is"),
        Verb.REFUSED: _l("Error"),
    }
)
REFUSALS: dict[str, LazyString] = {
    "too_large": _l("The file is larger than %(number)s KB. Divide it.", number=MAXIMUM_BYTES // 1024),
    "too_many_rows": _l("The file has more than %(number)s lines. Divide it.", number=MAXIMUM_ROWS),
    "not_text": _l("This is not a CSV file. In Excel choose “Save as” and the format CSV."),
    "not_a_table": _l("The file cannot be read as a table: a quotation mark is probably not closed."),
    "empty": _l("The file has no lines below the titles."),
    "no_email_column": _l("The first line must hold the columns' titles, “E-mail” among them."),
    "no_file": _l("Choose a file."),
    "lines_wrong": _l("Meanwhile something has changed. Look at the lines again."),
    "last_administrator": _l("Line %(line)s would take away the last administrator."),
    "email_taken": _l("The address of line %(line)s already belongs to another operator."),
}


class ImportsOperators(OtvetModelView):
    """The import's pages of the list of operators."""

    @expose("/import/", methods=("GET", "POST"))
    def import_view(self) -> Any:
        """Choose a file; see what would become of it; confirm."""
        if request.method == "GET":
            return self._import_page()
        data, is_confirmed = _sent()
        try:
            table = _table(data)
            if is_confirmed:
                return self._import(table, data)
        except TableRefused as refusal:
            return self._import_page(refusal=str(REFUSALS[refusal.code])), 422
        except ImportRefused as refusal:
            words = str(REFUSALS[refusal.code]) % {"line": refusal.line}
            return self._preview(_table(data), data, words), 422
        return self._preview(table, data)

    @expose("/import-template/")
    def import_template(self) -> Response:
        """A file with the titles and one line to write over."""
        example = ["maria@example.com", _("Maria Petrova"), _("Maria"), "ru, en", "", "100", "", _("No")]
        file = csv_file([[str(TITLES[name]) for name in COLUMNS], example])
        answer = Response(file, mimetype="text/csv")
        answer.headers.set("Content-Disposition", "attachment", filename="operators-template.csv")
        return answer

    def _import_page(self, **context: Any) -> str:
        columns = [(str(TITLES[name]), str(MEANINGS[name])) for name in COLUMNS]
        address = self.back_address()
        return str(self.render("admin/operators/import.html", columns=columns, return_url=address, **context))

    def _preview(self, table: Table, data: bytes, refusal: str = "") -> str:
        planned = plan_import(db.session(), table.rows)
        return self._import_page(
            planned=planned,
            counts={verb: sum(one.verb is verb for one in planned) for verb in Verb},
            fault_words=fault_words,
            change_words=change_words,
            unknown_columns=table.unknown_columns,
            carried=base64.b64encode(data).decode(),
            plan=_mark(planned),
            refusal=refusal,
        )

    def _import(self, table: Table, data: bytes) -> Any:
        invites = "invite" in request.form
        with unit_of_work() as session:
            if _mark(plan_import(session, table.rows)) != request.form.get("plan"):
                raise ImportRefused("lines_wrong")
            new = carry_out_import(session, table.rows, now())
            for operator in new if invites else ():
                send_invitation(session, operator)
        flash(
            ngettext(
                "The file is imported, %(num)d new operator.",
                "The file is imported, %(num)d new operators.",
                len(new),
            ),
            "success",
        )
        if new and not invites:
            flash(_("New operators sign in once they are invited or given a password."), "info")
        return redirect(self.back_address())


def fault_words(fault: Fault) -> str:
    """What is wrong with a cell, and in which column."""
    words = {
        "missing": _("is missing"),
        "too_long": _("longer than %(detail)s characters", detail=fault.detail),
        "email_wrong": _("this is not an e-mail address"),
        "email_twice": _("the same address as in line %(detail)s", detail=fault.detail),
        "language_unknown": _("unknown language “%(detail)s”", detail=fault.detail),
        "department_unknown": _("there is no department “%(detail)s”", detail=fault.detail),
        "number_wrong": _("a whole number, %(detail)s", detail=fault.detail),
        "not_yes_or_no": _("yes or no"),
    }
    return f"{TITLES[fault.column]}: {words[fault.code]}"


def change_words(planned: PlannedLine) -> Iterator[str]:
    """What the line would change, field by field."""
    for name, old, new in planned.changes:
        said = value_words("operators", name, new)
        before = value_words("operators", name, old)
        yield (
            f"{TITLES[name]}: {said}"
            if planned.verb is Verb.CREATED
            else f"{TITLES[name]}: {before} {arrow()} {said}"
        )


def _sent() -> tuple[bytes, bool]:
    """The chosen file, or the one that was looked at and is confirmed."""
    carried = request.form.get("carried")
    if carried is not None:
        try:
            return base64.b64decode(carried, validate=True), True
        except ValueError:
            abort(400)
    file = request.files.get("file")
    return (file.stream.read(MAXIMUM_BYTES + 1) if file else b""), False


def _table(data: bytes) -> Table:
    if not data:
        raise TableRefused("no_file")
    titles, yes, no = _words()
    return read_table(data, titles, yes, no)


def _words() -> tuple[dict[str, str], frozenset[str], frozenset[str]]:
    """Titles, "yes" and "no" of every language: a file may come from a colleague who works in another one."""
    titles = {name: name for name in COLUMNS}
    yes, no = {"1", "true", "y", "yes", "+"}, {"0", "false", "n", "no", "-"}
    for language in Language:
        with force_locale(language.tag):
            titles |= {str(title).casefold(): name for name, title in TITLES.items()}
            yes.add(str(_("Yes")).casefold())
            no.add(str(_("No")).casefold())
    return titles, frozenset(yes), frozenset(no)


def _mark(planned: Sequence[PlannedLine]) -> str:
    """What was looked at, in short: only that is carried out."""
    seen = [(one.line, one.email, one.verb.value, one.changes, one.faults) for one in planned]
    return hashlib.sha256(repr(seen).encode("utf-8", "surrogatepass")).hexdigest()
