"""Links by which a person sets a password: asked for by who forgot it, or sent as an invitation."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, delete, select
from sqlalchemy.orm import Session

from actions import audit
from actions.ids import new_token, token_hash
from actions.letters import Letter, invitation_letter, language_of, put_letter, reset_letter
from actions.link_letters import dedupe_key, end_links
from actions.operators import lock_accounts, normal_email, set_new_password
from models.audit import AuditKind
from models.operators import Operator
from models.password_links import LinkKind, PasswordLink
from models.settings import load_settings
from policy.emails import EMAIL_MAXIMUM
from policy.errors import DomainError
from policy.throttle import RESET_BY_ACCOUNT, RESET_BY_ADDRESS, Limit, wait_seconds

LIFETIMES = {LinkKind.RESET: timedelta(hours=1), LinkKind.INVITE: timedelta(hours=72)}
KEPT = timedelta(days=1)
"""A link that has ended still counts against the limits for so long."""
PATH = "/new-password"


class LinkRefused(DomainError):
    """The link was used, has run out, or never was one: `link_void` in every case."""

    def __init__(self) -> None:
        super().__init__("link_void")


@dataclass(frozen=True, slots=True)
class LinkOwner:
    """Whose password a link sets, as far as the page needs it."""

    email: str
    names: tuple[str, ...]
    """What the password must not contain."""


def seconds_to_wait(session: Session, email: str, address: str, now: datetime) -> int:
    """How long until this address may ask for a link to this e-mail again; 0 = now."""
    return max(
        _wait(session, RESET_BY_ACCOUNT, now, PasswordLink.email == _stored(email)),
        _wait(session, RESET_BY_ADDRESS, now, PasswordLink.address == address[:45]),
    )


def request_reset(session: Session, email: str, address: str, base_url: str, now: datetime) -> None:
    """Send a link to whoever has this e-mail; for one that nobody has the same work is done and nothing sent."""
    settings = load_settings(session)
    operator = session.scalar(
        select(Operator).where(
            Operator.email == normal_email(email), Operator.is_active.is_(True), Operator.deleted_at.is_(None)
        )
    )
    token = _new_link(session, LinkKind.RESET, operator, _stored(email), address, now)
    letter = reset_letter(
        operator.internal_name if operator else email,
        operator.email or "" if operator else email,
        _address(base_url, token),
        language_of(operator, settings) if operator else settings.language,
    )
    about = audit.About(Operator.__tablename__, operator.id if operator else None, _stored(email))
    audit.write(session, AuditKind.PASSWORD_LINK_ASKED, about)
    if operator is not None:
        _put(session, LinkKind.RESET, letter, operator, token, now)


def invite(session: Session, operator: Operator, base_url: str, now: datetime) -> None:
    """Send an invitation; those sent before open nothing any more."""
    end_links(session, now, PasswordLink.operator_id == operator.id, PasswordLink.kind == LinkKind.INVITE)
    settings = load_settings(session)
    token = _new_link(session, LinkKind.INVITE, operator, operator.email or "", "", now)
    letter = invitation_letter(
        operator.internal_name,
        operator.email or "",
        _address(base_url, token),
        settings.company_name,
        language_of(operator, settings),
    )
    audit.write(session, AuditKind.INVITED, operator)
    _put(session, LinkKind.INVITE, letter, operator, token, now)


def owner_of(session: Session, token: str, now: datetime) -> LinkOwner | None:
    """Whose link this is, while it opens anything."""
    operator = session.scalar(_owner(token, now))
    if operator is None:
        return None
    email = operator.email or ""
    company = load_settings(session).company_name
    return LinkOwner(email, (operator.internal_name, operator.public_name, email, company))


def set_password(session: Session, token: str, password_hash: str, now: datetime) -> None:
    """Use the link: the person has this password now, is signed out everywhere, and every link to it is void."""
    # First of all locks: see who else edits accounts. Of two who use one link, the second finds it used.
    lock_accounts(session)
    operator = session.scalar(_owner(token, now).with_for_update(of=Operator))
    if operator is None:
        raise LinkRefused
    set_new_password(session, operator, password_hash, now, by=audit.cause_of(operator))


def forget_old(session: Session, now: datetime) -> None:
    """Links that have run out, as soon as no limit counts them."""
    session.execute(delete(PasswordLink).where(PasswordLink.expires_at < now - KEPT))


def _new_link(
    session: Session, kind: LinkKind, operator: Operator | None, email: str, address: str, now: datetime
) -> str:
    token = new_token()
    session.add(
        PasswordLink(
            kind=kind,
            token_hash=token_hash(token),
            operator_id=operator.id if operator else None,
            email=email,
            address=address[:45],
            created_at=now,
            expires_at=now + LIFETIMES[kind],
        )
    )
    session.flush()
    return token


def _put(
    session: Session, kind: LinkKind, letter: Letter, operator: Operator, token: str, now: datetime
) -> None:
    put_letter(
        session,
        letter,
        dedupe_key(token_hash(token)),
        now,
        recipient=operator.email or "",
        is_secret=True,
        useful_until=now + LIFETIMES[kind],
    )


def _address(base_url: str, token: str) -> str:
    return f"{base_url}{PATH}?token={token}"


def _stored(email: str) -> str:
    return normal_email(email)[:EMAIL_MAXIMUM]


def _is_open(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return PasswordLink.ended_at.is_(None), PasswordLink.expires_at > now


def _owner(token: str, now: datetime) -> Select[Operator]:
    return (
        select(Operator)
        .join(PasswordLink, PasswordLink.operator_id == Operator.id)
        .where(
            PasswordLink.token_hash == token_hash(token),
            *_is_open(now),
            PasswordLink.email == Operator.email,
            Operator.is_active.is_(True),
            Operator.deleted_at.is_(None),
        )
    )


def _wait(session: Session, limits: tuple[Limit, ...], now: datetime, whose: ColumnElement[bool]) -> int:
    window = timedelta(seconds=max(limit.window_seconds for limit in limits))
    asked = session.scalars(
        select(PasswordLink.created_at)
        .where(PasswordLink.kind == LinkKind.RESET, PasswordLink.created_at > now - window, whose)
        .order_by(PasswordLink.created_at.desc())
        .limit(max(limit.count for limit in limits))
    ).all()
    return wait_seconds(asked, limits, now)
