"""Whose pages a placement serves."""

from models.placements import Placement
from models.settings import Settings
from policy import sites


def sites_of(placement: Placement, settings: Settings) -> tuple[str, ...]:
    """The placement's own list, else the common one; empty means every site."""
    return sites.parse(placement.allowed_sites.strip() or settings.allowed_sites)
