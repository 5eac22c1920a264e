"""Which sites may carry a placement's button and frame its window. An empty list lets every site."""

import re

from models.placements import Placement
from models.settings import Settings

ANY_SITE = "http: https:"
_SITE = re.compile(
    r"(?:(?P<scheme>https?)://)?(?P<host>(?:\*\.)?[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::(?P<port>\d{1,5}))?/?",
    re.IGNORECASE,
)
_ORIGIN = re.compile(r"(?P<scheme>https?)://(?P<host>[a-z0-9.-]+)(?::(?P<port>\d{1,5}))?", re.IGNORECASE)
_USUAL_PORTS = {"http": "80", "https": "443"}


def sites_of(placement: Placement, settings: Settings) -> tuple[str, ...]:
    """The placement's own list of sites, else the common one; what is no site (a typing error) lets nobody in."""
    text = placement.allowed_sites.strip() or settings.allowed_sites
    return tuple(word.lower().rstrip("/") for word in re.split(r"[\s,;]+", text) if _SITE.fullmatch(word))


def allows(sites: tuple[str, ...], origin: str | None) -> bool:
    """Whether a page of this origin may ask; `*.shop.example` is every host below it, a bare host is both schemes."""
    if not sites:
        return True
    found = _ORIGIN.fullmatch(origin or "")
    return found is not None and any(_matches(site, found) for site in sites)


def _matches(site: str, origin: re.Match[str]) -> bool:
    allowed = _SITE.fullmatch(site)
    assert allowed is not None
    scheme, host = origin["scheme"].lower(), origin["host"].lower()
    if allowed["scheme"] and allowed["scheme"] != scheme:
        return False
    if allowed["port"] and allowed["port"] != (origin["port"] or _USUAL_PORTS[scheme]):
        return False
    if not allowed["port"] and origin["port"] not in (None, _USUAL_PORTS[scheme]):
        return False
    pattern = allowed["host"]
    return host.endswith(pattern[1:]) if pattern.startswith("*.") else host == pattern


def frame_ancestors(sites: tuple[str, ...]) -> str:
    """The same rule for the browser: who may show the window in a frame."""
    return " ".join(sites) or ANY_SITE
