"""Where the place of an address comes from: the shipped table, or .mmdb files of the installation's choice."""

import gzip
import sys
from array import array
from bisect import bisect_right
from collections.abc import Sequence
from functools import cache
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Protocol

import maxminddb

from config import BadConfiguration
from geo import places, records
from policy.geography import City, Place, fold

FILE = Path(__file__).parent / "ranges.bin.gz"
Address = IPv4Address | IPv6Address


class Source(Protocol):
    """Answers where an address is."""

    credit: str | None
    """Whom to name where places are shown, with a link; for files of their own the installation knows its duties."""

    def place_of(self, address: Address) -> Place | None:
        """The place, or None when nobody knows."""
        ...

    def tells_cities_of(self, country: str) -> bool:
        """Whether addresses of this country have cities here."""
        ...


class Table:
    """Sorted ranges: from each first address on, a number of the places holds. IPv6 goes by its upper half."""

    credit: str | None = "DB-IP"

    def __init__(self, packed: bytes, names: places.Places) -> None:
        self._names = names
        self._v4, end = _ranges(packed, 0, "I")
        self._v6, _end = _ranges(packed, end, "Q")

    def place_of(self, address: Address) -> Place | None:
        """Where the range lies in which the address falls."""
        firsts, numbers = self._v4 if address.version == 4 else self._v6
        wanted = int(address) if address.version == 4 else int(address) >> 64
        return self._names.place(numbers[bisect_right(firsts, wanted) - 1])

    def tells_cities_of(self, country: str) -> bool:
        """The shipped table has cities of some countries."""
        return country in self._names.countries_with_cities


def _ranges(packed: bytes, start: int, kind: str) -> tuple[tuple[Sequence[int], Sequence[int]], int]:
    count = int.from_bytes(packed[start : start + 4], "little")
    firsts, numbers = array(kind), array("H")
    middle = start + 4 + count * firsts.itemsize
    end = middle + count * numbers.itemsize
    firsts.frombytes(packed[start + 4 : middle])
    numbers.frombytes(packed[middle:end])
    if sys.byteorder == "big":
        firsts.byteswap()
        numbers.byteswap()
    return (firsts, numbers), end


@cache
def shipped_table() -> Table:
    """The table that comes with the product, read once by whoever is first."""
    return Table(gzip.decompress(FILE.read_bytes()), places.shipped())


class Mmdb:
    """Files of MaxMind, DB-IP or ip-location-db: one for all addresses, or one for each kind."""

    credit: str | None = None

    def __init__(self, files: Sequence[Path]) -> None:
        self._readers = [_opened(file) for file in files]
        kinds = " ".join(reader.metadata().database_type.lower() for reader in self._readers)
        self._tells_cities = "city" in kinds or "enterprise" in kinds or "location" in kinds

    def place_of(self, address: Address) -> Place | None:
        """What the first file says that knows this kind of addresses."""
        for reader in self._readers:
            if address.version == 4 or reader.metadata().ip_version == 6:
                found = records.read(reader.get(address))
                if found is not None:
                    return Place(found.country, _city_of(found))
        return None

    def tells_cities_of(self, country: str) -> bool:
        """A file of cities has them everywhere."""
        return self._tells_cities


def _opened(file: Path) -> maxminddb.Reader:
    try:
        return maxminddb.open_database(file)
    except (OSError, maxminddb.InvalidDatabaseError) as error:
        raise BadConfiguration(f"GEOIP_DB names {file}, which is no readable .mmdb file: {error}") from error


def _city_of(record: records.Record) -> City | None:
    """The city with the names that its file gives, and those that we know of it."""
    if not record.city:
        return None
    own = frozenset(map(fold, record.city.values()))
    known = next(filter(None, (places.shipped().city(record.country, name) for name in sorted(own))), None)
    if known is None:
        return City(record.city["en"], record.city, own)
    return City(record.city["en"], {**known.names, **record.city}, known.known_as | own)
