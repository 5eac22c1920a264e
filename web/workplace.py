"""The operator's workplace: one page; everything on it comes over the operator's plane."""

from typing import Any

from flask import Blueprint, Flask, abort, render_template, url_for
from flask_login import current_user, login_required
from flask_wtf.csrf import generate_csrf

from models.base import db
from models.settings import load_settings
from policy.languages import Language
from policy.rights import Action, Answer
from web.assets import script_words
from web.languages import page_language, page_look
from web.product import BRAND

pages = Blueprint("workplace", __name__)


def init_app(app: Flask) -> None:
    """The one page of the workplace."""
    app.register_blueprint(pages)


@pages.get("/workplace")
@login_required
def show() -> str:
    """The page for whoever may use it; a stranger is asked to sign in and comes back here."""
    if current_user.may(Action.USE_WORKPLACE) is not Answer.ALLOWED:
        abort(403)
    return render_template("workplace.html", boot=_boot())


def _boot() -> dict[str, Any]:
    """What the scripts need before they are connected."""
    language = page_language()
    return {
        "me": _me(),
        "brand": BRAND,
        "language": language.tag,
        "languages": [{"tag": one.tag, "name": one.own_name, "label": one.label} for one in Language],
        "words": script_words("workplace", language.tag),
        "time_zone": load_settings(db.session()).time_zone,
        "theme": page_look(),
        "csrf_token": generate_csrf(),
        "urls": {
            "home": url_for("admin.index"),
            "profile": url_for("profile.index_view"),
            "workplace": url_for("workplace.show"),
            "sign_in": url_for("auth.show_sign_in", next=url_for("workplace.show")),
            "sign_out": url_for("auth.sign_person_out"),
            "language": url_for("languages.choose_language"),
            "theme": url_for("languages.choose_theme"),
        },
    }


def _me() -> dict[str, Any]:
    operator = current_user.operator
    return {
        "id": operator.id,
        "name": operator.internal_name,
        "photo": operator.photo and url_for("photos.photo", name=operator.photo),
        "status": operator.presence.status.value,
        "status_since": operator.presence.status_since.isoformat(),
    }
