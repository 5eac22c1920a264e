"""What a record of an .mmdb file says, whoever made the file: MaxMind, DB-IP or ip-location-db."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_DISTRICT = re.compile(r"\s*\([^()]*\)\s*")
_NOWHERE = "ZZ"


@dataclass(frozen=True, slots=True)
class Record:
    """A country by its two letters, and a city by its names in languages; English is there when any is."""

    country: str
    city: Mapping[str, str]
    state: str
    latitude: float
    longitude: float


def read(record: Any) -> Record | None:
    """The record in one form; None when it names no country."""
    if not isinstance(record, Mapping):
        return None
    return _known(_nested(record) if isinstance(record.get("country"), Mapping) else _flat(record))


def _known(record: Record) -> Record | None:
    is_country = len(record.country) == 2 and record.country.isalpha() and record.country != _NOWHERE
    return record if is_country else None


def _flat(record: Mapping[str, Any]) -> Record:
    """As ip-location-db has it: every value a text or a number of the record itself."""
    return Record(
        country=str(record.get("country_code") or ""),
        city=_names({"en": record.get("city")}),
        state=str(record.get("state1") or ""),
        latitude=float(record.get("latitude") or 0),
        longitude=float(record.get("longitude") or 0),
    )


def _nested(record: Mapping[str, Any]) -> Record:
    """As MaxMind and DB-IP have it: country, city and states with names in several languages."""
    states = record.get("subdivisions") or [{}]
    location = record.get("location") or {}
    return Record(
        country=str(record["country"].get("iso_code") or ""),
        city=_names((record.get("city") or {}).get("names") or {}),
        state=str((states[0].get("names") or {}).get("en") or ""),
        latitude=float(location.get("latitude") or 0),
        longitude=float(location.get("longitude") or 0),
    )


def _names(given: Mapping[str, Any]) -> dict[str, str]:
    """Names by language; DB-IP puts districts of a city in brackets behind it."""
    names = {tag: _DISTRICT.sub(" ", str(name or "")).strip() for tag, name in given.items()}
    names = {tag: name for tag, name in names.items() if name}
    if names and "en" not in names:
        names["en"] = next(iter(names.values()))
    return names
