"""Where message ids come from and where their translations lie; shared by the catalogue commands."""

from collections.abc import Iterator, Sequence
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
TRANSLATIONS = ROOT / "translations"
TEMPLATE = TRANSLATIONS / "messages.pot"
LOCALES = ("ru", "uk", "he", "tr")
"""Languages that have a catalogue; the message ids themselves are English."""

KEYWORDS = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "lazy_pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "t": None,
    "tn": (1, 2),
}


def catalogue_path(locale: str) -> Path:
    """The translations of one language."""
    return TRANSLATIONS / locale / "LC_MESSAGES" / "messages.po"


@cache
def _extracted() -> list[tuple[str, str | tuple[str, ...], list[str], str | None]]:
    """(file, message, comments, context) of every message in the sources, read once per command."""
    with (ROOT / "babel.cfg").open() as config:
        methods, options = parse_mapping_cfg(config)  # type: ignore[no-untyped-call]  # Babel's, untyped
    found = extract_from_dir(
        ROOT, methods, options, keywords=KEYWORDS, comment_tags=("Translators:",), strip_comment_tags=True
    )
    return [(filename, message, comments, context) for filename, _line, message, comments, context in found]


def collect(*folders: str) -> Catalog:
    """All message ids of the sources, or of the named folders only."""
    template = Catalog(project="Otvet", charset="utf-8")
    for filename, message, comments, context in _extracted():
        if not folders or filename.startswith(folders):
            template.add(message, locations=[(filename, 0)], auto_comments=comments, context=context)
    return template


def read(path: Path, locale: str | None = None) -> Catalog:
    """The catalogue stored at path."""
    with path.open("rb") as file:
        return read_po(file, locale=locale, abort_invalid=True)


def as_text(catalogue: Catalog, *, header: bool) -> bytes:
    """The catalogue as it is stored: sorted by file, without line numbers, so that a diff shows texts only."""
    buffer = BytesIO()
    write_po(
        buffer,
        catalogue,
        width=110,
        omit_header=not header,
        sort_by_file=True,
        include_lineno=False,
        ignore_obsolete=True,
    )
    return buffer.getvalue()


def texts(value: str | Sequence[str] | None) -> tuple[str, ...]:
    """A plain message is one text, a counted one several."""
    return (value or "",) if value is None or isinstance(value, str) else tuple(value)


def stored() -> Iterator[tuple[str, Catalog]]:
    """Every language with its catalogue, in a fixed order."""
    for locale in LOCALES:
        if catalogue_path(locale).exists():
            yield locale, read(catalogue_path(locale), locale)
