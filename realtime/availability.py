"""Availability as visitors' pages get it."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from actions.automatic_texts import text_for
from models import Placement
from models.queries.availability import availability_of
from models.queries.departments import department_named
from models.settings import load_settings
from policy.automatic_texts import AutomaticText
from policy.languages import Language
from realtime.payloads import operator_for_visitor, time

TEXTS = (AutomaticText.QUEUE_POSITION, AutomaticText.OFFLINE_PROMPT)
"""What the window itself says in the company's words."""


def availability(
    session: Session, placement: Placement, shown_in: Language, snippet_department: str | None, now: datetime
) -> dict[str, Any]:
    settings = load_settings(session)
    named = department_named(session, snippet_department)
    found = availability_of(session, placement, shown_in, now, named)
    return {
        "state": found.state.value,
        "opens_at": time(found.opens_at),
        "demands_department": found.demands_department,
        "departments": [
            {
                "key": offer.key,
                "name": offer.name,
                "is_online": offer.is_online,
                "opens_at": time(offer.opens_at),
            }
            for offer in found.departments
        ],
        "operators": [
            {**operator_for_visitor(offer.card), "is_online": offer.is_online} for offer in found.operators
        ],
        "reopens_within_hours": settings.reopens_within_hours,
        "texts": {text.value: text_for(settings, text, shown_in) for text in TEXTS},
    }
