"""Names of cities for the table of places: what GeoNames calls a place of DB-IP, in the languages of the interface.

GeoNames does not say which language a name is of. All of them are kept for recognising what people type; the one to
show is, among those that a language could spell, the closest to the Latin name (so Нижний Новгород, not Горький).
"""

import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from policy.geography import fold

NEAR_DEGREES = 1.0
# Not what other languages write with the same letters: ськ is Ukrainian, a hard sign before a consonant Bulgarian.
_RUSSIAN = re.compile(r"(?!.*[сцз]ьк)(?!.*ъ(?![еёюя]))[А-ЯЁа-яё0-9 .()-]+")
_UKRAINIAN = re.compile(r"(?i)(?!.*[бвгджзклмнпрстфхцчшщ]є)[абвгґдеєжзиіїйклмнопрстуфхцчшщьюя'’ʼ0-9 .()-]+")
_HEBREW = re.compile(r"[א-ת\"'״׳0-9 .()־-]+")
_TYPED = re.compile(r"[A-Za-zÀ-ɏḀ-ỿЀ-ӿא-ת0-9 .()'’ʼ`´ʹ\"״׳־‐‑–-]+")
_CODE = re.compile(r"[A-Z]{2,4}")
_YIDDISH = "ע"  # in the names of foreign cities only Yiddish writes it

_RUSSIAN_LATIN = dict(zip("абвгдеёзийклмнопрстуфыэ", "abvgdeeziyklmnoprstufye", strict=True)) | {
    "ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ь": "", "ю": "yu", "я": "ya",
}  # fmt: skip
_UKRAINIAN_LATIN = _RUSSIAN_LATIN | {"г": "h", "ґ": "g", "и": "y", "і": "i", "ї": "yi", "є": "ye"}
_BEGINS_WITH_YE = re.compile(r"\bе")
# Hebrew and Latin are compared by their consonants.
_HEBREW_LATIN = {
    "ב": "b", "ג": "g", "ד": "d", "ו": "v", "ז": "z", "ח": "h", "ט": "t", "כ": "k", "ך": "k", "ל": "l", "מ": "m",
    "ם": "m", "נ": "n", "ן": "n", "ס": "s", "פ": "p", "ף": "p", "צ": "ts", "ץ": "ts", "ק": "k", "ר": "r", "ש": "sh",
    "ת": "t",
}  # fmt: skip
_HEBREW_PAIRS = (("צ'", "ch"), ("ז'", "zh"), ("ג'", "j"), ("צ׳", "ch"), ("ז׳", "zh"), ("ג׳", "j"))
_VOWELS = re.compile(r"[aeiouyw'’ ]")
# Letters that Russian and Ukrainian spellings of one name differ by.
_ALIKE = str.maketrans(
    {"і": "и", "ї": "и", "ы": "и", "є": "е", "э": "е", "ё": "е", "ґ": "г", "ь": "", "ъ": ""}
)
_ONLY_UKRAINIAN = re.compile(r"[іїєґІЇЄҐ]|ськ|цьк|зьк")
# Where the closest to the Latin name is not what people say.
_SAID = {
    ("AZ", "Baku"): {"he": "באקו", "tr": "Bakü"},
    ("BY", "Homyel"): {"ru": "Гомель", "uk": "Гомель"},
    ("BY", "Hrodna"): {"ru": "Гродно", "uk": "Гродно"},
    ("BY", "Mahilyow"): {"ru": "Могилёв", "uk": "Могильов"},
    ("GE", "Tbilisi"): {"tr": "Tiflis"},
    ("IL", "Jerusalem"): {"ru": "Иерусалим", "uk": "Єрусалим", "he": "ירושלים", "tr": "Kudüs"},
    ("IL", "Haifa"): {"he": "חיפה", "tr": "Hayfa"},
    ("IL", "Tel Aviv"): {"ru": "Тель-Авив", "uk": "Тель-Авів", "he": "תל אביב-יפו"},
    ("MD", "Chisinau"): {"ru": "Кишинёв", "uk": "Кишинів"},
    ("RU", "Moscow"): {"ru": "Москва", "uk": "Москва", "he": "מוסקבה", "tr": "Moskova"},
    ("RU", "Orel"): {"ru": "Орёл", "uk": "Орел"},
    ("RU", "Rostov-on-Don"): {"ru": "Ростов-на-Дону", "uk": "Ростов-на-Дону"},
    ("RU", "Saint Petersburg"): {"ru": "Санкт-Петербург", "uk": "Санкт-Петербург", "he": "סנקט פטרבורג"},
    ("TR", "Istanbul"): {"ru": "Стамбул", "uk": "Стамбул", "he": "איסטנבול"},
    ("UA", "Chernivtsi"): {"ru": "Черновцы"},
    ("UA", "Dnipro"): {"ru": "Днепр", "he": "דניפרו"},
    ("UA", "Kryvyy Rih"): {"ru": "Кривой Рог"},
    ("UA", "Kyiv"): {"ru": "Киев", "uk": "Київ", "he": "קייב", "tr": "Kiev"},
    ("UA", "Lviv"): {"ru": "Львов"},
    ("UA", "Odesa"): {"ru": "Одесса", "he": "אודסה"},
    ("UA", "Zaporizhzhya"): {"ru": "Запорожье"},
}


