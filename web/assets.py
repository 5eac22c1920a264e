"""Files that pages load: addresses that change with their content, and the words of scripts."""

import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, url_for

ICONS = Path(__file__).parents[1] / "static" / "src" / "shared" / "icons.json"


def init_app(app: Flask) -> None:
    """Give templates `asset(name)`, `script_words(surface, tag)` and the drawings of all icons by name."""
    app.jinja_env.globals["asset"] = asset
    app.jinja_env.globals["script_words"] = script_words
    app.jinja_env.globals["icon_paths"] = json.loads(ICONS.read_text(encoding="utf-8"))


def asset(name: str) -> str:
    """The address of a static file; it carries a mark of the content, so browsers may keep the file for good."""
    path = Path(str(current_app.static_folder)) / name
    if not path.exists():  # a page without its style is better than no page
        return url_for("static", filename=name)
    return url_for("static", filename=name, v=_mark(path, path.stat().st_mtime_ns))


def script_words(surface: str, tag: str) -> Any:
    """The catalogue of a surface's scripts in a language: message id → text or plural forms."""
    path = Path(str(current_app.static_folder)) / "dist" / "i18n" / f"{surface}.{tag}.json"
    return _words(path, path.stat().st_mtime_ns) if path.exists() else {}


@lru_cache(maxsize=256)
def _mark(path: Path, _changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


@lru_cache(maxsize=64)
def _words(path: Path, _changed: int) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
