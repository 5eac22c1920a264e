"""Webhooks: who is told of what, whether they hear it, and every delivery with its outcome."""

from collections.abc import Mapping
from typing import Any, ClassVar

from flask import abort, current_app, flash, redirect, request
from flask_admin import expose
from flask_babel import format_datetime
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from markupsafe import Markup
from werkzeug import Response
from wtforms.validators import DataRequired, Length

from actions import deliveries, webhooks
from actions.webhook_calls import call_receiver
from admin_views.base import OtvetModelView, row_number
from admin_views.filters import ListFilter
from admin_views.formatters import chips, label_of
from admin_views.forms import TogglesField
from admin_views.rules import Section
from admin_views.texts import line
from admin_views.webhook_states import HookState, hook_state, state_filters, state_pill
from admin_views.webhook_words import event_words, failure_words, indented, said
from clock import now
from config import Config
from models.base import db
from models.database import unit_of_work
from models.queries import webhooks as queries
from models.webhooks import Webhook, WebhookDelivery
from policy.addresses import ADDRESS_MAXIMUM
from policy.errors import DomainError
from policy.rights import Action
from policy.webhooks import HookEvent


class StateFilter(ListFilter):
    """Webhooks that work, fail, or are off."""

    def get_options(self, view: Any) -> list[tuple[str, str]]:
        """The states by their names."""
        return [(state.value, str(label_of(state))) for state in HookState]

    def apply(self, query: Any, value: Any, alias: Any = None) -> Any:
        """Webhooks in this state."""
        return query.filter(*state_filters(HookState(value)))


def _events(_view: Any, _context: Any, hook: Webhook, _name: str) -> Markup | str:
    if len(hook.events) == len(HookEvent):
        return str(_("all"))
    return chips(label_of(event) for event in HookEvent if event.value in hook.events)


def _state(_view: Any, _context: Any, hook: Webhook, _name: str) -> Markup:
    return state_pill(hook_state(hook))


