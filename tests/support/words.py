"""The product's words as a person of some language reads them; stories ask for them by the message id."""

from babel.messages.pofile import read_po

from scripts.catalogues import catalogue_path


class Words:
    """`words("Save")` is «Сохранить» in Russian."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._known: dict[str, str] = {}
        if language != "en":
            with catalogue_path(language).open("rb") as file:
                catalogue = read_po(file, locale=language)
            self._known = {
                message.id: message.string
                for message in catalogue
                if isinstance(message.id, str) and isinstance(message.string, str) and message.string
            }

    def __call__(self, message: str, **values: object) -> str:
        text = self._known.get(message, message)
        return text % values if values else text
