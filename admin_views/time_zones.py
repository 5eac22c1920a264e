"""The choice of a time zone: region, then city, both in the reader's language."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale
from babel.core import get_global
from babel.dates import get_timezone_location
from flask_babel import get_locale
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from clock import now

# Regions are named by territories of CLDR: the world's parts have numbers there.
_AFRICA, _AMERICA, _ASIA, _EUROPE, _OCEANIA, _ANTARCTICA = "002", "019", "142", "150", "009", "AQ"
_REGION_OF_PREFIX: Mapping[str, str] = {
    "Africa": _AFRICA,
    "America": _AMERICA,
    "Antarctica": _ANTARCTICA,
    "Arctic": _EUROPE,
    "Asia": _ASIA,
    "Atlantic": _EUROPE,
    "Australia": _OCEANIA,
    "Europe": _EUROPE,
    "Indian": _AFRICA,
    "Pacific": _OCEANIA,
}
_REGION_OF_ISLAND: Mapping[str, str] = {
    "Atlantic/Bermuda": _AMERICA,
    "Atlantic/Cape_Verde": _AFRICA,
    "Atlantic/South_Georgia": _ANTARCTICA,
    "Atlantic/St_Helena": _AFRICA,
    "Atlantic/Stanley": _AMERICA,
    "Indian/Chagos": _ASIA,
    "Indian/Christmas": _OCEANIA,
    "Indian/Cocos": _OCEANIA,
    "Indian/Kerguelen": _ANTARCTICA,
    "Indian/Maldives": _ASIA,
    "Pacific/Galapagos": _AMERICA,
}
_ORDER = (_EUROPE, _ASIA, _AMERICA, _AFRICA, _OCEANIA, _ANTARCTICA)
UTC = "UTC"
MINUS = "\N{MINUS SIGN}"


@lru_cache(maxsize=16)
def zones_by_region(language_tag: str) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """Every zone of today under its region: the zone's name and its city's, in the order of the alphabet."""
    locale = Locale.parse(language_tag)
    regions: dict[str, list[tuple[str, str]]] = {region: [] for region in _ORDER}
    for zone in sorted(available_timezones() & set(get_global("zone_territories"))):
        region = _REGION_OF_ISLAND.get(zone) or _REGION_OF_PREFIX.get(zone.partition("/")[0])
        if region and zone not in get_global("zone_aliases"):
            regions[region].append((zone, _city(zone, locale)))
    named = [(locale.territories[region], zones) for region, zones in regions.items()]
    return tuple((name, tuple(sorted(zones, key=lambda zone: zone[1].casefold()))) for name, zones in named)


def _city(zone: str, locale: Locale) -> str:
    """The city's name in the language; Unicode's tables list some places under an older name only (Kiev)."""
    older = [alias for alias, today in get_global("zone_aliases").items() if today == zone]
    for name in (zone, *older):
        if "city" in locale.time_zones.get(name, {}):
            return str(locale.time_zones[name]["city"])
    return str(get_timezone_location(zone, locale=locale, return_city=True)).rpartition("/")[2]


@lru_cache(maxsize=1024)
def _zone_info(zone: str) -> ZoneInfo:
    """Kept, because reading hundreds of files for one page takes long."""
    return ZoneInfo(zone)


def offset_of(zone: str, moment: datetime) -> str:
    """How far a zone is from UTC at a moment, as `UTC+03:00`, with a true minus."""
    written = moment.astimezone(_zone_info(zone)).strftime("%z").replace("-", MINUS)
    return f"UTC{written[:3]}:{written[3:5]}"


class TimeZoneField(SelectField):
    """A list of cities under their regions; a stored zone that is no longer in use stays in the list."""

    def __init__(self, label: Any = None, validators: Any = None, **options: Any) -> None:
        super().__init__(label, validators, choices=self._offered, **options)

    def _offered(self, _form: Any = None, _field: Any = None) -> list[SelectChoice]:
        moment = now()
        offered = [
            SelectChoice(zone, f"{city}, {offset_of(zone, moment)}", optgroup=region)
            for region, zones in zones_by_region(str(get_locale()))
            for zone, city in zones
        ]
        known = {choice.value for choice in offered}
        stored = self.object_data
        others = [stored] if stored and stored not in known and stored in available_timezones() else []
        if UTC not in (*known, *others):
            others.append(UTC)
        return offered + [SelectChoice(zone, zone) for zone in others]
