"""The one place that sets the security headers of every response: pages, JSON, files and errors alike."""

import secrets

from flask import Flask, Response, current_app, g, request
from werkzeug.exceptions import SecurityError

from config import Config

PERMISSIONS = "camera=(), microphone=(), geolocation=(), payment=()"
STRICT_TRANSPORT = "max-age=63072000; includeSubDomains"
YEAR_SECONDS = 365 * 24 * 3600


def init_app(app: Flask) -> None:
    """Set the headers after everything else has made its answer."""
    app.after_request(_set_headers)
    app.jinja_env.globals["csp_nonce"] = csp_nonce


def csp_nonce() -> str:
    """The one word of this response that lets its own script and style elements run."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def _set_headers(response: Response) -> Response:
    config: Config = current_app.config["OTVET"]
    framed_by = g.get("frame_ancestors")
    headers = response.headers
    headers.setdefault("Content-Security-Policy", _policy(framed_by or "'none'"))
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Permissions-Policy", PERMISSIONS)
    headers.setdefault("Referrer-Policy", "no-referrer" if framed_by else "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    if not framed_by:
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if config.is_secure:
        headers.setdefault("Strict-Transport-Security", STRICT_TRANSPORT)
    _set_caching(response)
    return response


def _policy(framed_by: str) -> str:
    nonce = csp_nonce()
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'nonce-{nonce}'",
            f"style-src 'self' 'nonce-{nonce}'",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            "media-src 'self'",
            f"connect-src 'self'{_sockets()}",
            "form-action 'self'",
            "base-uri 'none'",
            "object-src 'none'",
            "frame-src 'none'",
            f"frame-ancestors {framed_by}",
        )
    )


def _sockets() -> str:
    """Some browsers do not count a WebSocket of the same host as 'self'."""
    try:
        return f" ws://{request.host} wss://{request.host}"
    except SecurityError:
        return ""


def _set_caching(response: Response) -> None:
    if request.endpoint == "static" or (request.endpoint or "").endswith(".static"):
        # An address with its content's mark never changes its content.
        if "v" in request.args and response.status_code == 200:
            response.headers["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable"
        return
    # Everything else is somebody's own until a view says otherwise: the back button after signing out shows nothing.
    response.headers.setdefault("Cache-Control", "no-store")
