"""The guides name what the screens name, show pictures that are there, and their links lead somewhere."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from scripts.catalogues import TEMPLATE, catalogue_path, texts

DOCS = Path(__file__).resolve().parents[1] / "docs"
LARGEST_PICTURE = 150_000
NO_LABELS = {
    "ru": {"Каждое число — ссылка.", "Пароль.", "Шаблоны.", "Передать"},
    "en": {"Every number is a link", "Password.", "Templates.", "Redirect"},
}
"""Bold for other reasons; a word before dots."""


def labels(language: str) -> set[str]:
    """What the screens say."""
    if language == "en":
        with TEMPLATE.open("rb") as file:
            return {text for message in read_po(file) for text in texts(message.id)}
    with catalogue_path(language).open("rb") as file:
        return {text for message in read_po(file, locale=language) for text in texts(message.string)}


@pytest.mark.parametrize("language", ["ru", "en"])
def test_what_stands_bold_is_a_label_of_the_product(language: str) -> None:
    guide = (DOCS / f"admin-guide.{language}.md").read_text(encoding="utf-8")
    known = {label.casefold().rstrip(".") for label in labels(language)}
    bold = set(re.findall(r"\*\*([^*]+)\*\*", guide)) - NO_LABELS[language]
    assert len(bold) > 30
    assert sorted(label for label in bold if label.casefold().rstrip(".") not in known) == []


@pytest.mark.parametrize("language", ["ru", "en"])
def test_pictures_are_there_and_small_and_links_lead_somewhere(language: str) -> None:
    guide = (DOCS / f"admin-guide.{language}.md").read_text(encoding="utf-8")
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", guide)
    assert len(pictures) == 6
    for picture in pictures:
        assert (DOCS / picture).stat().st_size <= LARGEST_PICTURE, picture
    headings = {
        re.sub(r"[^\w\s-]", "", heading.lower()).replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", guide, re.MULTILINE)
    }
    for link in re.findall(r"(?<!!)\[[^\]]+\]\(([^)]+)\)", guide):
        assert link[1:] in headings if link.startswith("#") else (DOCS / link).exists(), link
