"""`/js/button.js`, the address that every snippet names."""

import gzip
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Response, current_app, request
from werkzeug.http import generate_etag

pages = Blueprint("loader", __name__)


@pages.get("/js/button.js")
def show() -> Response:
    """The loader, the same for every placement; pages keep it for a minute and then ask whether it is still the one."""
    path = Path(str(current_app.static_folder)) / "dist" / "button.js"
    plain, compressed = _versions(path, path.stat().st_mtime_ns)
    takes_gzip = "gzip" in request.headers.get("Accept-Encoding", "")
    body = compressed if takes_gzip else plain
    response = Response(body, content_type="application/javascript; charset=utf-8")
    if takes_gzip:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = "public, max-age=60, must-revalidate"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.set_etag(generate_etag(body))
    return response.make_conditional(request)  # type: ignore[return-value]  # it gives itself back


@lru_cache(maxsize=4)
def _versions(path: Path, _changed: int) -> tuple[bytes, bytes]:
    plain = path.read_bytes()
    return plain, gzip.compress(plain, 9, mtime=0)
