"""What people are told who tried too often."""

from flask_babel import ngettext

HOUR_MINUTES = 60


def too_often(wait_seconds: int) -> str:
    """When to try again."""
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
