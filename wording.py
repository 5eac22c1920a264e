"""What several faces say alike."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_babel.speaklater import LazyString

HOUR_MINUTES = 60

PASSWORD_REFUSALS: Mapping[str, LazyString] = {
    "password_short": _l("The password is too short: at least 8 characters."),
    "password_long": _l("The password is too long: at most 128 characters."),
    "password_common": _l("This password is one of the first that are guessed. A short phrase is better."),
    "password_personal": _l("The password contains a name or the e-mail address. Choose another one."),
}


def too_often(wait_seconds: int) -> str:
    """What people are told who tried too often: when to try again."""
    minutes = -(-wait_seconds // 60)
    if minutes > HOUR_MINUTES:
        return str(
            ngettext(
                "Too many attempts. Try again in %(num)s hour.",
                "Too many attempts. Try again in %(num)s hours.",
                -(-minutes // HOUR_MINUTES),
            )
        )
    return str(
        ngettext(
            "Too many attempts. Try again in %(num)s minute.",
            "Too many attempts. Try again in %(num)s minutes.",
            minutes,
        )
    )
