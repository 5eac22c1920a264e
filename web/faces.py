"""What stands for a person without a photo; static/src/shared/faces.js says the same to the other pages."""

import re

from flask import Flask

STEP = 30


def init_app(app: Flask) -> None:
    """Give templates `initials(name)` and `hue_of(name)`."""
    app.jinja_env.globals.update(initials=initials, hue_of=hue_of)


def initials(name: str) -> str:
    """Up to two letters for the round picture."""
    words: list[str] = re.findall(r"[^\W_]+", name) or ["?"]
    letters = words[0][0] + words[1][0] if len(words) > 1 else words[0][:2]
    return letters.upper()


def hue_of(name: str) -> int:
    """One of twelve hues, the same for the same name on every page."""
    total = 7
    for sign in name:
        total = (total * 31 + ord(sign)) % 3600
    return total * 137 % 360 // STEP * STEP
