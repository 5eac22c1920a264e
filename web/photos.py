"""Photos of operators, as everybody may see them."""

from flask import Blueprint, Response, abort, current_app, send_from_directory

from actions.photos import PHOTO_NAME

photos = Blueprint("photos", __name__)

ONE_YEAR = 365 * 24 * 3600


@photos.get("/photos/<name>")
def photo(name: str) -> Response:
    """One photo; its name is drawn anew with every picture, so a browser may keep it for ever."""
    if not PHOTO_NAME.fullmatch(name):
        abort(404)
    response = send_from_directory(
        current_app.config["OTVET"].photo_dir, name, mimetype="image/webp", max_age=ONE_YEAR
    )
    response.cache_control.public = True
    response.cache_control.immutable = True
    return response