class WebhooksView(OtvetModelView):
    """Receivers outside, one row each."""

    action = Action.MANAGE_SETTINGS
    can_create = can_edit = can_delete = True
    list_template = "admin/webhooks/list.html"
    create_template = edit_template = "admin/webhooks/form.html"

    column_list = ("address", "events", "state", "last_tried_at")
    column_labels: ClassVar[dict[str, Any]] = {
        "address": _l("Address"),
        "events": _l("Events"),
        "state": _l("State"),
        "last_tried_at": _l("Last delivery"),
    }
    column_formatters: ClassVar[dict[str, Any]] = {"events": _events, "state": _state}
    column_sortable_list = ("address", "last_tried_at")
    column_default_sort = "id"
    column_searchable_list = ("address", "note")
    column_filters = (StateFilter(Webhook.id, _l("State"), _l("Any state")),)

    form_columns = ("address", "note", "events", "is_active")
    form_overrides: ClassVar[dict[str, Any]] = {"events": TogglesField}
    form_args: ClassVar[dict[str, Any]] = {
        "address": {
            "label": _l("Address"),
            "description": _l("Where events are sent, for example https://crm.company.com/otvet."),
            "validators": [DataRequired(), Length(max=ADDRESS_MAXIMUM)],
            "filters": [line(ADDRESS_MAXIMUM)],
            "render_kw": {"class": "ltr", "type": "url", "spellcheck": "false", "autocapitalize": "none"},
        },
        "note": {
            "label": _l("Note"),
            "description": _l("What the receiver does, for whoever looks here later."),
            "validators": [Length(max=200)],
            "filters": [line(200)],
        },
        "events": {
            "label": _l("Events"),
            "description": _l("Tick what the receiver is to be told."),
            "validators": [DataRequired(_l("Tick at least one."))],
            "choices": [(event.value, label_of(event)) for event in HookEvent],
        },
        "is_active": {
            "label": _l("Switched on"),
            "description": _l("While it is off nothing new is noted for it; what was noted waits."),
        },
    }
    form_rules = (Section(_l("Webhook"), ["address", "note", "events", "is_active"]),)

    refusals: ClassVar[Mapping[str, LazyString]] = {
        "address_wrong": _l("This is not an address of a receiver, like https://crm.company.com/otvet."),
        "address_not_https": _l("The address must begin with https://."),
        "address_with_password": _l("The address must not hold a name or a password."),
        "address_private": _l(
            "The address is inside your own network. "
            "It must be allowed by WEBHOOK_PRIVATE_HOSTS in the environment of the server first."
        ),
        "port_refused": _l("Only the port 443 and ports from 1024 on may be called."),
        "events_missing": _l("Tick at least one."),
        "too_many": _l("There are as many webhooks as there can be. Delete one that is not needed."),
    }

    def get_query(self) -> Any:
        """Those that were not deleted."""
        return super().get_query().filter(Webhook.deleted_at.is_(None))

    def get_count_query(self) -> Any:
        """How many that are."""
        return super().get_count_query().filter(Webhook.deleted_at.is_(None))

    def render(self, template: str, **context: Any) -> str:
        """Every page knows how receivers stand."""
        return str(
            super().render(
                template,
                hook_state=hook_state,
                state_pill=state_pill,
                failure_words=failure_words,
                waiting=queries.waiting(db.session()),
                **context,
            )
        )

    # Saving

    def on_model_change(self, form: Any, model: Any, is_created: bool) -> None:
        """The rules of webhooks; of a new one the secret goes to the answer of this request and nowhere else."""
        form.issued = webhooks.save_webhook(db.session(), model, _config().webhook_private_hosts, now())

    def answer_to_creation(self, form: Any, model: Any) -> Any:
        """The one page that shows the secret."""
        return self._shown(model, form.issued, is_new=True)

    def remove(self, model: Any) -> None:
        """Nothing of what it was told is kept."""
        webhooks.delete_webhook(db.session(), model, now())

    def fields_of(self, refusal: DomainError) -> Mapping[str | None, str]:
        """Beside which field a refused webhook is told."""
        is_of_address = refusal.code.startswith(("address_", "port_"))
        field = "address" if is_of_address else "events" if refusal.code == "events_missing" else None
        return {field: refusal.code}

    def delete_question(self, model: Any) -> str:
        """What is lost."""
        return str(
            _(
                "Delete the webhook “%(name)s”? The receiver is told nothing more, and its deliveries are forgotten.",
                name=str(model),
            )
        )

    @expose("/renew/", methods=("POST",))
    def renew(self) -> Any:
        """Another secret, shown on the one page that answers."""
        hook = self.get_one(request.form.get("id"))
        with unit_of_work() as session:
            self._lock(session, hook)
            issued = webhooks.renew_secret(session, hook, now())
        return self._shown(hook, issued, is_new=False)

    def _shown(self, hook: Webhook, text: str, *, is_new: bool) -> Any:
        return self.render(
            "admin/webhooks/issued.html",
            model=hook,
            text=text,
            is_new=is_new,
            return_url=self.get_url(".deliveries_view", id=hook.id),
        )

    # Deliveries

    @expose("/deliveries/")
    def deliveries_view(self) -> Any:
        """What was sent to one receiver, newest first."""
        hook = self.get_one(request.args.get("id"))
        only_failed = request.args.get("show") == "failed"
        found = queries.last_deliveries(
            db.session(), hook, before=request.args.get("before", type=row_number), only_failed=only_failed
        )
        return self.render(
            "admin/webhooks/deliveries.html",
            model=hook,
            rows=found[: queries.PAGE],
            has_more=len(found) > queries.PAGE,
            only_failed=only_failed,
            event_words=event_words,
            indented=indented,
            moment=format_datetime,
            return_url=self.get_url(".index_view"),
        )

    @expose("/test/", methods=("POST",))
    def send_test(self) -> Response:
        """Send a test at once, and say what became of it."""
        hook = self.get_one(request.form.get("id"))
        receiver, row = webhooks.test_of(hook, now())
        self._send(hook, receiver, row)
        return redirect(self.get_url(".deliveries_view", id=hook.id))

    @expose("/again/", methods=("POST",))
    def send_again(self) -> Response:
        """Send one delivery once more, under the same id, and say what became of it."""
        hook = self.get_one(request.form.get("id"))
        number = request.form.get("delivery", type=row_number)
        row = db.session.get(WebhookDelivery, number) if number else None
        if row is None or row.webhook_id != hook.id:
            abort(404)
        self._send(hook, deliveries.receiver_of(hook, now()), row)
        return redirect(self.get_url(".deliveries_view", id=hook.id))

    def _send(self, hook: Webhook, receiver: deliveries.Receiver, row: WebhookDelivery) -> None:
        delivery = webhooks.delivery_of(row)
        # Nobody waits for a receiver with a transaction open.
        db.session.rollback()
        outcome = call_receiver(
            receiver.address,
            receiver.secrets,
            delivery.event_id,
            delivery.body,
            now(),
            private=_config().webhook_private_hosts,
        )
        with unit_of_work() as session:
            self._lock(session, hook)
            webhooks.note_by_hand(session, hook, row, outcome, now())
        flash(*said(outcome))


def _config() -> Config:
    config: Config = current_app.config["OTVET"]
    return config
