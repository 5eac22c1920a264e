"""Letters: what we write to whom, in the person's language, as text and as simple HTML."""

from dataclasses import dataclass
from datetime import datetime
from gettext import NullTranslations
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from markupsafe import Markup
from sqlalchemy.orm import Session

from actions import outbox
from actions.words import words_of
from models.operators import Operator
from models.outbox import OutboxItem, OutboxKind
from models.settings import Settings, load_settings
from policy.emails import split_addresses
from policy.languages import Language
from policy.texts import clean_line

NAMELESS = "Otvet"
"""Who signs until the company has told its name."""
_SUBJECT_MAXIMUM = 255

_PAGE = Markup(
    '<!doctype html>\n<html lang="{tag}" dir="{direction}">\n'
    '<head><meta charset="utf-8"><title>{subject}</title></head>\n'
    '<body style="margin:0;padding:24px;font:16px/1.5 sans-serif;color:#17202b;background:#ffffff">\n'
    '<div style="max-width:560px">\n{paragraphs}\n{button}\n'
    '<p style="margin:24px 0 0;color:#566273">{signature}</p>\n</div>\n</body>\n</html>\n'
)
_PARAGRAPH = Markup('<p style="margin:0 0 16px;white-space:pre-line;overflow-wrap:anywhere">{}</p>')
_BUTTON = Markup(
    '<p style="margin:24px 0"><a href="{address}" style="display:inline-block;padding:10px 20px;border-radius:8px;'
    'background:#0f766e;color:#ffffff;text-decoration:none;font-weight:600">{label}</a></p>\n'
    '<p style="margin:0 0 16px;font-size:14px;color:#566273;word-break:break-all" dir="ltr">{address}</p>'
)


@dataclass(frozen=True, slots=True)
class Letter:
    """What a letter says, without its sender and form."""

    language: Language
    subject: str
    paragraphs: tuple[str, ...]
    button: tuple[str, str] | None = None
    """What is written on the one link, and where it leads."""


def language_of(operator: Operator, settings: Settings) -> Language:
    """The language in which we write to a person."""
    return operator.interface_language or settings.language


def put_letter(
    session: Session,
    letter: Letter,
    dedupe_key: str,
    now: datetime,
    *,
    recipient: str,
    is_secret: bool = False,
    useful_until: datetime | None = None,
) -> OutboxItem:
    """Write a letter into the outbox, in the company's name; a secret one is forgotten once it is out.

    One that has not left when it stops being useful does not leave at all.
    """
    company = load_settings(session).company_name or NAMELESS
    subject = clean_line(letter.subject, len(letter.subject))[:_SUBJECT_MAXIMUM]
    return outbox.put(
        session,
        OutboxKind.LETTER,
        dedupe_key,
        now,
        recipient=recipient,
        subject=subject,
        payload={
            "sender": clean_line(company, len(company)),
            "language": letter.language.tag,
            "text": text_of(letter, company),
            "html": html_of(letter, company),
            "is_secret": is_secret,
        },
        useful_until=useful_until,
    )


def text_of(letter: Letter, signature: str) -> str:
    """The letter as plain text."""
    link = ["\n".join(letter.button)] if letter.button else []
    return "\n\n".join([*letter.paragraphs, *link, f"--\u0020\n{signature}"]) + "\n"


def html_of(letter: Letter, signature: str) -> str:
    """The same as HTML; whatever people typed is text in it."""
    label, address = letter.button or ("", "")
    return _PAGE.format(
        tag=letter.language.tag,
        direction=letter.language.direction,
        subject=letter.subject,
        paragraphs=Markup("\n").join(_PARAGRAPH.format(text) for text in letter.paragraphs),
        button=_BUTTON.format(label=label, address=address) if letter.button else "",
        signature=signature,
    )


def reset_letter(name: str, email: str, address: str, language: Language) -> Letter:
    """To somebody who forgot the password."""
    say = words_of(language)
    return Letter(
        language,
        say.gettext("Set a new password"),
        (
            _hello(say, name),
            say.gettext("Somebody, most likely you, asked to set a new password for the account %(email)s.")
            % {"email": email},
            say.gettext(
                "The link works once, within 1 hour. If it was not you, do nothing: the password stays."
            ),
        ),
        (say.gettext("Set a new password"), address),
    )


