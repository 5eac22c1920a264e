"""The two commands that both planes have alike: a message, and how far somebody has read."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from actions.messages import Author, Post, Posted, Read
from config import Rate
from policy.rights import Action
from realtime import payloads
from realtime.commands import PostMessage, ReadUpTo
from realtime.planes import HotCommand

WhenClosed = Callable[[Session, Post, datetime], Posted]


def post_command(
    rate: Rate | str, action: Action | None = None, when_closed: WhenClosed | None = None
) -> HotCommand[PostMessage]:
    """A message; it is stored together with what else comes at the moment."""
    return HotCommand("post", PostMessage, _post, _posted, action, rate, when_closed)


def read_command(rate: Rate | str, action: Action | None = None) -> HotCommand[ReadUpTo]:
    """How far the chat has been seen."""
    return HotCommand("read", ReadUpTo, _read, _seen, action, rate)


def _post(author: Author, payload: PostMessage) -> Post:
    return Post(author, payload.chat, payload.client_id, payload.body)


def _read(author: Author, payload: ReadUpTo) -> Read:
    return Read(author, payload.chat, payload.seq)


def _posted(answer: Posted) -> dict[str, Any]:
    return {
        "seq": answer.seq,
        "revision": answer.revision,
        "at": payloads.time(answer.at),
        "duplicate": answer.duplicate,
    }


def _seen(answer: int) -> dict[str, Any]:
    return {"seq": answer}
