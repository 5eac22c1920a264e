"""The five languages of the interface, of chats and of operators."""

import enum
from typing import Self


class Language(enum.Enum):
    """A language by its tag; the label is what the manual prints (Ukrainian is stored as `uk`, shown as UA)."""

    RU = "ru"
    EN = "en"
    UK = "uk"
    HE = "he"
    TR = "tr"

    @property
    def tag(self) -> str:
        """The tag for `lang` attributes, catalogues and rows."""
        return self.value

    @property
    def label(self) -> str:
        """The two capital letters that lists and check boxes show."""
        return _LABELS.get(self.value, self.value.upper())

    @property
    def own_name(self) -> str:
        """The language's name in itself, for a menu that everybody must be able to read."""
        return _OWN_NAMES[self.value]

    @property
    def direction(self) -> str:
        """The direction of writing, for `dir` attributes: `ltr` or `rtl`."""
        return "rtl" if self is Language.HE else "ltr"

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """The language of a tag in any usual spelling (`ru_RU`, `UA`, `uk-UA`, `iw`); None for one that is not ours."""
        primary = text.strip().lower().replace("_", "-").partition("-")[0]
        try:
            return cls(_ALIASES.get(primary, primary))
        except ValueError:
            return None


_LABELS = {"uk": "UA"}
_OWN_NAMES = {"ru": "Русский", "en": "English", "uk": "Українська", "he": "עברית", "tr": "Türkçe"}
# "ua" is the manual's word (and what its snippets send); "iw" is what old Java and Android call Hebrew.
_ALIASES = {"ua": "uk", "iw": "he"}
