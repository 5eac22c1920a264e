"""The audit log, to be read: who did what, when, to what, and from what to what."""

import re
from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import Any, ClassVar

import gevent
from flask import abort, request, send_file
from flask_admin import expose
from flask_babel import format_datetime
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import func, select
from sqlalchemy.orm import Query

from actions import audit
from admin_views.audit_words import (
    OBJECTS,
    actor_words,
    object_label,
    summary,
    told_changes,
)
from admin_views.base import OtvetModelView
from admin_views.filters import DayFilter, ListFilter
from admin_views.formatters import csv_file, label_of
from models.audit import ActorKind, AuditEntry, AuditKind, audit_head
from models.base import db
from models.database import unit_of_work
from models.operators import Operator
from policy.rights import Action, Answer

COUNTED_TO = 10_000
"""More rows than this are "more than": nobody leafs so far, and counting a million takes long."""
SEARCHED = 200_000
"""Words, and filters beside each other, are looked for in this many entries; a period leads further back."""
LATER = 1_000
"""Times and numbers go in the same order, but for what several processes wrote at the same moment."""
BATCH = 1_000
BEYOND = 1 << 60
OBJECT = re.compile(r"([a-z_]+):(\d{1,18})")


class LoggedDayFilter(DayFilter):
    """By day; numbers follow the time, so a period is a piece of the log and the rest is never read."""

    def apply(self, query: Any, value: Any, alias: Any = None) -> Any:
        """Entries of that time."""
        moment = self.moment_of(value)
        number = AuditEntry.id
        first = (
            select(number).where(AuditEntry.at >= moment).order_by(AuditEntry.at).limit(1).scalar_subquery()
        )
        # Wrapped, so that no database walks the index of times where the numbers say where to look.
        at = func.coalesce(AuditEntry.at, moment)
        if self.is_until:
            return query.filter(at < moment, number <= func.coalesce(first + LATER, BEYOND))
        return query.filter(at >= moment, number >= func.coalesce(first - LATER, BEYOND))


class ActorFilter(ListFilter):
    """By whom: a person, or whoever is no operator."""

    def get_options(self, view: Any) -> list[tuple[str, str]]:
        """Everybody who ever had an account, then the others."""
        people = db.session.execute(
            select(Operator.id, Operator.internal_name, Operator.deleted_at).order_by(Operator.internal_name)
        )
        others = [kind for kind in ActorKind if kind is not ActorKind.OPERATOR]
        return [
            *(
                (
                    str(one.id),
                    one.internal_name if one.deleted_at is None else f"{one.internal_name} ({_('deleted')})",
                )
                for one in people
            ),
            *((kind.value, str(label_of(kind))) for kind in others),
        ]

    def apply(self, query: Any, value: Any, alias: Any = None) -> Any:
        """Their deeds."""
        if value.isdigit():
            return query.filter(AuditEntry.actor_id == int(value))
        return query.filter(AuditEntry.actor_kind == ActorKind(value))


class KindFilter(ListFilter):
    """By what was done."""

    def get_options(self, view: Any) -> list[tuple[str, str]]:
        """Every kind of deed, in the order of the alphabet."""
        named = [(kind.value, str(label_of(kind))) for kind in AuditKind]
        return sorted(named, key=lambda option: option[1].casefold())

    def apply(self, query: Any, value: Any, alias: Any = None) -> Any:
        """Deeds of this kind."""
        return query.filter(AuditEntry.kind == AuditKind(value))


class ObjectFilter(ListFilter):
    """By the kind of the thing; a page of one thing leads here with its number (`operators:5`)."""

    def get_options(self, view: Any) -> list[tuple[str, str]]:
        """Every kind of thing, and the one thing that is asked for."""
        asked = (OBJECT.fullmatch(value) for value in request.args.values())
        single = [
            (one[0], f"{object_label(one[1])} № {one[2]}") for one in asked if one and one[1] in OBJECTS
        ]
        return [*single, *((kind, str(label)) for kind, label in OBJECTS.items())]

    def apply(self, query: Any, value: Any, alias: Any = None) -> Any:
        """What was done to it."""
        kind, _separator, number = value.partition(":")
        query = query.filter(AuditEntry.object_kind == kind)
        return query.filter(AuditEntry.object_id == int(number)) if number else query


