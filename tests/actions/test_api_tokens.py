"""Tokens of the API: shown once, kept as a hash, good for their scopes until they expire or are revoked."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from actions import api_tokens
from actions.api_tokens import TokenNotIssued, TokenRefused
from models import ApiToken, TokenState
from models.database import unit_of_work
from policy.scopes import TokenScope
from tests.support.clock import SteppingClock
from tests.support.company import Company


def issue(
    session: Session,
    company: Company,
    clock: SteppingClock,
    name: str = "CRM",
    scopes: tuple[str, ...] = ("chats:read",),
    works_for: timedelta | None = None,
) -> tuple[str, ApiToken]:
    expires_at = None if works_for is None else clock() + works_for
    with unit_of_work(session) as unit:
        token = ApiToken(name=name, scopes=list(scopes), expires_at=expires_at)
        issued = api_tokens.issue_token(unit, token, clock(), by_operator_id=company.administrator.id)
    return issued, token


def test_a_token_is_found_by_its_text_and_by_nothing_else(
    session: Session, company: Company, clock: SteppingClock
) -> None:
    issued, token = issue(session, company, clock)
    assert re.fullmatch(r"otvet_[A-Za-z0-9]{43}", issued)
    assert api_tokens.token_of(session, issued, clock()).id == token.id
    for wrong in (issued[:-1], issued + "a", issued.swapcase(), token.mark, "otvet_", "x" * 10_000):
        with pytest.raises(TokenRefused) as refused:
            api_tokens.token_of(session, wrong, clock())
        assert refused.value.code == "token_unknown"
    with pytest.raises(TokenRefused) as refused:
        api_tokens.token_of(session, "", clock())
    assert refused.value.code == "token_missing"


def test_nothing_that_opens_anything_is_stored(
    session: Session, company: Company, clock: SteppingClock
) -> None:
    issued, token = issue(session, company, clock)
    row = session.execute(text("SELECT * FROM api_tokens")).one()
    assert issued not in repr(tuple(row)) and issued.encode() not in repr(tuple(row)).encode()
    # Recognisable, and no help in guessing: 37 of 43 characters are not told.
    assert token.mark.startswith("otvet_") and token.mark.endswith(issued[-4:]) and len(token.mark) == 13


def test_two_tokens_have_nothing_in_common(session: Session, company: Company, clock: SteppingClock) -> None:
    first, _ = issue(session, company, clock, "One")
    second, _ = issue(session, company, clock, "Two")
    assert first != second and api_tokens.token_of(session, second, clock()).name == "Two"


def test_an_expired_token_opens_nothing(session: Session, company: Company, clock: SteppingClock) -> None:
    issued, token = issue(session, company, clock, works_for=timedelta(days=1))
    assert token.state_at(clock()) is TokenState.ACTIVE
    api_tokens.token_of(session, issued, clock() + timedelta(days=1, microseconds=-1))
    with pytest.raises(TokenRefused) as refused:
        api_tokens.token_of(session, issued, clock() + timedelta(days=1))
    assert refused.value.code == "token_expired"


def test_a_revoked_token_opens_nothing_and_says_so(
    session: Session, company: Company, clock: SteppingClock
) -> None:
    issued, token = issue(session, company, clock, works_for=timedelta(days=1))
    with unit_of_work(session) as unit:
        api_tokens.revoke_token(unit, token, clock())
    first = token.revoked_at
    with unit_of_work(session) as unit:
        api_tokens.revoke_token(unit, token, clock() + timedelta(hours=1))
    assert token.revoked_at == first
    with pytest.raises(TokenRefused) as refused:
        api_tokens.token_of(session, issued, clock() + timedelta(days=7))
    assert refused.value.code == "token_revoked"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"name": ""}, "name_missing"),
        ({"name": "crm"}, "name_taken"),
        ({"scopes": ()}, "scopes_missing"),
        ({"scopes": ("everything",)}, "scopes_missing"),
        ({"works_for": timedelta(0)}, "expires_too_early"),
    ],
)
def test_a_token_that_would_be_no_use_is_not_issued(
    session: Session, company: Company, clock: SteppingClock, fields: dict[str, object], code: str
) -> None:
    issue(session, company, clock)
    with pytest.raises(TokenNotIssued) as refused:
        issue(session, company, clock, **{"name": "Other", **fields})  # type: ignore[arg-type]
    assert refused.value.code == code
    session.rollback()
    assert session.query(ApiToken).count() == 1


def test_the_name_of_a_revoked_token_is_free_again(
    session: Session, company: Company, clock: SteppingClock
) -> None:
    _, token = issue(session, company, clock)
    with unit_of_work(session) as unit:
        api_tokens.revoke_token(unit, token, clock())
    issue(session, company, clock)


def test_a_scope_that_there_is_no_more_allows_nothing() -> None:
    token = ApiToken(scopes=["chats:read", "spells:cast"])
    assert api_tokens.scopes_of(token) == {TokenScope.CHATS_READ}


def test_its_use_is_noted_coarsely(session: Session, company: Company, clock: SteppingClock) -> None:
    _, token = issue(session, company, clock)
    assert api_tokens.is_use_to_be_noted(token, clock())
    with unit_of_work(session) as unit:
        api_tokens.note_use(unit, token.id, "192.0.2.9", clock())
    assert (token.last_used_at, token.last_used_from) == (clock(), "192.0.2.9")
    assert not api_tokens.is_use_to_be_noted(token, clock() + timedelta(minutes=9))
    assert api_tokens.is_use_to_be_noted(token, clock() + timedelta(minutes=10))


def test_a_token_outlives_the_account_that_issued_it(
    session: Session, company: Company, clock: SteppingClock
) -> None:
    issued, _ = issue(session, company, clock)
    with unit_of_work(session) as unit:
        unit.execute(text("DELETE FROM status_changes"))
        unit.execute(text("DELETE FROM operators"))
    assert api_tokens.token_of(session, issued, clock()).created_by is None
