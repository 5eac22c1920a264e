"""The shipped names of places: what a number of the table means, and which cities there are by name."""

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

from geo import countries
from policy.geography import City, Place, fold

FILE = Path(__file__).parent / "places.json.gz"


class Places:
    """Countries and cities; a city is made when it is first asked for."""

    def __init__(self, stored: dict[str, Any]) -> None:
        self.countries_with_cities = frozenset(stored["cities_of"])
        self._countries: list[str] = stored["countries"]
        self._cities: list[list[Any]] = stored["cities"]
        self._elsewhere: list[list[Any]] = stored["elsewhere"]
        self._made: dict[int, Place | None] = {0: None}
        self._by_name: dict[str, dict[str, City]] = {}

    def place(self, number: int) -> Place | None:
        """The place of a number of the table: 0 nobody knows, then countries, then cities."""
        if number not in self._made:
            self._made[number] = self._place(number)
        return self._made[number]

    def _place(self, number: int) -> Place:
        if number <= len(self._countries):
            return Place(self._countries[number - 1])
        row = self._cities[number - len(self._countries) - 1]
        return Place(row[0], _city(row))

    def country_of(self, name: str) -> str | None:
        """The two letters of the country that has this folded name in some language of the interface."""
        return countries.codes().get(name)

    def has_city(self, country: str, name: str) -> bool:
        """Whether the country has a city of this folded name."""
        return name in self._cities_of(country)

    def city(self, country: str, name: str) -> City | None:
        """The city of this folded name; the one that is mainly called so comes first."""
        return self._cities_of(country).get(name)

    def _cities_of(self, country: str) -> dict[str, City]:
        if country not in self._by_name:
            rows = (row for rows in (self._cities, self._elsewhere) for row in rows if row[0] == country)
            cities = [_city(row) for row in rows]
            every = {name: city for city in cities for name in city.known_as}
            main = {fold(name): city for city in cities for name in (city.name, *city.names.values())}
            self._by_name[country] = every | main
        return self._by_name[country]


def _city(row: list[Any]) -> City:
    _country, name, names, others = row
    return City(name, names, frozenset((fold(name), *map(fold, names.values()), *others)))


@cache
def shipped() -> Places:
    """The places that come with the product, read once by whoever is first."""
    return Places(json.loads(gzip.decompress(FILE.read_bytes())))
