"""The table that comes with the product: known addresses, known names, and quick."""

import time
from collections.abc import Iterator
from ipaddress import IPv6Address

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

import geo
from geo import countries
from geo.places import Places, shipped
from geo.sources import FILE, shipped_table
from policy.geography import GeographyRefused, Place, Target, fold, parse_targets
from policy.languages import Language
from tests.geo.conftest import Installed


@pytest.fixture(autouse=True)
def app(installed: Installed) -> Iterator[Flask]:
    with installed().app_context() as context:
        yield context.app


def told(address: str, language: str = "ru") -> tuple[str, str | None] | None:
    place = geo.lookup(address)
    return place and (place.country, place.city and place.city.name_in(language))


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("77.88.8.8", ("RU", "Москва")),
        ("::ffff:77.88.8.8", ("RU", "Москва")),
        (" 77.88.8.8 ", ("RU", "Москва")),
        ("95.79.1.1", ("RU", "Нижний Новгород")),
        ("178.88.0.1", ("KZ", "Алматы")),
        ("212.179.154.1", ("IL", "Тель-Авив")),
        ("2a02:6b8::1", ("RU", "Москва")),
        # Beyond the neighbourhood the table tells countries only.
        ("8.8.8.8", ("US", None)),
        ("46.4.0.1", ("DE", None)),
        ("2001:470::1", ("US", None)),
    ],
)
def test_known_addresses_are_where_they_are(address: str, expected: tuple[str, str | None]) -> None:
    assert told(address) == expected


NO_ADDRESSES = ("", "x", "1.2.3", "999.1.1.1")
PRIVATE_V4 = ("127.0.0.1", "10.1.2.3", "192.168.1.1", "0.0.0.0", "255.255.255.255")
PRIVATE_V6 = ("::", "::1", "fe80::1", "fe80::1%eth0", "fd00::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")


@pytest.mark.parametrize("address", [*NO_ADDRESSES, *PRIVATE_V4, *PRIVATE_V6])
def test_what_is_nowhere_is_nowhere(address: str) -> None:
    assert geo.lookup(address) is None


@given(st.ip_addresses())
def test_every_address_has_an_answer(address: object) -> None:
    place = shipped_table().place_of(address)  # type: ignore[arg-type]
    assert place is None or len(place.country) == 2
    if isinstance(address, IPv6Address) and place is not None:
        assert int(address) >= 2**64


def test_cities_are_named_in_each_language() -> None:
    place = geo.lookup("77.88.8.8")
    assert place is not None and place.city is not None
    names = {tag.tag: place.city.name_in(tag.tag) for tag in Language}
    assert names == {"ru": "Москва", "en": "Moscow", "uk": "Москва", "he": "מוסקבה", "tr": "Moskova"}
    assert [countries.name_in("TR", tag.tag) for tag in Language] == [
        "Турция",
        "Türkiye",
        "Туреччина",
        "טורקיה",
        "Türkiye",
    ]


@pytest.mark.parametrize(
    ("text", "country", "city"),
    [
        ("Россия-Нижний Новгород", "RU", "нижнии новгород"),
        ("Россия-Ростов-на-Дону", "RU", "ростов на дону"),
        ("РФ-Санкт-Петербург", "RU", "санкт петербург"),
        ("Гвинея-Бисау-Бисау", "GW", "бисау"),
        ("США", "US", None),
        ("Україна-Київ", "UA", "киів"),
        ("Украина-Киев", "UA", "киев"),
        ("ישראל-תל אביב", "IL", "תל אביב"),
        ("Rusya-Moskova", "RU", "moskova"),
        ("Turkey-Istanbul", "TR", "istanbul"),
        ("Россия-Горький", "RU", "горькии"),
        ("Германия-Берлин", "DE", "берлин"),
        ("Белоруссия", "BY", None),
    ],
)
def test_names_are_known_in_any_interface_language(text: str, country: str, city: str | None) -> None:
    assert parse_targets(text, geo.gazetteer()) == (Target(country, city),)


def test_a_city_of_another_country_is_unknown() -> None:
    with pytest.raises(GeographyRefused):
        parse_targets("Казахстан-Нижний Новгород", geo.gazetteer())


def test_a_visitor_is_found_by_any_name_of_the_city() -> None:
    place = geo.lookup("95.79.1.1")
    assert place is not None and place.city is not None
    assert {fold(name) for name in ("Нижний Новгород", "Горький", "Nizhny Novgorod", "Нижній Новгород")} <= (
        place.city.known_as
    )


def test_every_name_that_is_shown_can_be_typed() -> None:
    """What the operator's card says is what an administrator would copy into the form."""
    names = geo.gazetteer()
    for place in every_place():
        if place.city is None:
            continue
        for tag in Language:
            assert names.has_city(place.country, fold(place.city.name_in(tag.tag))), place


def test_every_country_can_be_typed_as_it_is_shown() -> None:
    names = geo.gazetteer()
    for country in {place.country for place in every_place()}:
        for tag in Language:
            assert names.country_of(fold(countries.name_in(country, tag.tag))) == country


def every_place() -> Iterator[Place]:
    number = 1
    while (place := place_or_none(shipped(), number)) is not None:
        yield place
        number += 1
    assert number > 6000


def place_or_none(places: Places, number: int) -> Place | None:
    try:
        return places.place(number)
    except IndexError:
        return None


def test_a_look_up_is_quick() -> None:
    addresses = [f"95.79.{first}.{second}" for first in range(40) for second in range(0, 250, 10)]
    geo.lookup(addresses[0])
    best = min(seconds(addresses) for _try in range(5))
    assert best / len(addresses) < 50e-6


def seconds(addresses: list[str]) -> float:
    begun = time.perf_counter()
    for address in addresses:
        geo.lookup(address)
    return time.perf_counter() - begun


def test_the_table_is_small_enough_to_ship() -> None:
    assert sum(file.stat().st_size for file in FILE.parent.glob("*.gz")) < 3_000_000
