"""Collects message ids from the sources and brings every language's catalogue in line with them."""

from datetime import UTC, datetime

from babel.messages.catalog import Catalog

from scripts.catalogues import LOCALES, TEMPLATE, as_text, catalogue_path, collect, read

# Dates in headers would differ in every run and say nothing that the history does not.
NO_DATE = datetime(2026, 1, 1, tzinfo=UTC)


def update(locale: str, template: Catalog) -> None:
    """Add new message ids to one language, drop those that are gone, keep every translation."""
    path = catalogue_path(locale)
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        catalogue = read(path, locale)
    else:
        catalogue = Catalog(
            locale=locale,
            project="Otvet",
            charset="utf-8",
            fuzzy=False,
            creation_date=NO_DATE,
            revision_date=NO_DATE,
        )
    catalogue.update(
        template, no_fuzzy_matching=True, update_header_comment=False, update_creation_date=False
    )
    catalogue.obsolete.clear()
    path.write_bytes(as_text(catalogue, header=True))


def main() -> None:
    """Write the template and the catalogues."""
    template = collect()
    TEMPLATE.parent.mkdir(exist_ok=True)
    TEMPLATE.write_bytes(as_text(template, header=False))
    for locale in LOCALES:
        update(locale, template)


if __name__ == "__main__":
    main()
