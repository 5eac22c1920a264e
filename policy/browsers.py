"""Somebody's browser and system in two words, from what the browser says of itself.

Visitors' browsers are named by the workplace's script, by the same rules.
"""

import re

# The first that matches names it: most browsers also claim to be those below them.
_BROWSERS = (
    ("Edge", re.compile(r"Edg(?:A|iOS)?/(\d+)")),
    ("Yandex Browser", re.compile(r"YaBrowser/(\d+)")),
    ("Opera", re.compile(r"OPR/(\d+)")),
    ("Samsung Internet", re.compile(r"SamsungBrowser/(\d+)")),
    ("Firefox", re.compile(r"(?:Firefox|FxiOS)/(\d+)")),
    ("Chrome", re.compile(r"(?:Chrome|CriOS)/(\d+)")),
    ("Safari", re.compile(r"Version/(\d+)[^ ]* (?:Mobile/\w+ )?Safari")),
)
_SYSTEMS = (
    ("Windows", re.compile("Windows")),
    ("Android", re.compile("Android")),
    ("iOS", re.compile("iPhone|iPad|iPod")),
    ("macOS", re.compile("Mac OS X")),
    ("ChromeOS", re.compile("CrOS")),
    ("Linux", re.compile("Linux")),
)
_HANDHELD = frozenset({"Android", "iOS"})


def browser_of(user_agent: str) -> str | None:
    """For example `Chrome 142, Windows`; None where nothing is recognised."""
    matches = ((name, pattern.search(user_agent)) for name, pattern in _BROWSERS)
    browser = next((f"{name} {match[1]}" for name, match in matches if match), None)
    return ", ".join(filter(None, (browser, _system_of(user_agent)))) or None


def is_handheld(user_agent: str) -> bool:
    """Whether it is a phone or a tablet."""
    return _system_of(user_agent) in _HANDHELD


def _system_of(user_agent: str) -> str | None:
    return next((name for name, pattern in _SYSTEMS if pattern.search(user_agent)), None)