@dataclass(frozen=True, slots=True)
class Named:
    """A city as the table keeps it."""

    country: str
    name: str
    names: dict[str, str]
    known_as: frozenset[str]

    @property
    def main_names(self) -> frozenset[str]:
        """The folded names that are shown."""
        return folded((self.name, *self.names.values()))


class GeoNames:
    """GeoNames' cities, found by country, name and position."""

    def __init__(self, rows: Iterable[Mapping[str, Any]]) -> None:
        self._by_name: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
        for row in rows:
            for name in {fold(name) for name in (row["name"], *row["alternatenames"])}:
                self._by_name[name].append(row)

    def find(self, country: str, name: str, latitude: float, longitude: float) -> Mapping[str, Any] | None:
        """The city of this name nearest to the position, if one is near; the larger of two as near.

        The sources may see a border in different places: then a name is looked for beyond it.
        """
        found = [
            (row["countrycode"] != country, distance, -row["population"], row["geonameid"], row)
            for row in self._by_name.get(fold(name), ())
            if (distance := _degrees(row, latitude, longitude)) < NEAR_DEGREES
        ]
        return min(found, key=lambda one: one[:4])[4] if found else None


def _degrees(row: Mapping[str, Any], latitude: float, longitude: float) -> float:
    east = (row["longitude"] - longitude) * math.cos(math.radians(latitude))
    return round(math.hypot(row["latitude"] - latitude, east), 1)


def named(country: str, name: str, row: Mapping[str, Any] | None) -> Named:
    """The city with all its names; without a row of GeoNames it has only the one that DB-IP gave."""
    if row is None:
        return Named(country, name, {}, frozenset({fold(name)}))
    # Turkish needs its marks; elsewhere they and the apostrophes are those of a transliteration.
    latin = row["name"] if country == "TR" else _plain(row["name"])
    every = [other for other in (row["name"], *row["alternatenames"]) if _is_typed(other)]
    names = shown_names(country, latin, every) | _SAID.get((country, _plain(row["name"])), {})
    typed = {name, latin, *names.values(), *every}
    return Named(country, latin, names, folded(typed))


def _is_typed(name: str) -> bool:
    """Not codes of airports, foreign letters, nor what was spelled from them, which begins with a small one."""
    return _TYPED.fullmatch(name) is not None and not _CODE.fullmatch(name) and not name[0].islower()


def _plain(name: str) -> str:
    return re.sub(
        r"[‘’'ʼ`ʹ]", "", unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode() or name
    )


def folded(names: Collection[str]) -> frozenset[str]:
    """The forms in which names are compared."""
    return frozenset(filter(None, map(fold, names)))


def shown_names(country: str, latin: str, every: Collection[str]) -> dict[str, str]:
    """The name to show in each language that has one of its own; Turkish cannot be told from other Latin names."""
    russian = _closest(latin, filter(_RUSSIAN.fullmatch, every), _cyrillic(_RUSSIAN_LATIN))
    hebrew = [name for name in every if _HEBREW.fullmatch(name) and (country == "IL" or _YIDDISH not in name)]
    ukrainian = list(filter(_UKRAINIAN.fullmatch, every))
    chosen = {
        "ru": russian,
        "uk": _closest(latin, ukrainian, _cyrillic(_UKRAINIAN_LATIN))
        if country == "UA"
        else _ukrainian_of(russian, ukrainian),
        "he": _closest(latin, hebrew, _skeleton),
    }
    return {tag: name for tag, name in chosen.items() if name}


def _cyrillic(letters: Mapping[str, str]) -> Callable[[str], str]:
    def form(text: str) -> str:
        begun = _BEGINS_WITH_YE.sub("ye", text.casefold())
        return fold("".join(letters.get(letter, letter) for letter in begun))

    return form


def _skeleton(text: str) -> str:
    for pair, latin in _HEBREW_PAIRS:
        text = text.replace(pair, latin)
    return _VOWELS.sub("", fold("".join(_HEBREW_LATIN.get(letter, letter) for letter in text.casefold())))


def _ukrainian_of(russian: str, candidates: Iterable[str]) -> str:
    """The Ukrainian spelling of a Russian name: the same name with Ukrainian letters, or the very same."""

    def form(name: str) -> str:
        return fold(name.casefold().translate(_ALIKE))

    alike = [name for name in candidates if form(name) == form(russian)]
    return min(alike, key=lambda name: (not _ONLY_UKRAINIAN.search(name), -len(name), name), default="")


def _closest(latin: str, candidates: Iterable[str], form: Callable[[str], str]) -> str:
    """The candidate that is spelled most like the Latin name, which does not show soft signs."""
    target = form(latin)
    scored = [
        (
            -SequenceMatcher(None, form(name), target, autojunk=False).ratio(),
            -name.count("ь"),
            len(name),
            name,
        )
        for name in candidates
    ]
    return min(scored, default=(0.0, 0, 0, ""))[3]
