"""The chat window: a frame on somebody's page, or a page of its own for links and for sites without scripts."""

from typing import Any

from flask import Blueprint, Flask, abort, g, render_template, request
from sqlalchemy import select

from actions.automatic_texts import text_for
from models.base import db
from models.departments import Department
from models.placements import Choice, Placement
from models.settings import Settings, load_settings
from policy.automatic_texts import AutomaticText
from policy.colors import readable_on
from policy.keys import DEPARTMENT_KEY
from policy.sites import frame_ancestors
from web.assets import script_words
from web.button.sites import sites_of

pages = Blueprint("chat_window", __name__)


def init_app(app: Flask) -> None:
    """The window's page."""
    app.register_blueprint(pages)


@pages.get("/chat/<key>")
def show(key: str) -> str:
    """The window of a placement, in the placement's language, to be framed by the placement's sites only."""
    placement = db.session.scalar(select(Placement).where(Placement.key == key)) or abort(404)
    settings = load_settings(db.session())
    g.frame_ancestors = frame_ancestors(sites_of(placement, settings))
    g.language = placement.language or settings.language
    return render_template(
        "chat_window.html",
        boot=_boot(placement, settings),
        title=placement.window_title or settings.company_name,
    )


def _boot(placement: Placement, settings: Settings) -> dict[str, Any]:
    """What the window's script begins with; nothing in it is anybody's own."""
    tag = g.language.tag
    return {
        "placement": placement.key,
        "department": _named_department(),
        "is_embedded": request.args.get("embedded") == "1",
        "language": tag,
        "words": script_words("visitor", tag),
        "title": placement.window_title or settings.company_name,
        "greeting": placement.greeting or text_for(settings, AutomaticText.GREETING, g.language),
        "colors": _colors(placement),
        "asks": _questions(placement),
    }


def _named_department() -> str | None:
    """The department of the page's code, if there is one of that name: else the visitor is asked, as without one."""
    key = request.args.get("department", "")
    if not DEPARTMENT_KEY.fullmatch(key):
        return None
    return db.session.scalar(select(Department.key).where(Department.key == key))


def _colors(placement: Placement) -> dict[str, str]:
    """The placement's colours, each with a text colour that can be read on it."""
    colors = {
        "window": placement.window_color,
        "window_second": placement.window_second_color,
        "background": placement.window_background,
        "button": placement.button_color,
        "button_second": placement.button_second_color,
    }
    return {**colors, **{f"on_{name}": readable_on(color) for name, color in colors.items()}}


def _questions(placement: Placement) -> dict[str, str]:
    """What is asked before the chat: field → `off`, `optional` or `required`."""
    has_department = placement.department_id is not None
    asks = {"department": Choice.OFF if has_department else placement.offers_department_choice}
    asks["operator"] = placement.offers_operator_choice
    if placement.requires_prechat_form:
        asks["first_question"] = Choice.REQUIRED
        asks |= {"name": placement.asks_name, "email": placement.asks_email, "phone": placement.asks_phone}
    return {name: choice.value for name, choice in asks.items()}
