"""Scripts and styles travel compressed. Pages do not: they hold secrets beside what strangers type."""

import gzip
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, current_app, request
from werkzeug.security import safe_join

COMPRESSED_TYPES = frozenset({"text/javascript", "application/javascript", "text/css", "image/svg+xml"})
SMALLEST_BYTES = 1024


def init_app(app: Flask) -> None:
    """Compress static files of text, once for each content."""
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    if request.endpoint != "static" or response.mimetype not in COMPRESSED_TYPES:
        return response
    response.vary.add("Accept-Encoding")
    name = safe_join(str(current_app.static_folder), str((request.view_args or {})["filename"]))
    if (
        name is None
        or response.status_code != 200
        or "gzip" not in request.headers.get("Accept-Encoding", "")
    ):
        return response
    path = Path(name)
    body = _compressed(path, path.stat().st_mtime_ns)
    if len(body) < SMALLEST_BYTES:
        return response
    etag, _is_weak = response.get_etag()
    response.close()
    response.direct_passthrough = False
    response.set_data(body)
    response.headers["Content-Encoding"] = "gzip"
    if etag:
        response.set_etag(f"{etag}-gzip")
    return response


@lru_cache(maxsize=128)
def _compressed(path: Path, _changed: int) -> bytes:
    return gzip.compress(path.read_bytes(), 9, mtime=0)
