"""The demo's shop: somebody else's site, on an origin of its own, with nothing of ours but the snippet."""

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    g,
    render_template,
    request,
    send_file,
    url_for,
)
from markupsafe import Markup

from config import Config
from web.product import VERSION

FOLDER = Path(__file__).parents[1] / "templates" / "demo_shop"
TAGS = ("ru", "en")
SNIPPET = """\
<!-- webim button generation date: 2026-11-22 version: {version} -->
<a class="webim_button" href="#" rel="webim"></a>
<script type="text/javascript">{script}</script>
"""
SCRIPT = """

webim = {{
{options}
}};
(function () {{
  var s = document.createElement("script");
  s.type = "text/javascript";
  s.src = "{server}/js/button.js";
  document.getElementsByTagName("head")[0].appendChild(s);
}})();
"""

pages = Blueprint("shop", __name__)


def create_shop(config: Config) -> Flask:
    """The shop as an application for a port, and so an origin, of its own."""
    shop = Flask("demo_shop", template_folder=str(FOLDER.parent), static_folder=None)
    shop.config["SERVER"] = config.base_url
    shop.config["SHOP"] = json.loads((FOLDER / "shop.json").read_text(encoding="utf-8"))
    shop.jinja_env.filters["thousands"] = lambda number: f"{number:,}".replace(",", "\u00a0")
    shop.register_blueprint(pages)
    shop.after_request(_set_policy)
    return shop


@pages.get("/", defaults={"tag": "ru"})
@pages.get("/<any(en):tag>/")
def home(tag: str) -> str:
    """The first page: the button floats, and a link of the page's own opens the chat too."""
    shop = _shop()
    goods = [_goods_of(key) for key in shop["week"]]
    return _page("home", tag, {}, goods=goods)


@pages.get("/catalogue/<key>", defaults={"tag": "ru"})
@pages.get("/<any(en):tag>/catalogue/<key>")
def section(tag: str, key: str) -> str:
    """A section of the catalogue."""
    shop = _shop()
    if key not in shop["sections"]:
        abort(404)
    goods = [one for one in shop["goods"] if one["section"] == key]
    return _page("section", tag, {}, current=key, goods=goods)


@pages.get("/goods/<key>", defaults={"tag": "ru"})
@pages.get("/<any(en):tag>/goods/<key>")
def product(tag: str, key: str) -> str:
    """One product; questions from here go to the department that sells it."""
    one = _goods_of(key)
    department = "train" if one["section"] == "bikes" else "sport"
    return _page("product", tag, {"department": department}, current=one["section"], one=one)


@pages.get("/delivery", defaults={"tag": "ru"})
@pages.get("/<any(en):tag>/delivery")
def delivery(tag: str) -> str:
    """Delivery: the button of another placement, in the page's flow."""
    options = {"department": "sport"} if tag == "en" else {"location": "delivery"}
    return _page("delivery", tag, options, current="delivery")


@pages.get("/shop.css")
def style() -> Response:
    """The shop's own look."""
    return send_file(FOLDER / "shop.css", mimetype="text/css")


def _shop() -> dict[str, Any]:
    shop: dict[str, Any] = current_app.config["SHOP"]
    return shop


def _goods_of(key: str) -> dict[str, Any]:
    goods: list[dict[str, Any]] = _shop()["goods"]
    return next((one for one in goods if one["key"] == key), None) or abort(404)


def _page(name: str, tag: str, options: dict[str, str], **facts: Any) -> str:
    other = next(one for one in TAGS if one != tag)
    arguments = {**(request.view_args or {}), "tag": other}
    return render_template(
        f"demo_shop/{name}.html",
        shop=_shop(),
        words=_shop()[tag],
        tag=tag,
        other_tag=other,
        other_url=url_for(str(request.endpoint), **arguments),
        snippet=_snippet(tag, options),
        **{"current": None, **facts},
    )


def _snippet(tag: str, options: dict[str, str]) -> Markup:
    """What the cabinet gives to be pasted into the page, with this page's placement and department."""
    server = current_app.config["SERVER"]
    if tag == "en":
        options = {"location": "english", **options}
    domain = server.partition("://")[2]
    named = {"accountName": domain.partition(":")[0].partition(".")[0], "domain": domain, **options}
    lines = ",\n".join(f"  {name}: {json.dumps(value)}" for name, value in named.items())
    g.script = SCRIPT.format(options=lines, server=server)
    return Markup(SNIPPET).format(version=VERSION, script=Markup(g.script))  # noqa: S704  # our own text


def _set_policy(response: Response) -> Response:
    """A strict site allows just what the documentation of the button asks for."""
    server = current_app.config["SERVER"]
    digest = base64.b64encode(hashlib.sha256(g.get("script", "").encode()).digest()).decode()
    response.headers["Content-Security-Policy"] = "; ".join(
        (
            "default-src 'none'",
            f"script-src 'sha256-{digest}' {server}",
            f"connect-src {server}",
            f"frame-src {server}",
            "style-src 'self'",
            "img-src 'self' data:",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
