import pytest
from babel.messages.catalog import Catalog

from scripts.check_catalogues import message_faults
from scripts.export_script_catalogues import plural_forms, surface_catalogue

RUSSIAN_CHATS = ("{n} чат", "{n} чата", "{n} чатов")


def template() -> Catalog:
    messages = Catalog()
    messages.add("Save")
    messages.add(("one chat", "{n} chats"))
    messages.add("Not translated")
    return messages


def russian() -> Catalog:
    catalogue = Catalog(locale="ru")
    catalogue.add("Save", "Сохранить")
    catalogue.add(("one chat", "{n} chats"), RUSSIAN_CHATS)
    catalogue.add("Not translated")
    return catalogue


def test_scripts_get_each_message_under_its_id_and_plurals_by_category() -> None:
    assert surface_catalogue(template(), "ru", russian()) == {
        "Save": "Сохранить",
        "one chat": {"one": "{n} чат", "few": "{n} чата", "many": "{n} чатов", "other": "{n} чатов"},
    }


def test_english_scripts_get_only_what_the_ids_do_not_say() -> None:
    assert surface_catalogue(template(), "en", None) == {
        "one chat": {"one": "one chat", "other": "{n} chats"}
    }


@pytest.mark.parametrize(
    ("locale", "categories"),
    [
        ("ru", {"one", "few", "many", "other"}),
        ("uk", {"one", "few", "many", "other"}),
        ("he", {"one", "two", "other"}),
        ("tr", {"one", "other"}),
    ],
)
def test_every_plural_category_of_a_language_has_a_form(locale: str, categories: set[str]) -> None:
    catalogue = Catalog(locale=locale)
    forms = plural_forms(locale, catalogue)
    assert forms.keys() == categories
    assert all(0 <= index < catalogue.num_plurals for index in forms.values())


@pytest.mark.parametrize(
    ("ids", "strings", "fault"),
    [
        ("Save", "Сохранить", None),
        ("Save", "", "no translation"),
        (("one chat", "{n} chats"), RUSSIAN_CHATS, None),
        (("one chat", "{n} chats"), ("один чат", "{n} чата", ""), "no translation"),
        (("one chat", "{n} chats"), ("{m} чат", "{n} чата", "{n} чатов"), "placeholders"),
        ("Hello, %(name)s", "Здравствуйте, %(name)s", None),
        ("Hello, %(name)s", "Здравствуйте", "placeholders"),
        ("Hello, {name}", "Здравствуйте, {имя}", "placeholders"),
    ],
)
def test_a_translation_is_complete_and_keeps_its_placeholders(
    ids: str | tuple[str, str], strings: str | tuple[str, ...], fault: str | None
) -> None:
    catalogue = Catalog(locale="ru")
    message = catalogue.add(ids, strings)
    found = list(message_faults(message))
    assert len(found) == (fault is not None)
    assert fault is None or fault in found[0]


def test_a_guess_is_not_a_translation() -> None:
    message = Catalog(locale="ru").add("Save", "Спасти", flags=["fuzzy"])
    assert any("fuzzy" in fault for fault in message_faults(message))
