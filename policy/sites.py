"""Which sites may carry a placement's button and frame its window. An empty list lets every site."""

import re

ANY_SITE = "http: https:"
# A host has at most 253 characters; before it stands a scheme, after it a port.
SITE_MAXIMUM = 253 + len("https://*.") + len(":65535/")
LIST_MAXIMUM = 10_000
_SITE = re.compile(
    r"(?:(?P<scheme>https?)://)?(?P<host>(?:\*\.)?[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::(?P<port>\d{1,5}))?/?",
    re.IGNORECASE,
)
_ORIGIN = re.compile(r"(?P<scheme>https?)://(?P<host>[a-z0-9.-]+)(?::(?P<port>\d{1,5}))?", re.IGNORECASE)
_USUAL_PORTS = {"http": "80", "https": "443"}


def words(text: str) -> list[str]:
    """The entries of a list as people type it: one in a line, or with spaces, commas or semicolons between."""
    return [word for word in re.split(r"[\s,;]+", text) if word]


def is_site(word: str) -> bool:
    """Whether this is a site: `www.company.example`, `https://*.company.example:8443`."""
    return len(word) <= SITE_MAXIMUM and _SITE.fullmatch(word) is not None


def parse(text: str) -> tuple[str, ...]:
    """The sites of a list, each in one form; what is no site (a typing error) lets nobody in."""
    return tuple(word.lower().rstrip("/") for word in words(text) if is_site(word))


def allows(sites: tuple[str, ...], origin: str) -> bool:
    """Whether a page of this origin may ask; `*.shop.example` is every host below it, a bare host is both schemes."""
    if not sites:
        return True
    found = _ORIGIN.fullmatch(origin)
    return found is not None and any(_matches(site, found) for site in sites)


def frame_ancestors(sites: tuple[str, ...]) -> str:
    """The same rule for the browser: who may show the window in a frame."""
    return " ".join(sites) or ANY_SITE


def _matches(site: str, origin: re.Match[str]) -> bool:
    allowed = _SITE.fullmatch(site)
    assert allowed is not None
    scheme, host = origin["scheme"].lower(), origin["host"].lower()
    if allowed["scheme"] and allowed["scheme"] != scheme:
        return False
    usual = _USUAL_PORTS[scheme]
    if (origin["port"] or usual) != (allowed["port"] or usual):
        return False
    pattern = allowed["host"]
    return host.endswith(pattern[1:]) if pattern.startswith("*.") else host == pattern
