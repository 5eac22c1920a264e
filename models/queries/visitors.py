"""Who is on the site now."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from models.visitors import PageView

ALIVE = timedelta(seconds=45)
"""A page whose last heartbeat is older is no longer on the site."""


def is_on_site(now: datetime) -> ColumnElement[bool]:
    """Page views with a heartbeat in the last 45 seconds that have not been left."""
    return and_(PageView.last_beat_at > now - ALIVE, PageView.ended_at.is_(None))


def count_on_site(session: Session, now: datetime) -> int:
    """How many pages are open on the site."""
    return session.scalar(select(func.count()).select_from(PageView).where(is_on_site(now))) or 0
