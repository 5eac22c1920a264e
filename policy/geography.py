"""Where visitors are, which places a department answers for, and whose visitor somebody is."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from policy.errors import DomainError

PAIRS_MAXIMUM = 500
_HYPHEN = re.compile(r"[-‐‑–—]")
_APOSTROPHES = str.maketrans("", "", "'’ʼ`´ʹ׳\"״")
_DOTLESS = str.maketrans({"ı": "i"})


@dataclass(frozen=True, slots=True)
class City:
    """A city with its name by language tag, and every name (folded) under which it may be typed."""

    name: str
    names: Mapping[str, str] = field(default_factory=dict)
    known_as: frozenset[str] = frozenset()

    def name_in(self, language_tag: str) -> str:
        """Its name in a language, else its Latin one."""
        return self.names.get(language_tag) or self.name


@dataclass(frozen=True, slots=True)
class Place:
    """Where an address is: a country by its two letters, and a city where that is known."""

    country: str
    city: City | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """A place that a department answers for: a country, or one city (its folded name) of it."""

    country: str
    city: str | None = None


class Gazetteer(Protocol):
    """What is known of the names of places; names come folded."""

    def country_of(self, name: str) -> str | None:
        """The two letters of the country that has this name in some language of the interface."""
        ...

    def has_city(self, country: str, name: str) -> bool:
        """Whether the country has a city of this name."""
        ...


class GeographyRefused(DomainError):
    """`place_unknown` with what was not understood, or `too_many_places`."""

    def __init__(self, code: str, unknown: tuple[str, ...] = ()) -> None:
        super().__init__(code)
        self.unknown = unknown


def fold(name: str) -> str:
    """One form for all spellings of a name: letters without case and marks, words with one space between."""
    plain = unicodedata.normalize("NFKD", name.translate(_APOSTROPHES).casefold().translate(_DOTLESS))
    letters = "".join(
        character if character.isalnum() else " "
        for character in plain
        if not unicodedata.category(character).startswith("M")
    )
    return " ".join(letters.split())


def parse_targets(text: str, gazetteer: Gazetteer) -> tuple[Target, ...]:
    """The places of `Россия-Нижний Новгород; Казахстан`, each once.

    Refused as a whole when one of them is unknown: the refusal names all that are.
    """
    pairs = [pair for part in re.split(r"[;\n]", text) if (pair := " ".join(part.split()))]
    if len(pairs) > PAIRS_MAXIMUM:
        raise GeographyRefused("too_many_places")
    found = {pair: _target_of(pair, gazetteer) for pair in pairs}
    unknown = tuple(pair for pair, target in found.items() if target is None)
    if unknown:
        raise GeographyRefused("place_unknown", unknown)
    return tuple(dict.fromkeys(target for target in found.values() if target is not None))


def _target_of(pair: str, gazetteer: Gazetteer) -> Target | None:
    """Names of countries and of cities have hyphens too: the longest known country that leaves a known city."""
    country = gazetteer.country_of(fold(pair))
    if country is not None:
        return Target(country)
    for left, right in _splits(pair):
        country, city = gazetteer.country_of(fold(left)), fold(right)
        if country is not None and city and gazetteer.has_city(country, city):
            return Target(country, city)
    return None


def _splits(pair: str) -> Iterator[tuple[str, str]]:
    for hyphen in reversed(list(_HYPHEN.finditer(pair))):
        yield pair[: hyphen.start()], pair[hyphen.end() :]


def most_specific(targets: Iterable[tuple[int, Iterable[Target]]], place: Place | None) -> int | None:
    """Whose visitor somebody from this place is: whoever names the city, else whoever names the country.

    Between equals the first in the given order, which is that of the departments.
    """
    if place is None:
        return None
    of_country = None
    for department_id, own in targets:
        for target in own:
            if target.country != place.country:
                continue
            if target.city is None:
                of_country = department_id if of_country is None else of_country
            elif place.city is not None and target.city in place.city.known_as:
                return department_id
    return of_country
