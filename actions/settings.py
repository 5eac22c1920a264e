"""What an administrator does with the company's settings."""

import zoneinfo

from sqlalchemy.orm import Session

from actions.errors import Invalid
from actions.events import SettingsChanged, record
from models.settings import Settings


def save_settings(session: Session, settings: Settings) -> None:
    """Accept edited settings; whoever depends on them hears of it after the commit, in every process."""
    if not settings.company_name:
        raise Invalid({"company_name": "required"})
    if settings.time_zone not in zoneinfo.available_timezones():
        raise Invalid({"time_zone": "choice"})
    session.add(settings)
    session.flush()
    record(session, SettingsChanged())
