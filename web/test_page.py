"""A page of our own that carries a placement's button, to try it before it stands on a site."""

from flask import Blueprint, abort, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required
from markupsafe import Markup
from sqlalchemy import select

from actions.embed_code import embed_code
from clock import now
from models.base import db
from models.placements import Placement
from policy.rights import Action, Answer
from web.headers import csp_nonce
from web.product import VERSION

test_page = Blueprint("test_page", __name__)


@test_page.get("/test/<key>")
@login_required
def show(key: str) -> ResponseReturnValue:
    """The page: only the snippet makes the button, as on any site; only those who place buttons need it."""
    if current_user.may(Action.MANAGE_PLACEMENTS) is not Answer.ALLOWED:
        abort(403)
    placement = db.session.scalar(select(Placement).where(Placement.key == key)) or abort(404)
    base_url = current_app.config["OTVET"].base_url
    code = embed_code(placement, base_url, day=now().date(), version=VERSION)
    marked = code.replace("<script ", f'<script nonce="{csp_nonce()}" ', 1)
    # The snippet is ours, made of checked identifiers and the server's own address.
    page = make_response(render_template("test_page.html", placement=placement, code=Markup(marked)))  # noqa: S704
    page.headers["Content-Security-Policy"] = _policy(base_url)
    return page


def _policy(base_url: str) -> str:
    """What the documentation asks of a site, and not more; the button may come by another name of this server."""
    ours = f"'self' {base_url} {base_url.replace('http', 'ws', 1)} ws://{request.host} wss://{request.host}"
    return (
        f"default-src 'none'; script-src 'self' {base_url} 'nonce-{csp_nonce()}'; style-src 'self'; font-src 'self'; "
        f"img-src {ours} data:; connect-src {ours}; frame-src {ours}; form-action 'none'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )
