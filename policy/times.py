"""Times as other programs read them."""

from datetime import UTC, datetime


def iso_time(at: datetime | None) -> str | None:
    """ISO 8601 in UTC, to the millisecond."""
    return (
        None if at is None else at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    )