class AuditView(OtvetModelView):
    """Newest first; a page of it takes as long with a million entries as with ten."""

    action = Action.SEE_AUDIT_LOG
    can_view_details = can_export = True
    # The time leads to the details.
    column_display_actions = False
    list_template = "admin/audit/list.html"
    details_template = "admin/audit/details.html"
    column_list = ("at", "actor_name", "kind", "object_name", "changes")
    column_details_list = ("at", "actor_name", "address", "kind", "object_name")
    column_export_list = (
        "id",
        "at",
        "actor_name",
        "address",
        "kind",
        "object_kind",
        "object_name",
        "changes",
    )
    column_labels: ClassVar[dict[str, Any]] = {
        "id": _l("No."),
        "at": _l("When"),
        "actor_name": _l("Who"),
        "address": _l("Address"),
        "kind": _l("What was done"),
        "object_kind": _l("Object"),
        "object_name": _l("To what"),
        "changes": _l("Changes"),
    }
    column_sortable_list = (("at", "id"),)
    column_searchable_list = ("search_text",)
    column_filters = (
        LoggedDayFilter(AuditEntry.at, _l("From day"), is_until=False),
        LoggedDayFilter(AuditEntry.at, _l("To day"), is_until=True),
        ActorFilter(AuditEntry.actor_id, _l("Who"), _l("Anybody")),
        KindFilter(AuditEntry.kind, _l("What was done"), _l("Any action")),
        ObjectFilter(AuditEntry.object_kind, _l("Object"), _l("Any object")),
    )

    def render(self, template: str, **context: Any) -> str:
        """Every page of the section knows the words of the log."""
        words = {
            "actor_words": actor_words,
            "object_label": object_label,
            "summary": summary,
            "told_changes": told_changes,
            "object_argument": self._object_argument(),
        }
        return str(super().render(template, **words, **context))

    def _object_argument(self) -> str:
        index = next(i for i, one in enumerate(self._filters) if isinstance(one, ObjectFilter))
        return f"flt{index}_{self.get_filter_arg(index, self._filters[index])}"

    def get_list(
        self,
        page: int | None,
        sort_column: Any,
        sort_desc: bool,
        search: str | None,
        filters: Any,
        execute: bool = True,
        page_size: int | None = None,
    ) -> tuple[int, list[AuditEntry]]:
        """One page; how many there are is known without counting, or counted to where nobody leafs."""
        size, number = page_size or self.page_size, page or 0
        # The column's head is pressed for the oldest first; as the list opens, the newest stand above.
        is_oldest_first = sort_column is not None and not sort_desc
        order = AuditEntry.id.asc() if is_oldest_first else AuditEntry.id.desc()
        if not search and not filters:
            total = audit_head(db.session()).number
            skipped = number * size
            piece = AuditEntry.id > skipped if is_oldest_first else AuditEntry.id <= total - skipped
            return total, db.session.query(AuditEntry).filter(piece).order_by(order).limit(size).all()
        query = self._chosen(search, filters)
        total = query.with_entities(AuditEntry.id).limit(COUNTED_TO + 1).count()
        self._template_args["is_more"] = total > COUNTED_TO
        total = min(total, COUNTED_TO)
        return total, query.order_by(order).offset(min(number * size, COUNTED_TO)).limit(size).all()

    def _chosen(self, search: str | None, filters: Any, *, is_whole: bool = False) -> "Query[AuditEntry]":
        asked = [(self._filters[index], value) for index, _name, value in filters or ()]
        others = [one for one in asked if not one[0].is_day]
        query = db.session.query(AuditEntry)
        for day, value in (one for one in asked if one[0].is_day):
            query = day.apply(query, value)
        if not is_whole and (search or len(others) > 1):
            # One filter has its index; words, and filters beside each other, may have to read all that there is.
            query = self._newest_of(query)
        for other, value in others:
            query = other.apply(query, value)
        for word in (search or "").casefold().split():
            query = query.filter(AuditEntry.search_text.contains(word, autoescape=True))
        return query

    def _newest_of(self, query: "Query[AuditEntry]") -> "Query[AuditEntry]":
        numbers = query.with_entities(AuditEntry.id).order_by(AuditEntry.id.desc())
        newest = numbers.limit(1).scalar() or 0
        older = numbers.filter(AuditEntry.id <= newest - SEARCHED).limit(1)
        self._template_args["is_cut"] = older.scalar() is not None
        return query.filter(AuditEntry.id > newest - SEARCHED)

    @expose("/export/<export_type>/")
    def export(self, export_type: str) -> Any:
        """The whole log, or what the filters leave of it, piece by piece: no length of it fills the memory."""
        if export_type not in self.export_types:
            abort(404)
        if current_user.may(Action.EXPORT) is not Answer.ALLOWED:
            abort(403)
        asked = self._get_list_extra_args()
        with unit_of_work() as session:
            audit.write(session, AuditKind.EXPORTED, audit.About("audit_log", None, f"{self.endpoint}.csv"))
        query = self._chosen(asked.search, asked.filters, is_whole=True)
        # On disk: a million lines are no load for the memory.
        file = TemporaryFile()  # noqa: SIM115  (the answer closes it)
        file.writelines(self._pieces(query))
        file.seek(0)
        return send_file(file, mimetype="text/csv", as_attachment=True, download_name=f"{self.endpoint}.csv")

    def _pieces(self, query: "Query[AuditEntry]") -> Iterator[bytes]:
        yield csv_file([[str(self.column_labels[name]) for name in self.column_export_list]])
        above = audit_head(db.session()).number + 1
        while above > 1:
            piece = query.filter(AuditEntry.id < above, AuditEntry.id >= above - BATCH)
            rows = piece.order_by(AuditEntry.id.desc()).all()
            yield csv_file(map(_cells, rows), is_beginning=False)
            above -= BATCH
            # The others of this process have their turn between two pieces.
            gevent.sleep(0)


def _cells(entry: AuditEntry) -> list[str]:
    changes = "; ".join(
        f"{label}: {_('changed')}" if old is None and new is None else f"{label}: {old} → {new}"
        for label, old, new in told_changes(entry)
    )
    return [
        str(entry.id),
        str(format_datetime(entry.at, "medium")),
        actor_words(entry),
        entry.address,
        str(label_of(entry.kind)),
        object_label(entry.object_kind) if entry.object_kind else "",
        entry.object_name,
        changes,
    ]
