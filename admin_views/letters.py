"""Letters: what was written to whom, and whether it left. Nobody edits them; a test letter can be sent."""

from typing import Any, ClassVar

from flask import current_app, flash, redirect
from flask_admin import expose
from flask_babel import format_datetime
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from markupsafe import Markup
from werkzeug import Response

from actions import outbox, smtp
from actions.ids import new_public_id
from actions.letters import put_test_letter
from admin_views.base import OtvetModelView
from admin_views.filters import ListFilter
from admin_views.formatters import NOTHING, label_of, name_members, pill
from clock import now
from config import Config, SmtpServer
from models.base import db
from models.database import unit_of_work
from models.outbox import OUTDATED, OutboxItem, OutboxState
from models.queries.outbox import outbox_numbers
from policy.rights import Action

name_members(
    {
        OutboxState.WAITING: _l("Waits"),
        OutboxState.RETRYING: _l("Tried again"),
        OutboxState.SENT: _l("Sent"),
        OutboxState.FAILED: _l("Not sent"),
    }
)
_LOOKS = {OutboxState.SENT: "ok", OutboxState.RETRYING: "warn", OutboxState.FAILED: "danger"}


def outgoing_mail() -> dict[str, Any]:
    """What the settings and the list say about the mail server and the letters that wait for it."""
    config: Config = current_app.config["OTVET"]
    return {
        "server": f"{config.smtp.host}:{config.smtp.port}" if config.smtp else None,
        "sender": config.mail_from,
        "numbers": outbox_numbers(db.session()),
    }


class StateFilter(ListFilter):
    """Letters that have come equally far."""

    def get_options(self, view: Any) -> list[tuple[str, str]]:
        """The states by their names."""
        return [(state.value, str(label_of(state))) for state in OutboxState]

    def apply(self, query: Any, value: Any, alias: Any = None) -> Any:
        """Letters in this state."""
        state, item = OutboxState(value), OutboxItem
        if state is OutboxState.SENT:
            return query.filter(item.sent_at.is_not(None))
        if state is OutboxState.FAILED:
            return query.filter(item.sent_at.is_(None), item.dead_at.is_not(None))
        has_failed = item.last_error != ""
        return query.filter(
            item.sent_at.is_(None),
            item.dead_at.is_(None),
            has_failed if state is OutboxState.RETRYING else ~has_failed,
        )


def _state(_view: Any, _context: Any, item: OutboxItem, _name: str) -> Markup:
    return pill(label_of(item.state), _LOOKS.get(item.state, ""))


def _last_error(_view: Any, _context: Any, item: OutboxItem, _name: str) -> str:
    if item.last_error == OUTDATED:
        return str(_("The link in it works no more, so it was not sent."))
    return item.last_error or NOTHING


def _next_attempt(_view: Any, _context: Any, item: OutboxItem, _name: str) -> str:
    is_done = item.state in (OutboxState.SENT, OutboxState.FAILED)
    return NOTHING if is_done else str(format_datetime(item.next_at, "short"))


class LettersView(OtvetModelView):
    """The outbox, to be read."""

    action = Action.MANAGE_SETTINGS
    can_view_details = True
    list_template = "admin/letters/list.html"
    details_template = "admin/letters/details.html"
    column_list = ("subject", "recipient", "created_at", "state", "last_error")
    column_details_list = ("recipient", "created_at", "state", "attempts", "next_at", "sent_at", "last_error")
    column_labels: ClassVar[dict[str, Any]] = {
        "subject": _l("Subject"),
        "recipient": _l("To"),
        "created_at": _l("Written"),
        "state": _l("State"),
        "attempts": _l("Attempts"),
        "next_at": _l("Next attempt"),
        "sent_at": _l("Sent"),
        "last_error": _l("What went wrong"),
    }
    column_formatters: ClassVar[dict[str, Any]] = {
        "state": _state,
        "next_at": _next_attempt,
        "last_error": _last_error,
    }
    column_sortable_list = ("subject", "recipient", "created_at")
    column_default_sort = ("created_at", True)
    column_searchable_list = ("subject", "recipient")
    column_filters = (StateFilter(OutboxItem.id, _l("State"), _l("Any state")),)

    def render(self, template: str, **context: Any) -> str:
        """Every page of the section knows the mail server, and which text it may show."""
        mail = outgoing_mail()
        return str(super().render(template, mail=mail, text_of=self.text_of, **context))

    @staticmethod
    def text_of(item: OutboxItem) -> str | None:
        """A letter's text; a link that opens an account is for its owner, as long as letters reach anybody."""
        config: Config = current_app.config["OTVET"]
        if item.payload.get("is_secret") and config.smtp is not None:
            return None
        text: str | None = item.payload.get("text")
        return text

    @expose("/test/", methods=("POST",))
    def send_test(self) -> Response:
        """Send a letter to oneself at once, and say what became of it."""
        config: Config = current_app.config["OTVET"]
        with unit_of_work() as session:
            key = f"test-letter:{new_public_id()}"
            item = put_test_letter(session, current_user.operator, key, now())
            leased = outbox.lease(session, item, now()) if config.smtp else None
        if config.smtp is None or leased is None:
            flash(_("No mail server is configured: the test letter waits among the letters."), "info")
        else:
            _send(config.smtp, config.mail_from, leased)
        return redirect(self.back_address())


def _send(server: SmtpServer, mail_from: str, leased: outbox.Leased) -> None:
    try:
        smtp.send_letter(server, mail_from, leased)
    except smtp.SendFailed as failed:
        with unit_of_work() as session:
            outbox.mark_failed(session, leased, str(failed), now(), is_final=True)
        flash(
            _("The test letter was not sent. The mail server says: %(reason)s", reason=str(failed)), "error"
        )
    else:
        with unit_of_work() as session:
            outbox.mark_sent(session, leased, now())
        flash(_("The test letter is sent to %(email)s.", email=leased.recipient), "success")
