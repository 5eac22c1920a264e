"""What an administrator does with the company's settings."""

import zoneinfo

from sqlalchemy.orm import Session

from actions.events import SettingsChanged, record
from models.settings import Settings
from policy.errors import DomainError


class SettingsRefused(DomainError):
    """`company_name_missing` or `time_zone_unknown`."""


def save_settings(session: Session, settings: Settings) -> None:
    """Accept edited settings; whoever depends on them hears of it after the commit, in every process."""
    if not settings.company_name:
        raise SettingsRefused("company_name_missing")
    if settings.time_zone not in zoneinfo.available_timezones():
        raise SettingsRefused("time_zone_unknown")
    session.add(settings)
    session.flush()
    record(session, SettingsChanged())
