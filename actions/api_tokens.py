"""Tokens of the API: issued once, recognised by their hash, revoked for good."""

from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from actions import audit
from actions.ids import new_plain_token, token_hash
from models.api_tokens import ApiToken, TokenState
from models.audit import AuditKind
from policy.errors import DomainError
from policy.scopes import TokenScope

PREFIX = "otvet_"
"""By it scanners find a token that was published by mistake."""
NOTED_EVERY = timedelta(minutes=10)
_SHOWN_AT_THE_END = 4
_REFUSALS = {TokenState.REVOKED: "token_revoked", TokenState.EXPIRED: "token_expired"}


class TokenRefused(DomainError):
    """`token_missing`, `token_unknown`, `token_expired` or `token_revoked`."""


class TokenNotIssued(DomainError):
    """`name_missing`, `name_taken`, `scopes_missing` or `expires_too_early`."""


def issue_token(session: Session, token: ApiToken, now: datetime, *, by_operator_id: int) -> str:
    """Make a token and give its text, which is not kept and cannot be shown again."""
    _refuse_unusable(session, token, now)
    text = PREFIX + new_plain_token()
    token.token_hash = token_hash(text)
    token.mark = f"{text[: len(PREFIX) + 2]}…{text[-_SHOWN_AT_THE_END:]}"
    token.created_at = now
    token.created_by_id = by_operator_id
    session.add(token)
    session.flush()
    given = {"scopes": (None, token.scopes), "expires_at": (None, token.expires_at)}
    audit.write(session, AuditKind.TOKEN_ISSUED, token, given)
    return text


def revoke_token(session: Session, token: ApiToken, now: datetime) -> None:
    """From now on it opens nothing; it stays in the list."""
    if token.revoked_at is not None:
        return
    token.revoked_at = now
    session.flush()
    audit.write(session, AuditKind.TOKEN_REVOKED, token)


def token_of(session: Session, text: str, now: datetime) -> ApiToken:
    """The token with this text. It is looked up by the hash of 256 random bits, so times tell nothing about it."""
    if not text:
        raise TokenRefused("token_missing")
    token = session.scalar(select(ApiToken).where(ApiToken.token_hash == token_hash(text)))
    if token is None:
        raise TokenRefused("token_unknown")
    state = token.state_at(now)
    if state in _REFUSALS:
        raise TokenRefused(_REFUSALS[state])
    return token


def scopes_of(token: ApiToken) -> frozenset[TokenScope]:
    """What the token may; a scope that there is no more allows nothing."""
    known = {scope.value: scope for scope in TokenScope}
    return frozenset(known[name] for name in token.scopes if name in known)


def is_use_to_be_noted(token: ApiToken, now: datetime) -> bool:
    """Whether its last noted use is long enough ago; a call should not have to write each time."""
    return token.last_used_at is None or now - token.last_used_at >= NOTED_EVERY


def note_use(session: Session, token_id: int, address: str, now: datetime) -> None:
    """Write down when and from where a token was used."""
    session.execute(
        update(ApiToken)
        .where(ApiToken.id == token_id)
        .values(last_used_at=now, last_used_from=address)
        .execution_options(synchronize_session=False)
    )


def _refuse_unusable(session: Session, token: ApiToken, now: datetime) -> None:
    if not token.name:
        raise TokenNotIssued("name_missing")
    if not scopes_of(token):
        raise TokenNotIssued("scopes_missing")
    if token.expires_at is not None and token.expires_at <= now:
        raise TokenNotIssued("expires_too_early")
    same_name = func.lower(ApiToken.name) == token.name.lower()
    with session.no_autoflush:
        known = session.scalar(select(ApiToken.id).where(same_name, ApiToken.revoked_at.is_(None)).limit(1))
    if known is not None:
        raise TokenNotIssued("name_taken")
