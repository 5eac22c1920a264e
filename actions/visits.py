"""Visitors: who they are (a browser with a token), and the pages they have open."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from actions.events import VisitorsMoved, record
from actions.ids import new_public_id, new_token, token_hash
from models.chats import IS_OPEN, Chat
from models.placements import Placement
from models.settings import load_settings
from models.visitors import PageView, Visitor, VisitorPresence

_WITH_OPEN_CHATS = select(Chat.visitor_id, Chat.visitor_left_at).where(IS_OPEN)
KEPT = timedelta(days=1)
REMEMBER_AGAIN_EVERY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class View:
    """What a page tells of itself when it opens; texts are already cut."""

    id: str
    url: str = ""
    title: str = ""
    referrer: str = ""


@dataclass(frozen=True, slots=True)
class Entered:
    visitor: Visitor
    token: str | None
    """Only when a new one was made."""


def visitor_of(session: Session, token: str | None, now: datetime) -> Visitor | None:
    """The visitor whom this token names, if they were here within the time for which visitors are remembered."""
    if not token:
        return None
    remembered = timedelta(days=load_settings(session).visitor_remembered_days)
    return session.scalar(
        select(Visitor).where(
            Visitor.token_hash == token_hash(token), Visitor.last_seen_at > now - remembered
        )
    )


def enter(session: Session, token: str | None, now: datetime, *, address: str, user_agent: str) -> Entered:
    """A chat window opens: the browser is recognised by its token, or is a new visitor with a token of our making."""
    known = visitor_of(session, token, now)
    kept_address = address[:45] if load_settings(session).tracks_visitors else ""
    if known is not None:
        if known.last_seen_at < now - REMEMBER_AGAIN_EVERY:
            known.last_seen_at = now
        if known.address != kept_address:  # where somebody is, is where they are now
            known.address = kept_address
        return Entered(known, None)
    fresh = new_token()
    visitor = Visitor(
        public_id=new_public_id(),
        token_hash=token_hash(fresh),
        address=kept_address,
        user_agent=user_agent[:300],
        created_at=now,
        last_seen_at=now,
    )
    session.add(visitor)
    session.flush()
    return Entered(visitor, fresh)


def begin_view(
    session: Session,
    placement: Placement,
    view: View,
    now: datetime,
    *,
    address: str,
    site: str,
    own_site: str = "",
) -> None:
    """A page with our button opens; the placement remembers on which site its button was first and last seen.

    Told twice, it is one view. A test page, which stands on our own site, shows nothing about where the code is.
    Where visitors are not followed, it is counted and nothing else is kept of it.
    """
    is_followed = load_settings(session).tracks_visitors
    kept = {"url": view.url, "title": view.title, "referrer": view.referrer, "address": address[:45]}
    session.merge(
        PageView(
            id=view.id,
            placement_id=placement.id,
            **(kept if is_followed else dict.fromkeys(kept, "")),
            started_at=now,
            last_beat_at=now,
            ended_at=None,
        )
    )
    if site != own_site:
        placement.first_seen_at = placement.first_seen_at or now
        placement.last_seen_at = now
        placement.last_seen_site = site[:255]
    record(session, VisitorsMoved())


def beat(session: Session, view_ids: Collection[str], now: datetime) -> None:
    """These pages are still open."""
    session.execute(update(PageView).where(PageView.id.in_(view_ids)).values(last_beat_at=now, ended_at=None))


def leave(session: Session, view_id: str, now: datetime) -> None:
    """A page was left."""
    session.execute(
        update(PageView).where(PageView.id == view_id, PageView.ended_at.is_(None)).values(ended_at=now)
    )
    record(session, VisitorsMoved())


def note_here(session: Session, visitor_ids: Collection[int], now: datetime) -> bool:
    """These visitors have a living chat window; remembered of those who have an open chat.

    Says whether one of them was believed to have left.
    """
    here = set(visitor_ids)
    rows = [row for row in session.execute(_WITH_OPEN_CHATS) if row.visitor_id in here]
    if rows:
        # By number: two processes that note the same visitors must not wait for each other.
        seen = [{"visitor_id": visitor_id, "seen_at": now} for visitor_id in sorted({row[0] for row in rows})]
        dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
        note = dialect.insert(VisitorPresence)
        session.execute(
            note.on_conflict_do_update(
                index_elements=[VisitorPresence.visitor_id], set_={"seen_at": note.excluded.seen_at}
            ),
            seen,
        )
    return any(row.visitor_left_at is not None for row in rows)


def forget_old_presence(session: Session, now: datetime) -> None:
    """Who was there is of interest only as long as their chat may wait for them."""
    session.execute(delete(VisitorPresence).where(VisitorPresence.seen_at < now - KEPT))


def forget_old_views(session: Session, now: datetime) -> None:
    """Views are of interest for a day after their last sign of life."""
    session.execute(delete(PageView).where(PageView.last_beat_at < now - KEPT))
