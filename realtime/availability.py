"""Availability as visitors' pages get it."""

from typing import Any

from sqlalchemy.orm import Session

from models import Placement
from models.queries.availability import availability_of
from policy.languages import Language
from realtime.payloads import operator_for_visitor


def availability(session: Session, placement: Placement, shown_in: Language) -> dict[str, Any]:
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
    }
