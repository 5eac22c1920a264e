"""The table's build: ranges as short as they can be, names that people use."""

from array import array
from typing import Any

import pytest

from scripts import build_geo
from scripts.build_geo import Spot, merged, packed, spot_of, tables
from scripts.geo_names import GeoNames, named, shown_names

MOSCOW = {
    "country_code": "RU",
    "city": "Moscow (Center)",
    "state1": "Moscow",
    "latitude": 55.75,
    "longitude": 37.6,
}
KHIMKI = {"country_code": "RU", "city": "Khimki", "state1": "Moscow", "latitude": 55.9, "longitude": 37.4}
ROWS: list[dict[str, Any]] = [
    {
        "geonameid": 1,
        "name": "Moscow",
        "countrycode": "RU",
        "latitude": 55.75,
        "longitude": 37.62,
        "population": 10_000_000,
        "alternatenames": ["MOW", "Moskva", "mosukuwa", "Москва", "Мәскәү", "莫斯科"],
    },
    {
        "geonameid": 2,
        "name": "Khimki",
        "countrycode": "RU",
        "latitude": 55.89,
        "longitude": 37.43,
        "population": 250_000,
        "alternatenames": ["Химки", "Хімкі"],
    },
    {
        "geonameid": 3,
        "name": "Berlin",
        "countrycode": "DE",
        "latitude": 52.5,
        "longitude": 13.4,
        "population": 3_000_000,
        "alternatenames": ["Берлин", "Берлін"],
    },
]


def test_neighbours_with_one_place_are_one_range_and_gaps_are_nobodys() -> None:
    one, other = Spot("RU"), Spot("BY")
    networks = [(10, 19, one), (20, 29, one), (30, 39, other), (50, 59, None), (60, 60, one), (60, 60, other)]
    assert merged(networks) == [
        (0, None),
        (10, one),
        (30, other),
        (40, None),
        (60, one),
        (61, None),
    ]


def test_a_city_is_kept_where_the_table_has_cities() -> None:
    assert spot_of(MOSCOW) == Spot("RU", "Moscow", "Moscow")
    assert spot_of({**MOSCOW, "country_code": "FR", "city": "Paris"}) == Spot("FR")
    assert spot_of({"country_code": "ZZ"}) is None


def test_the_same_sources_give_the_same_table() -> None:
    v4 = merged([(1, 5, spot_of(MOSCOW)), (6, 9, spot_of(KHIMKI)), (10, 12, Spot("FR"))])
    v6 = merged([(2, 2, spot_of(KHIMKI))])
    places, ranges = tables(v4, v6, ROWS)
    assert (places, ranges) == tables(v4, v6, list(reversed(ROWS)))
    assert places["countries"] == ["FR", "RU"]
    assert [row[1] for row in places["cities"]] == ["Khimki", "Moscow"]
    assert [row[1] for row in places["elsewhere"]] == ["Berlin"]
    numbers = array("H", ranges[4 + 5 * 4 : 4 + 5 * 4 + 10])
    assert list(numbers) == [0, 4, 3, 1, 0]


def test_who_answers_for_a_city_answers_for_its_districts() -> None:
    places, _ranges = tables([(0, spot_of(MOSCOW)), (9, spot_of(KHIMKI))], [], ROWS)
    (khimki,) = (row for row in places["cities"] if row[1] == "Khimki")
    assert "москва" in khimki[3]


def test_a_name_belongs_to_the_city_that_goes_by_it() -> None:
    old = {**ROWS[1], "geonameid": 4, "name": "Kalinin", "alternatenames": ["Калинин", "Химки"]}
    spots = [spot_of(KHIMKI), spot_of({**KHIMKI, "city": "Kalinin", "state1": ""})]
    found = build_geo.named_spots([spot for spot in spots if spot], GeoNames([*ROWS, old]))
    by_name = {one.name: one.known_as for one in found.values()}
    assert "химки" in by_name["Khimki"] and "химки" not in by_name["Kalinin"]


def test_ranges_whose_places_got_one_number_are_one() -> None:
    one, other = Spot("RU", "Kazan"), Spot("RU", "Kazan’")
    data = packed([(0, None), (5, one), (7, other)], {None: 0, one: 1, other: 1}, "I")
    assert int.from_bytes(data[:4], "little") == 2


@pytest.mark.parametrize(
    ("country", "latin", "every", "expected"),
    [
        ("RU", "Nizhniy Novgorod", ["Горький", "Нижний Новгород", "Нижній Новгород"],
         {"ru": "Нижний Новгород", "uk": "Нижній Новгород"}),
        ("RU", "Kazan", ["Казан", "Казань", "Қазан"], {"ru": "Казань", "uk": "Казань"}),
        ("RU", "Yekaterinburg", ["Екатеринбург", "Свердловск", "Єкатеринбург"],
         {"ru": "Екатеринбург", "uk": "Єкатеринбург"}),
        ("UA", "Kharkiv", ["Харков", "Харьков", "Харків"], {"ru": "Харьков", "uk": "Харків"}),
        ("RU", "Murmansk", ["Мурманск", "Мурманськ", "מורמנסק"],
         {"ru": "Мурманск", "uk": "Мурманськ", "he": "מורמנסק"}),
        ("TR", "Kırşehir", ["Кършехир"], {}),
    ],
)  # fmt: skip
def test_the_name_to_show_is_the_one_in_use(
    country: str, latin: str, every: list[str], expected: dict[str, str]
) -> None:
    assert shown_names(country, latin, every) == expected


def test_codes_and_foreign_letters_are_no_names() -> None:
    moscow = named("RU", "Moscow", ROWS[0])
    assert moscow.known_as == {"moscow", "moskva", "москва", "мәскәү", "מוסקבה", "moskova"}
    assert moscow.names["tr"] == "Moskova"


def test_of_two_cities_of_one_name_the_near_one_is_meant() -> None:
    far = {**ROWS[1], "geonameid": 9, "latitude": 45.0, "alternatenames": []}
    names = GeoNames([far, ROWS[1]])
    assert names.find("RU", "Khimki", 55.9, 37.4) == ROWS[1]
    assert names.find("RU", "Khimki", 45.1, 37.4) == far
    assert names.find("RU", "Khimki", 10.0, 10.0) is None
