"""Refuses catalogues that lag behind the sources, lack a translation or lose a placeholder."""

import re
import sys
from collections.abc import Iterator

from babel.messages.catalog import Catalog, Message

from scripts.catalogues import LOCALES, TEMPLATE, as_text, catalogue_path, collect, read, texts

# %(name)s and %s of Python, {name} of the scripts.
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w+\}")


def placeholders(text: str) -> set[str]:
    """The names that a text leaves room for."""
    return set(PLACEHOLDER.findall(text))


def message_faults(message: Message) -> Iterator[str]:
    """What is wrong with one translation."""
    ids, strings = texts(message.id), texts(message.string)
    if message.fuzzy:
        yield f"is marked fuzzy: {ids[0]!r}"
    if not all(strings):
        yield f"has no translation of {ids[0]!r}"
        return
    allowed = placeholders(ids[-1])
    for string in strings:
        if not placeholders(string) <= allowed or (len(ids) == 1 and placeholders(string) != allowed):
            yield f"differs in placeholders: {ids[0]!r}"


def catalogue_faults(locale: str, template: Catalog) -> Iterator[str]:
    """What is wrong with one language's catalogue."""
    path = catalogue_path(locale)
    if not path.exists():
        yield f"{locale}: has no catalogue"
        return
    catalogue = read(path, locale)
    wanted = {(message.id, message.context) for message in template if message.id}
    present = {(message.id, message.context) for message in catalogue if message.id}
    if wanted != present:
        yield f"{locale}: differs from the sources in {len(wanted ^ present)} message ids, run make translations"
    for message in catalogue:
        if message.id:
            yield from (f"{locale}: {fault}" for fault in message_faults(message))


def faults() -> Iterator[str]:
    """What is wrong with the template and every language."""
    template = collect()
    if not TEMPLATE.exists() or TEMPLATE.read_bytes() != as_text(template, header=False):
        yield "messages.pot differs from the sources, run make translations"
    for locale in LOCALES:
        yield from catalogue_faults(locale, template)


def main() -> int:
    """Print every fault; 1 when there is one."""
    found = list(faults())
    for fault in found:
        print(f"translations: {fault}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
