"""Writes what each browser page needs of the catalogues: static/dist/i18n/<surface>.<locale>.json.

A plain message is {"id": "text"}; a counted one {"id of one": {"one": "…", "few": "…", "many": "…"}}, keyed by the
categories of Intl.PluralRules.
"""

import json
import shutil
from gettext import c2py  # undocumented, yet the only reader of plural rules
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog, Message

from scripts.catalogues import ROOT, collect, stored, texts

OUTPUT = ROOT / "static" / "dist" / "i18n"
SURFACES = {
    "visitor": ("static/src/visitor/", "static/src/shared/"),
    "workplace": ("static/src/workplace/", "static/src/cabinet/", "static/src/shared/"),
    "admin": ("static/src/admin/", "static/src/dashboard/", "static/src/cabinet/", "static/src/shared/"),
}
# Enough whole numbers to meet every category that a whole number can have.
SAMPLE = range(200)

Entry = str | dict[str, str]


def plural_forms(locale: str, catalogue: Catalog) -> dict[str, int]:
    """Intl's category → gettext's index of the form, for every category of the language."""
    rule = Locale.parse(locale).plural_form
    choose = c2py(catalogue.plural_expr)
    forms: dict[str, int] = {}
    for number in SAMPLE:
        forms.setdefault(rule(number), choose(number))
    # Fractions only ("other" of Slavic languages): we never count in fractions, but must show something.
    for category in sorted({*rule.tags, "other"} - forms.keys()):
        forms[category] = catalogue.num_plurals - 1
    return forms


def entry_of(translated: Message, forms: dict[str, int]) -> Entry:
    """What a page is given for one message."""
    strings = texts(translated.string)
    if not isinstance(translated.id, str):
        return {category: strings[index] for category, index in sorted(forms.items())}
    return strings[0]


def translation_of(message: Message, catalogue: Catalog | None) -> Message | None:
    """The translated message; without a catalogue (English) only counted ones need an entry, made of the id."""
    if catalogue is None:
        return None if isinstance(message.id, str) else Message(message.id, string=message.id)
    found = catalogue.get(texts(message.id)[0])
    return found if found is not None and all(texts(found.string)) else None


def surface_catalogue(messages: Catalog, locale: str, catalogue: Catalog | None) -> dict[str, Entry]:
    """The messages of one surface in one language; what is missing is shown by its English id."""
    forms = plural_forms(locale, catalogue or Catalog(locale=locale))
    result: dict[str, Entry] = {}
    for message in messages:
        translated = translation_of(message, catalogue) if message.id else None
        if translated is not None:
            result[texts(message.id)[0]] = entry_of(translated, forms)
    return dict(sorted(result.items()))


def write(path: Path, content: dict[str, Entry]) -> None:
    """Write one catalogue, the same bytes for the same content."""
    path.write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


def main() -> None:
    """Write every surface in every language."""
    shutil.rmtree(OUTPUT, ignore_errors=True)
    OUTPUT.mkdir(parents=True)
    languages: list[tuple[str, Catalog | None]] = [("en", None), *stored()]
    for surface, folders in SURFACES.items():
        messages = collect(*folders)
        for locale, catalogue in languages:
            write(OUTPUT / f"{surface}.{locale}.json", surface_catalogue(messages, locale, catalogue))


if __name__ == "__main__":
    main()
