"""Geography of departments: the notation of the form, and whose visitor somebody is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.geography import (
    PAIRS_MAXIMUM,
    City,
    GeographyRefused,
    Place,
    Target,
    fold,
    most_specific,
    parse_targets,
)

COUNTRIES = {
    "RU": ("Россия", "Russia"),
    "KZ": ("Казахстан", "Kazakhstan"),
    "GN": ("Гвинея", "Guinea"),
    "GW": ("Гвинея-Бисау", "Guinea-Bissau"),
    "TR": ("Турция", "Türkiye"),
}
CITIES = {
    "RU": ("Нижний Новгород", "Ростов-на-Дону", "Орёл", "Kazan’"),
    "GW": ("Бисау",),
    "GN": ("Конакри",),
    "TR": ("İstanbul", "Diyarbakır"),
}


class Atlas:
    """A small world with the names that are hard to take apart."""

    def country_of(self, name: str) -> str | None:
        return next((code for code, names in COUNTRIES.items() if name in map(fold, names)), None)

    def has_city(self, country: str, name: str) -> bool:
        return name in map(fold, CITIES.get(country, ()))


RUSSIA, KAZAKHSTAN = Target("RU"), Target("KZ")
NIZHNY = Target("RU", fold("Нижний Новгород"))
ROSTOV = Target("RU", fold("Ростов-на-Дону"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        (" ; ;\n", ()),
        ("Казахстан", (KAZAKHSTAN,)),
        ("Россия-Нижний Новгород; Казахстан", (NIZHNY, KAZAKHSTAN)),
        ("Россия-Ростов-на-Дону", (ROSTOV,)),
        ("Россия-Ростов на Дону", (ROSTOV,)),
        ("  россия  -  РОСТОВ-НА-ДОНУ  ", (ROSTOV,)),
        ("Россия—Нижний Новгород", (NIZHNY,)),
        ("Россия\nKazakhstan", (RUSSIA, KAZAKHSTAN)),
        ("Россия-", (RUSSIA,)),
        ("Россия; Russia;Россия", (RUSSIA,)),
        ("Гвинея", (Target("GN"),)),
        ("Гвинея-Бисау", (Target("GW"),)),
        ("Гвинея-Бисау-Бисау", (Target("GW", "бисау"),)),
        ("Гвинея-Конакри", (Target("GN", "конакри"),)),
        ("Russia-Орел", (Target("RU", fold("Орёл")),)),
        ("Russia-Kazan'", (Target("RU", "kazan"),)),
        ("TÜRKİYE-ISTANBUL; turkiye-diyarbakir", (Target("TR", "istanbul"), Target("TR", "diyarbakir"))),
    ],
)
def test_pairs_are_read_as_people_write_them(text: str, expected: tuple[Target, ...]) -> None:
    assert parse_targets(text, Atlas()) == expected


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("Атлантида", ("Атлантида",)),
        ("Россия-Атлантида; Казахстан;  Лемурия ", ("Россия-Атлантида", "Лемурия")),
        ("Нижний Новгород", ("Нижний Новгород",)),
        ("Россия-Россия", ("Россия-Россия",)),
        ("Гвинея-Бисау-Конакри", ("Гвинея-Бисау-Конакри",)),
        ("-;—", ("-", "—")),
    ],
)
def test_every_unknown_one_is_named(text: str, unknown: tuple[str, ...]) -> None:
    with pytest.raises(GeographyRefused) as refused:
        parse_targets(text, Atlas())
    assert (refused.value.code, refused.value.unknown) == ("place_unknown", unknown)


def test_a_list_has_an_end() -> None:
    assert parse_targets("Россия;" * PAIRS_MAXIMUM, Atlas()) == (RUSSIA,)
    with pytest.raises(GeographyRefused, match="too_many_places"):
        parse_targets("Россия;" * (PAIRS_MAXIMUM + 1), Atlas())


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_in_its_own_words(text: str) -> None:
    spaced = " ".join(text.split())
    try:
        unknown: tuple[str, ...] = ()
        parse_targets(text, Atlas())
    except GeographyRefused as refused:
        unknown = refused.unknown
    assert all(pair in spaced for pair in unknown)


@given(st.text(max_size=40))
def test_a_folded_name_stays_as_it_is(name: str) -> None:
    assert fold(fold(name)) == fold(name) == fold(f" {name} ")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Орёл", "орел"),
        ("İzmir", "IZMIR"),
        ("Diyarbakır", "Diyarbakir"),
        ("Kazan’", "KAZAN"),
        ("תֵּל אָבִיב", "תל אביב"),
    ],
)
def test_spellings_of_one_name_are_one(one: str, other: str) -> None:
    assert fold(one) == fold(other)


IN_NIZHNY = Place("RU", City("Nizhniy Novgorod", known_as=frozenset({NIZHNY.city or "", "горькии"})))


@pytest.mark.parametrize(
    ("targets", "place", "expected"),
    [
        ([], IN_NIZHNY, None),
        ([(1, [RUSSIA])], None, None),
        ([(1, [RUSSIA])], IN_NIZHNY, 1),
        ([(1, [KAZAKHSTAN])], IN_NIZHNY, None),
        ([(1, [ROSTOV])], IN_NIZHNY, None),
        ([(1, [RUSSIA]), (2, [NIZHNY])], IN_NIZHNY, 2),
        ([(1, [ROSTOV, RUSSIA]), (2, [KAZAKHSTAN, NIZHNY])], IN_NIZHNY, 2),
        ([(1, []), (2, [RUSSIA]), (3, [RUSSIA])], IN_NIZHNY, 2),
        ([(3, [NIZHNY]), (1, [NIZHNY])], IN_NIZHNY, 3),
        ([(1, [Target("RU", "горькии")])], IN_NIZHNY, 1),
        ([(1, [Target("KZ", NIZHNY.city)])], IN_NIZHNY, None),
        ([(1, [NIZHNY])], Place("RU"), None),
        ([(1, [NIZHNY]), (2, [RUSSIA])], Place("RU"), 2),
    ],
)
def test_the_most_specific_has_the_visitor_then_the_first(
    targets: list[tuple[int, list[Target]]], place: Place | None, expected: int | None
) -> None:
    assert most_specific(targets, place) == expected