def invitation_letter(name: str, email: str, address: str, company: str, language: Language) -> Letter:
    """To somebody for whom an administrator made an account."""
    say = words_of(language)
    return Letter(
        language,
        say.gettext("%(company)s: your account") % {"company": company or NAMELESS},
        (
            _hello(say, name),
            say.gettext(
                "An account was made for you, to answer visitors of the site. Your sign-in name is %(email)s."
            )
            % {"email": email},
            say.gettext("Choose your password by the link. It works once, within 72 hours."),
        ),
        (say.gettext("Choose a password"), address),
    )


def put_password_changed(session: Session, operator: Operator, now: datetime) -> None:
    """Tell the owner of an account that its password is another one now."""
    say = words_of(language_of(operator, load_settings(session)))
    _put_warning(
        session,
        operator,
        "password-changed",
        now,
        subject=say.gettext("Your password was changed"),
        news=say.gettext("The password of the account %(email)s was changed: %(time)s."),
    )


def put_second_factor_changed(session: Session, operator: Operator, now: datetime, *, is_on: bool) -> None:
    """Tell the owner of an account that codes are asked for from now on, or no more."""
    say = words_of(language_of(operator, load_settings(session)))
    if is_on:
        subject = say.gettext("The second factor is on")
        news = say.gettext("The second factor of the account %(email)s was switched on: %(time)s.")
    else:
        subject = say.gettext("The second factor is off")
        news = say.gettext("The second factor of the account %(email)s was switched off: %(time)s.")
    _put_warning(session, operator, "second-factor", now, subject=subject, news=news)


def _put_warning(
    session: Session, operator: Operator, kind: str, now: datetime, *, subject: str, news: str
) -> None:
    """What was changed about an account and when; `news` leaves room for both."""
    settings = load_settings(session)
    language = language_of(operator, settings)
    say = words_of(language)
    at = format_datetime(now.astimezone(ZoneInfo(settings.time_zone)), "long", locale=language.tag)
    letter = Letter(
        language,
        subject,
        (
            _hello(say, operator.internal_name),
            news % {"email": operator.email, "time": at},
            say.gettext("If it was not you, tell your administrator at once."),
        ),
    )
    put_letter(
        session,
        letter,
        f"{kind}:{operator.public_id}:{now.isoformat()}",
        now,
        recipient=operator.email or "",
    )


def put_webhook_switched_off(
    session: Session, address: str, failing_since: datetime, dedupe_key: str, now: datetime
) -> None:
    """Tell whoever looks after the system that a receiver took nothing for so long that it is called no more."""
    settings = load_settings(session)
    say = words_of(settings.language)
    at = format_datetime(
        failing_since.astimezone(ZoneInfo(settings.time_zone)), "long", locale=settings.language.tag
    )
    letter = Letter(
        settings.language,
        say.gettext("A webhook was switched off"),
        (
            say.gettext("The receiver %(address)s has taken nothing since %(time)s, so we call it no more.")
            % {"address": address, "time": at},
            say.gettext(
                "When it works again, switch the webhook on in the general settings: "
                "what has been waiting for it is then sent."
            ),
        ),
    )
    for recipient in split_addresses(settings.system_emails):
        put_letter(session, letter, f"{dedupe_key}:{recipient}"[:128], now, recipient=recipient)


def put_test_letter(session: Session, operator: Operator, dedupe_key: str, now: datetime) -> OutboxItem:
    """A letter by which an administrator sees that letters arrive."""
    language = language_of(operator, load_settings(session))
    say = words_of(language)
    letter = Letter(
        language,
        say.gettext("Test letter"),
        (
            _hello(say, operator.internal_name),
            say.gettext(
                "You asked for this letter in the general settings. You can read it, so letters arrive."
            ),
        ),
    )
    return put_letter(session, letter, dedupe_key, now, recipient=operator.email or "")


def _hello(say: NullTranslations, name: str) -> str:
    return say.gettext("Hello, %(name)s!") % {"name": name}
