"""Which language and time zone a page speaks, and the switches for language and theme that stand on every page."""

from flask import Blueprint, Flask, abort, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import Babel
from flask_login import current_user

from models.base import db
from models.database import unit_of_work
from models.operators import Operator
from models.settings import load_settings
from policy.languages import Language
from policy.paths import own_path

THEMES = ("system", "light", "dark")
pages = Blueprint("languages", __name__)


def init_app(app: Flask) -> None:
    """Babel asks us; templates know the page's language and theme."""
    Babel(app, locale_selector=lambda: page_language().tag, timezone_selector=company_zone)
    app.register_blueprint(pages)
    app.context_processor(
        lambda: {"language": page_language(), "languages": list(Language), "look": page_look()}
    )


def page_language() -> Language:
    """The person's language, else the one chosen in this browser, else the company's; a view may set `g.language`."""
    if "language" not in g:
        g.language = (
            _persons() or Language.parse(session.get("language", "")) or load_settings(db.session()).language
        )
    language: Language = g.language
    return language


def page_look() -> str:
    """`light`, `dark`, or `system`: as the device asks."""
    return str(
        session.get("theme", "system") if current_user.operator is None else current_user.operator.theme
    )


def company_zone() -> str:
    """All times are shown in the company's zone."""
    return load_settings(db.session()).time_zone


@pages.post("/language")
def choose_language() -> ResponseReturnValue:
    """Change the language at once and stay on the page."""
    language = Language.parse(request.form.get("language", "")) or abort(400)
    session["language"] = language.tag
    _change_own(interface_language=language)
    return _back()


@pages.post("/theme")
def choose_theme() -> ResponseReturnValue:
    """Change between light, dark and as the device asks."""
    theme = request.form.get("theme")
    if theme not in THEMES:
        abort(400)
    session["theme"] = theme
    _change_own(theme=theme)
    return _back()


def _persons() -> Language | None:
    return None if current_user.operator is None else current_user.operator.interface_language


def _change_own(**values: object) -> None:
    if current_user.operator is None:
        return
    operator_id = current_user.operator.id
    with unit_of_work() as database:
        operator = database.get_one(Operator, operator_id)
        for name, value in values.items():
            setattr(operator, name, value)


def _back() -> ResponseReturnValue:
    return redirect(own_path(request.form.get("next")) or url_for("auth.home"))
