"""Names of countries in the languages of the interface, and other names under which people know them."""

from functools import cache

from babel import Locale

from policy.geography import fold
from policy.languages import Language

# Babel has one name for each language; these are typed as often.
_ALSO = {
    "AE": "ОАЭ; UAE; Эмираты; Емірати; BAE",
    "BA": "Босния; Bosnia; Боснія",
    "BY": "Белоруссия; Білорусія; Byelorussia; РБ",
    "CI": "Берег Слоновой Кости; Ivory Coast",
    "CN": "КНР",
    "CZ": "Чешская Республика; Czech Republic",
    "GB": "Англия; Britain; Great Britain; England; UK; Велика Британія; Англія; İngiltere; אנגליה; בריטניה",
    "HK": "Гонконг; Hong Kong; Гонконг",
    "KG": "Кыргызстан; Киргизстан; Киргизия; Киргизія",
    "KP": "Северная Корея; КНДР; Північна Корея",
    "KR": "Южная Корея; Корея; Korea; Південна Корея",
    "MD": "Молдавия; Молдова; Молдавія; Moldavia",
    "MK": "Македония; Македонія; Macedonia; Makedonya",
    "MM": "Бирма; Burma; Мьянма; Бірма",
    "NL": "Голландия; Голландія; Holland; הולנד",
    "PS": "Палестина; Palestine; Filistin; פלסטין",
    "RU": "РФ; Российская Федерация; Російська Федерація; Russian Federation; Rusya Federasyonu",
    "SY": "Сирия; Syria",
    "TJ": "Таджикия",
    "TM": "Туркмения; Туркменія; Turkmenia",
    "TR": "Turkey; Türkiye; Турецкая Республика",
    "US": "США; Америка; Соединенные Штаты Америки; Сполучені Штати Америки; USA; US; America; "
    "United States of America; ABD; ארצות הברית; ארהב",
    "VN": "Вьетнам; Vietnam; В'єтнам",
}


@cache
def _territories(language_tag: str) -> dict[str, str]:
    """Countries by their two letters; Babel also has continents, by numbers."""
    names = Locale.parse(language_tag).territories
    return {
        code: name for code, name in names.items() if len(code) == 2 and code not in {"EU", "EZ", "UN", "ZZ"}
    }


def name_in(code: str, language_tag: str) -> str:
    """The country's name in a language."""
    return _territories(language_tag).get(code, code)


@cache
def codes() -> dict[str, str]:
    """The two letters of every country by each of its folded names."""
    usual = {fold(name): code for tag in Language for code, name in _territories(tag.tag).items()}
    return {fold(name): code for code, names in _ALSO.items() for name in names.split(";")} | usual
