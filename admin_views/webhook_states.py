"""How a webhook stands, in a word: what the list shows and filters by, and what the main page warns of."""

import enum
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_login import current_user
from markupsafe import Markup

from admin_views.formatters import label_of, name_members, pill
from models.base import db
from models.queries.webhooks import Trouble, trouble
from models.webhooks import Webhook
from policy.rights import Action, Answer


class HookState(enum.Enum):
    """What an administrator wants to know first."""

    WORKS = "works"
    NEW = "new"
    FAILS = "fails"
    SWITCHED_OFF = "switched_off"
    OFF = "off"


name_members(
    {
        HookState.WORKS: _l("Delivers"),
        HookState.NEW: _l("Nothing sent yet"),
        HookState.FAILS: _l("Does not deliver"),
        HookState.SWITCHED_OFF: _l("Switched off after failures"),
        HookState.OFF: _l("Off"),
    }
)
_LOOKS = {HookState.WORKS: "ok", HookState.FAILS: "danger", HookState.SWITCHED_OFF: "danger"}


def hook_state(hook: Webhook) -> HookState:
    """The state of one webhook."""
    if not hook.is_active:
        return HookState.OFF if hook.switched_off_at is None else HookState.SWITCHED_OFF
    if hook.failing_since is not None:
        return HookState.FAILS
    return HookState.NEW if hook.last_tried_at is None else HookState.WORKS


def state_filters(state: HookState) -> tuple[Any, ...]:
    """The same as conditions of a list."""
    is_on, was_switched_off = Webhook.is_active.is_(True), Webhook.switched_off_at.is_not(None)
    if state is HookState.OFF:
        return (~is_on, ~was_switched_off)
    if state is HookState.SWITCHED_OFF:
        return (~is_on, was_switched_off)
    if state is HookState.FAILS:
        return (is_on, Webhook.failing_since.is_not(None))
    was_tried = Webhook.last_tried_at.is_not(None)
    return (is_on, Webhook.failing_since.is_(None), was_tried if state is HookState.WORKS else ~was_tried)


def state_pill(state: HookState) -> Markup:
    """The state as a list shows it."""
    return pill(label_of(state), _LOOKS.get(state, ""))


def webhook_trouble() -> Trouble | None:
    """What the main page warns of; for those who can mend it, and only if there is anything."""
    if current_user.may(Action.MANAGE_SETTINGS) is not Answer.ALLOWED:
        return None
    found = trouble(db.session())
    return found if found.failing or found.switched_off else None
