"""GEOIP_DB: files of all usual layouts give the same places, a broken one stops the start."""

from pathlib import Path
from typing import Any

import pytest
from mmdb_writer import MMDBWriter
from netaddr import IPSet

import geo
from config import BadConfiguration
from policy.geography import Place, fold
from tests.geo.conftest import Installed

V4, V6 = "198.51.100.0/24", "2001:db8::/32"
BERLIN = {"en": "Berlin", "ru": "Берлин", "de": "Berlin"}
MAXMIND = {
    "country": {"iso_code": "DE", "names": {"en": "Germany", "ru": "Германия"}},
    "city": {"names": BERLIN},
    "location": {"latitude": 52.5, "longitude": 13.4},
}
DB_IP = {
    "country": {"iso_code": "RU", "names": {"en": "Russia"}},
    "city": {"names": {"en": "Nizhny Novgorod (Kanavinsky City District)"}},
    "subdivisions": [{"names": {"en": "Nizhny Novgorod Oblast"}}],
}
FLAT = {"country_code": "RU", "city": "Nizhny Novgorod", "state1": "", "latitude": 56.3, "longitude": 44.0}


def written(file: Path, networks: dict[str, Any], ip_version: int = 6, kind: str = "City") -> Path:
    writer = MMDBWriter(ip_version, kind, ipv4_compatible=ip_version == 6)
    for network, record in networks.items():
        writer.insert_network(IPSet([network]), record)
    writer.to_db_file(str(file))
    return file


def lookup(installed: Installed, files: str | Path, address: str) -> Place | None:
    with installed(GEOIP_DB=str(files)).app_context():
        return geo.lookup(address)


@pytest.mark.parametrize("address", ["198.51.100.7", "2001:db8::7"])
def test_maxminds_cities_come_with_their_russian_names(
    installed: Installed, tmp_path: Path, address: str
) -> None:
    file = written(tmp_path / "city.mmdb", {V4: MAXMIND, V6: MAXMIND}, kind="GeoLite2-City")
    place = lookup(installed, file, address)
    assert place is not None and place.city is not None
    assert (place.country, place.city.name, place.city.name_in("ru")) == ("DE", "Berlin", "Берлин")
    assert fold("Берлин") in place.city.known_as


@pytest.mark.parametrize("record", [DB_IP, FLAT], ids=["nested", "flat"])
def test_a_latin_city_has_the_names_that_we_know(
    installed: Installed, tmp_path: Path, record: dict[str, Any]
) -> None:
    place = lookup(installed, written(tmp_path / "city.mmdb", {V4: record}), "198.51.100.7")
    assert place is not None and place.city is not None
    assert place.city.name_in("ru") == "Нижний Новгород"
    assert {fold("Горький"), fold("Nizhny Novgorod")} <= place.city.known_as


def test_a_pair_of_files_serves_both_kinds_of_addresses(installed: Installed, tmp_path: Path) -> None:
    v4 = written(tmp_path / "v4.mmdb", {V4: {"country_code": "BY"}}, ip_version=4)
    v6 = written(tmp_path / "v6.mmdb", {V6: {"country_code": "UA"}})
    for files in (f"{v4},{v6}", f" {v6} , {v4} "):
        assert lookup(installed, files, "198.51.100.7") == Place("BY")
        assert lookup(installed, files, "2001:db8::7") == Place("UA")
    assert lookup(installed, v4, "2001:db8::7") is None


def test_a_city_that_we_do_not_know_is_told_as_it_is(installed: Installed, tmp_path: Path) -> None:
    file = written(tmp_path / "city.mmdb", {V4: {"country_code": "DE", "city": "Kleindorf"}})
    place = lookup(installed, file, "198.51.100.7")
    assert place is not None and place.city is not None
    assert (place.city.name_in("ru"), place.city.known_as) == ("Kleindorf", {"kleindorf"})


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"country": {}},
        {"country_code": ""},
        {"country_code": "ZZ"},
        {"country": {"iso_code": "??"}},
        "RU",
        7,
    ],
    ids=str,
)
def test_a_record_without_a_country_says_nothing(
    installed: Installed, tmp_path: Path, record: object
) -> None:
    assert lookup(installed, written(tmp_path / "odd.mmdb", {V4: record}), "198.51.100.7") is None
    assert lookup(installed, tmp_path / "odd.mmdb", "192.0.2.1") is None


def test_cities_are_promised_only_where_the_source_has_them(installed: Installed, tmp_path: Path) -> None:
    with installed().app_context():
        assert geo.source().tells_cities_of("RU") and not geo.source().tells_cities_of("DE")
    for kind, has_cities in (("GeoLite2-City", True), ("GeoLite2-Country", False), ("city ipv4", True)):
        file = written(tmp_path / f"{kind}.mmdb", {V4: MAXMIND}, kind=kind)
        with installed(GEOIP_DB=str(file)).app_context():
            assert geo.source().tells_cities_of("DE") is has_cities


def test_a_file_that_is_missing_or_broken_stops_the_start(installed: Installed, tmp_path: Path) -> None:
    (tmp_path / "broken.mmdb").write_bytes(b"not a database")
    for file in ("missing.mmdb", "broken.mmdb", "."):
        with pytest.raises(BadConfiguration, match="GEOIP_DB"):
            installed(GEOIP_DB=str(tmp_path / file))
