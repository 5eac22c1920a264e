"""Letters to the company about a chat that has ended: missed, or what was said in it."""

from collections.abc import Iterator
from datetime import datetime
from gettext import NullTranslations
from hashlib import sha256
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, format_time
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from actions.letters import Letter, put_letter
from actions.words import words_of
from models.chats import AuthorKind, Chat, Message
from models.queries.chats import MessageView, messages_before
from models.settings import Settings, load_settings
from policy.emails import split_addresses

LONGEST = 500
"""How many messages a letter carries, the last ones; nobody reads more of them in a letter."""


def put_letters(session: Session, chat: Chat, now: datetime) -> None:
    """A chat has ended: its transcript goes out, or that it was missed, to whoever the settings name.

    Missed is said once of a chat, however often it is begun anew. A transcript goes out again only with new words of
    an operator: who writes and closes again and again fills nobody's box. None is written where the field is empty.
    """
    settings = load_settings(session)
    is_missed = chat.first_reply_at is None
    addresses = split_addresses(settings.missed_emails if is_missed else settings.transcript_emails)
    if not addresses:
        return
    letter = _missed(session, chat, settings) if is_missed else _transcript(session, chat, settings)
    answer = None if is_missed else _last_answer(session, chat)
    cause = f"missed:{chat.public_id}" if is_missed else f"transcript:{chat.public_id}:{answer}"
    for address in addresses:
        mark = sha256(address.casefold().encode()).hexdigest()[:16]
        put_letter(session, letter, f"{cause}:{mark}", now, recipient=address)


def _last_answer(session: Session, chat: Chat) -> int | None:
    return session.scalar(
        select(func.max(Message.seq)).where(Message.chat_id == chat.id, Message.author == AuthorKind.OPERATOR)
    )


def _missed(session: Session, chat: Chat, settings: Settings) -> Letter:
    say = words_of(settings.language)
    return Letter(
        settings.language,
        say.gettext("Missed chat: %(visitor)s") % {"visitor": _visitor(chat, say)},
        (
            say.gettext("The chat ended without an answer."),
            "\n".join(_facts(chat, settings, say)),
            "\n".join(_lines(session, chat, settings, say)) or say.gettext("The visitor wrote nothing."),
        ),
    )


def _transcript(session: Session, chat: Chat, settings: Settings) -> Letter:
    say = words_of(settings.language)
    return Letter(
        settings.language,
        say.gettext("Chat with %(visitor)s") % {"visitor": _visitor(chat, say)},
        ("\n".join(_facts(chat, settings, say)), *_lines(session, chat, settings, say)),
    )


def _visitor(chat: Chat, say: NullTranslations) -> str:
    return chat.visitor.name or say.gettext("a visitor")


def _facts(chat: Chat, settings: Settings, say: NullTranslations) -> Iterator[str]:
    """Who, when, where: a line each."""
    visitor = chat.visitor
    given = ", ".join(filter(None, (visitor.name, visitor.email, visitor.phone)))
    zone, tag = ZoneInfo(settings.time_zone), settings.language.tag
    started = format_datetime(chat.started_at.astimezone(zone), "long", locale=tag)
    named = (
        (say.gettext("Visitor"), given or _visitor(chat, say)),
        (say.gettext("Begun"), started),
        (say.gettext("Department"), chat.department.name_in(tag) if chat.department else ""),
        (say.gettext("Operator"), chat.operator.internal_name if chat.operator else ""),
    )
    return (f"{name}: {value}" for name, value in named if value)


def _lines(session: Session, chat: Chat, settings: Settings, say: NullTranslations) -> Iterator[str]:
    """What was said, in its order: time, author, words."""
    if chat.last_seq > LONGEST:
        yield say.gettext("Only the last %(count)s messages stand here.") % {"count": LONGEST}
    zone, tag = ZoneInfo(settings.time_zone), settings.language.tag
    for message in messages_before(session, chat, None, LONGEST):
        at = format_time(message.at.astimezone(zone), "short", locale=tag)
        yield f"{at} {_author(message, chat, say)}: {message.body}"


def _author(message: MessageView, chat: Chat, say: NullTranslations) -> str:
    if message.author is AuthorKind.VISITOR:
        return chat.visitor.name or say.gettext("Visitor")
    if message.operator is not None:
        return message.operator.internal_name
    return say.gettext("The system") if message.author is AuthorKind.SYSTEM else say.gettext("Operator")
