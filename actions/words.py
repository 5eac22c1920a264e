"""The product's words in a person's language, where there is no page that has one."""

from functools import cache
from gettext import NullTranslations
from pathlib import Path

from babel.support import Translations

from policy.languages import Language

FOLDER = Path(__file__).parents[1] / "translations"


@cache
def words_of(language: Language) -> NullTranslations:
    """The catalogue of a language; message ids are English, which needs none."""
    return Translations.load(FOLDER, [language.tag])
