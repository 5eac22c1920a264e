import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.languages import Language


@pytest.mark.parametrize(
    ("language", "tag", "label", "own_name", "direction"),
    [
        (Language.RU, "ru", "RU", "Русский", "ltr"),
        (Language.EN, "en", "EN", "English", "ltr"),
        (Language.UK, "uk", "UA", "Українська", "ltr"),
        (Language.HE, "he", "HE", "עברית", "rtl"),
        (Language.TR, "tr", "TR", "Türkçe", "ltr"),
    ],
)
def test_a_language_is_shown_as_the_manual_shows_it(
    language: Language, tag: str, label: str, own_name: str, direction: str
) -> None:
    assert (language.tag, language.label, language.own_name, language.direction) == (
        tag,
        label,
        own_name,
        direction,
    )
    assert Language.parse(tag) is language
    assert Language.parse(label) is language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("UA", Language.UK),
        ("ua", Language.UK),
        ("uk-UA", Language.UK),
        ("iw", Language.HE),
        ("he_IL", Language.HE),
        ("ru_RU", Language.RU),
        (" en-GB ", Language.EN),
        ("TR", Language.TR),
        ("de", None),
        ("", None),
        ("rus", None),
        ("_ru", None),
    ],
)
def test_a_tag_is_understood_in_any_usual_spelling(text: str, language: Language | None) -> None:
    assert Language.parse(text) is language


@given(st.text())
def test_any_text_is_a_language_or_none(text: str) -> None:
    assert Language.parse(text) in (None, *Language)
