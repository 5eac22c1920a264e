"""Availability as visitors' pages get it."""

from typing import Any

from sqlalchemy.orm import Session

from actions.automatic_texts import text_for
from models import Placement
from models.queries.availability import availability_of
from models.settings import load_settings
from policy.automatic_texts import AutomaticText
from policy.languages import Language
from realtime.payloads import operator_for_visitor

TEXTS = (AutomaticText.QUEUE_POSITION, AutomaticText.OFFLINE_PROMPT)
"""What the window itself says in the company's words."""


def availability(session: Session, placement: Placement, shown_in: Language) -> dict[str, Any]:
    settings = load_settings(session)
    found = availability_of(session, placement, shown_in)
    return {
        "state": found.state.value,
        "departments": [
            {"key": offer.key, "name": offer.name, "is_online": offer.is_online}
            for offer in found.departments
        ],
        "operators": [
            {**operator_for_visitor(offer.card), "is_online": offer.is_online} for offer in found.operators
        ],
        "texts": {text.value: text_for(settings, text, shown_in) for text in TEXTS},
    }
