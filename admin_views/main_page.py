"""The main page: the dashboard of this moment, the rows behind its numbers, and the grid of all sections."""

import math
from typing import Any
from zoneinfo import ZoneInfo

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import format_date, format_datetime, format_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug import Response

from actions import presence
from actions.errors import Invalid, NotFound
from admin_views.base import LAST_PAGE, OtvetView, row_number
from admin_views.formatters import name_members
from admin_views.hours_words import closed_words
from admin_views.menu import shell
from clock import now
from models.base import db
from models.database import unit_of_work
from models.queries import behind
from models.queries.behind import Counted, Period, Question
from models.queries.dashboard import dashboard
from models.queries.first_steps import FirstSteps, first_steps
from models.queries.hours import opening_hours
from models.queries.visitors import count_on_site
from models.settings import load_settings
from policy.rights import Action, Answer
from policy.statuses import OperatorStatus
from policy.transitions import ChatState

name_members(
    {
        Period.HOUR: _l("Last hour"),
        Period.TODAY: _l("Today"),
        Counted.REQUESTS: _l("All requests"),
        Counted.MISSED: _l("Missed requests"),
        Counted.WAIT: _l("Waiting time"),
        Counted.CAME: _l("Chats in the last hour"),
        Counted.ANSWERED: _l("Waiting time"),
        ChatState.QUEUE: _l("Waits for an answer"),
        ChatState.CHATTING: _l("Conversation"),
        ChatState.CLOSED_BY_VISITOR: _l("Closed by the visitor"),
        ChatState.CLOSED_BY_OPERATOR: _l("Closed by the operator"),
        ChatState.CLOSED: _l("Closed after a long silence"),
    }
)
_OF_OPERATORS = frozenset({Counted.CAME, Counted.ANSWERED})
_OF_QUESTIONS = ("period", "operator")


class MainPage(OtvetView):
    """What everybody sees first after signing in."""

    action = Action.USE_CABINET

    def __init__(self) -> None:
        super().__init__(name=_l("Operator menu"), endpoint="admin", url="/admin")

    @expose("/")
    def index(self) -> str:
        """The numbers as they are now; the script keeps them so."""
        session = db.session()
        numbers = dashboard(session, current_user.facts, now(), _zone())
        tiles = [section for section in shell().sections if not section.is_current]
        return str(
            self.render(
                "main_page/index.html",
                numbers=numbers,
                tiles=tiles,
                steps=_first_steps(),
                closed=_closed(),
                hundredths=_hundredths,
                day=format_date,
                moment=format_datetime,
            )
        )

    @expose("/chats/<counted>")
    def chats(self, counted: str) -> str:
        """The chats that a number of the dashboard counts."""
        question = _question(counted)
        operator = None
        if question.operator_id is not None:
            operator = behind.operator_seen_by(db.session(), current_user.facts, question.operator_id)
            if operator is None:
                abort(404)
        page = _page()
        found = behind.chats_behind(db.session(), current_user.facts, question, now(), _zone(), page)
        return self._rows(
            "chats",
            found.total,
            page,
            question=question,
            operator=operator,
            found=found,
            hundredths=_hundredths,
            moment=format_datetime,
        )

    @expose("/people/<status>")
    def people(self, status: str) -> str:
        """Who is in a status now."""
        wanted = _member(OperatorStatus, status)
        rows = behind.people_behind(db.session(), current_user.facts, wanted)
        return self._rows("people", len(rows), 0, status=wanted, rows=rows)

    @expose("/disconnect", methods=("POST",))
    def disconnect(self) -> Response:
        """Set somebody offline who is online: an own subordinate, an operator of a supervised department."""
        facts, operator_id = current_user.facts, request.form.get("id", type=row_number)
        try:
            with unit_of_work() as session:
                operator = presence.switch_offline(session, facts, operator_id or 0, now())
        except NotFound:
            abort(404)
        except Invalid:
            flash(_("Only an operator who is online can be disconnected."), "error")
        else:
            flash(_("Disconnected: %(name)s", name=operator.internal_name), "success")
        return redirect(url_for(".people", status=OperatorStatus.ONLINE.value))

    @expose("/visitors")
    def visitors(self) -> str:
        """The pages that visitors look at now."""
        page, moment = _page(), now()
        rows = behind.views_behind(db.session(), moment, page)
        return self._rows("visitors", count_on_site(db.session(), moment), page, rows=rows)

    def _rows(self, name: str, total: int, page: int, **context: Any) -> str:
        pages = math.ceil(total / behind.PAGE_SIZE)

        def address(number: int) -> str:
            asked = {one: request.args[one] for one in _OF_QUESTIONS if one in request.args}
            given: dict[str, Any] = {**asked, **(request.view_args or {}), "page": number}
            return url_for(f".{name}", **given)

        return str(
            self.render(
                f"main_page/{name}.html", total=total, page=page, pages=pages, address=address, **context
            )
        )


def _first_steps() -> FirstSteps | None:
    """For those who set the system up."""
    may_set_up = current_user.may(Action.MANAGE_SETTINGS) is Answer.ALLOWED
    return first_steps(db.session()) if may_set_up else None


def _closed() -> str | None:
    """That it is the working hours that keep visitors away, while they do."""
    hours, moment = opening_hours(db.session()), now()
    return closed_words(hours, None, moment) if hours.is_closed(moment) else None


def _zone() -> ZoneInfo:
    return ZoneInfo(load_settings(db.session()).time_zone)


def _member(kind: Any, text: str) -> Any:
    """The member of an address's word; a word that names none is an address that does not exist."""
    return next((member for member in kind if member.value == text), None) or abort(404)


def _question(counted: str) -> Question:
    asked = _member(Counted, counted)
    if asked in _OF_OPERATORS:
        return Question(asked, operator_id=request.args.get("operator", type=row_number) or abort(404))
    return Question(asked, _member(Period, request.args.get("period", Period.HOUR.value)))


def _page() -> int:
    return min(max(request.args.get("page", 0, type=int), 0), LAST_PAGE)


def _hundredths(value: float) -> str:
    return str(format_decimal(value, "#,##0.00"))


def old_settings() -> ResponseReturnValue:
    """Where people's bookmarks of `/operator/settings.php` lead."""
    return redirect(url_for("settings.index_view"), code=301)


def old_code() -> ResponseReturnValue:
    """Where people's bookmarks of `/operator/getcode.php` lead."""
    return redirect(url_for("placements.index_view"), code=301)


def old_payments() -> ResponseReturnValue:
    """Where people's bookmarks of `/operator/payments.php` lead: as long as nothing is to be paid, to all sections."""
    return redirect(url_for("admin.index"))
