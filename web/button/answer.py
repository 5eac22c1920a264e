"""What a page is told of its button: one small object whose version changes with its content."""

import hashlib
import json
from datetime import datetime
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from models.placements import Placement
from models.queries.availability import state_of
from models.queries.departments import department_named
from models.settings import language_of
from policy.availability import ButtonState
from policy.colors import readable_on
from policy.languages import Language


def button(
    session: Session, placement: Placement, department_key: str | None, now: datetime
) -> dict[str, Any]:
    """The button of a placement, or of a department that the page's snippet names, as it is now."""
    language = language_of(session, placement)
    state = state_of(session, placement, now, department_named(session, department_key))
    answer = {
        "state": state.value,
        "language": language.tag,
        "direction": language.direction,
        "label": placement.button_label,
        "position": placement.button_position.value,
        "offset": [placement.button_offset_inline, placement.button_offset_block],
        "colors": {"button": placement.button_color, "button_text": readable_on(placement.button_color)},
        "window": f"/chat/{placement.key}?embedded=1",
        "texts": _texts(language, state),
    }
    return {"version": _version(answer), **answer}


def _texts(language: Language, state: ButtonState) -> dict[str, str]:
    with force_locale(language.tag):
        return {
            "open": _("Ask a consultant"),
            "status": _("We are online") if state is ButtonState.ONLINE else _("We are offline now"),
            "close": _("Close the chat"),
            "unread": _("Unread messages: {n}"),
        }


def _version(answer: dict[str, Any]) -> str:
    written = json.dumps(answer, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()[:16]
