"""What an administrator does with the company's settings."""

import zoneinfo

from sqlalchemy.orm import Session

from actions import audit
from actions.automatic_texts import own_texts
from actions.categories import save_categories
from actions.email_addresses import wrong_addresses
from actions.events import SettingsChanged, record
from models.settings import Settings
from policy.automatic_texts import TEXT_MAXIMUM, AutomaticText
from policy.crm_links import checked
from policy.emails import split_addresses
from policy.errors import DomainError
from policy.hours_rules import check
from policy.limits import LIMITS

EMAIL_LISTS = ("offline_emails", "missed_emails", "transcript_emails", "finance_emails", "system_emails")


class SettingsRefused(DomainError):
    """`company_name_missing`, `time_zone_unknown`, `email_wrong`, `text_too_long` or `number_out_of_range`."""

    def __init__(self, code: str, field: str) -> None:
        super().__init__(code)
        self.field = field


def save_settings(session: Session, settings: Settings) -> None:
    """Accept edited settings; whoever depends on them hears of it after the commit, in every process.

    A wrong link to a CRM is a `CrmLinkRefused`.
    """
    if not settings.company_name:
        raise SettingsRefused("company_name_missing", "company_name")
    if settings.time_zone not in zoneinfo.available_timezones():
        raise SettingsRefused("time_zone_unknown", "time_zone")
    for name, limit in LIMITS.items():
        if not limit.allows(getattr(settings, name)):
            raise SettingsRefused("number_out_of_range", name)
    _accept_emails(settings)
    _accept_texts(settings)
    settings.crm_link = checked(settings.crm_link or "")
    # Before anything is flushed: what is stored then would look unchanged.
    audit.saved(session, settings)
    save_categories(session, settings.categories or "")
    check(settings.working_hours)
    session.add(settings)
    session.flush()
    record(session, SettingsChanged())


def _accept_emails(settings: Settings) -> None:
    for name in EMAIL_LISTS:
        typed = getattr(settings, name) or ""
        if wrong_addresses(typed):
            raise SettingsRefused("email_wrong", name)
        setattr(settings, name, ", ".join(split_addresses(typed)))


def _accept_texts(settings: Settings) -> None:
    for text in AutomaticText:
        typed = getattr(settings, text.column)
        if any(len(words) > TEXT_MAXIMUM for words in typed.values()):
            raise SettingsRefused("text_too_long", text.column)
        setattr(settings, text.column, own_texts(text, typed))
