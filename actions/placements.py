"""What an administrator does with placements: save one, remove one."""

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions import audit
from actions.events import PlacementChanged, record
from models.placements import DEFAULT_PLACEMENT_KEY, Placement
from policy.errors import DomainError
from policy.keys import PLACEMENT_KEY

COLOR = re.compile(r"#[0-9a-f]{6}")
COLORS = ("window_color", "window_second_color", "window_background", "button_color", "button_second_color")


class PlacementRefused(DomainError):
    """`key_wrong`, `key_taken`, `color_wrong` or `default_stays`."""


def save_placement(session: Session, placement: Placement) -> None:
    """A placement has an identifier of its own and colours that a style sheet can take."""
    with session.no_autoflush:
        taken = session.scalar(
            select(Placement.id).where(Placement.key == placement.key, Placement.id != (placement.id or 0))
        )
    if not PLACEMENT_KEY.fullmatch(placement.key or ""):
        raise PlacementRefused("key_wrong")
    if taken is not None:
        raise PlacementRefused("key_taken")
    audit.saved(session, placement)
    session.add(placement)
    session.flush()
    if not all(COLOR.fullmatch(getattr(placement, name)) for name in COLORS):
        raise PlacementRefused("color_wrong")
    record(session, PlacementChanged(placement.id))


def delete_placement(session: Session, placement: Placement) -> None:
    """Remove a placement; its chats are kept. The first one stays: snippets without a name of a placement mean it."""
    if placement.key == DEFAULT_PLACEMENT_KEY:
        raise PlacementRefused("default_stays")
    audit.deleted(session, placement)
    removed_id = placement.id
    session.delete(placement)
    session.flush()
    record(session, PlacementChanged(removed_id))
