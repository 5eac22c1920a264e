"""What pages say of how an account is secured: the second factor, and the browsers in which its owner is signed in."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import get_locale
from flask_babel import gettext as _

import geo
from actions import second_factor
from clock import now
from geo import countries
from models.base import db
from models.operators import Operator
from models.queries.sessions import SessionView, sessions_of
from models.second_factors import SecondFactor
from models.settings import load_settings
from policy.browsers import browser_of, is_handheld


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One signed-in browser in plain words."""

    id: int
    browser: str
    is_handheld: bool
    address: str
    place: str
    began_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True, slots=True)
class Security:
    """What a page shows of an account."""

    second_factor_since: datetime | None
    codes_left: int
    is_demanded: bool
    sessions: list[SessionRow]


def security_of(operator: Operator) -> Security:
    """How this account stands."""
    session = db.session()
    factor = session.get(SecondFactor, operator.id)
    return Security(
        second_factor_since=factor.since if factor else None,
        codes_left=second_factor.codes_left(session, operator.id),
        is_demanded=load_settings(session).second_factor_demanded,
        sessions=[_row(view) for view in sessions_of(session, operator.id, now())],
    )


def _row(view: SessionView) -> SessionRow:
    return SessionRow(
        id=view.id,
        browser=browser_of(view.user_agent) or _("Unknown browser"),
        is_handheld=is_handheld(view.user_agent),
        address=view.address,
        place=_place(view.address),
        began_at=view.began_at,
        last_seen_at=view.last_seen_at,
    )


def _place(address: str) -> str:
    """City and country as far as the address tells them; nothing for addresses of a house of its own."""
    found, language = geo.lookup(address), str(get_locale())
    if found is None:
        return ""
    country = countries.name_in(found.country, language)
    return f"{found.city.name_in(language)}, {country}" if found.city else country
