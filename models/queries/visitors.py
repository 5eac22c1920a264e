"""Who is on the site now."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.visitors import PageView

ALIVE = timedelta(seconds=45)
"""A page whose last heartbeat is older is no longer on the site."""


def count_on_site(session: Session, now: datetime) -> int:
    """Page views with a heartbeat in the last 45 seconds."""
    alive = select(func.count()).select_from(PageView).where(PageView.last_beat_at > now - ALIVE)
    return session.scalar(alive.where(PageView.ended_at.is_(None))) or 0
