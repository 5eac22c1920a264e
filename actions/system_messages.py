"""What the system says in a chat: a line of its log that both sides see, written by nobody."""

from datetime import datetime

from sqlalchemy.orm import Session

from actions.automatic_texts import text_for
from actions.changes import next_revision
from models.chats import AuthorKind, Chat, Message
from models.queries.chats import MessageView
from models.settings import load_settings
from policy.automatic_texts import AutomaticText


def say(session: Session, chat: Chat, body: str, revision: int, now: datetime) -> MessageView:
    """Add a line to a locked chat; whoever calls announces it with this revision.

    It answers nobody and is nobody's news: who waits still waits, and the last words of a chat stay a person's.
    """
    chat.last_seq += 1
    session.add(
        Message(
            chat_id=chat.id, seq=chat.last_seq, revision=revision, author=AuthorKind.SYSTEM, body=body, at=now
        )
    )
    return MessageView(chat.public_id, chat.last_seq, revision, AuthorKind.SYSTEM, None, body, now, None)


def farewell(session: Session, chat: Chat, now: datetime) -> tuple[int, tuple[MessageView, ...]]:
    """The next revision, and the company's last line in a chat that it, or the time, ends, where it wants one."""
    revision = next_revision(session, chat.visitor_id)
    words = text_for(load_settings(session), AutomaticText.CHAT_CLOSED, chat.language)
    return revision, (say(session, chat, words, revision, now),) if words else ()
