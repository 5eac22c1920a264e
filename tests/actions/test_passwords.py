"""Passwords: long enough, not common, not personal; verified without telling whether there was an account."""

import pytest

from actions.passwords import PasswordRefused, check_password, hash_password, renewed_hash, verify_password


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("seven77", "password_short"),
        ("x" * 64 + "y" * 65, "password_long"),
        ("password1", "password_common"),
        ("PASSWORD1", "password_common"),
        ("zzzzzzzzzzzz", "password_common"),
        ("Света-забияка", "password_personal"),
        ("i am SVETLANA!", "password_personal"),
    ],
)
def test_a_bad_password_is_refused_with_its_reason(password: str, code: str) -> None:
    with pytest.raises(PasswordRefused) as refused:
        check_password(password, about=["Света", "svetlana@yahoo.example"])
    assert refused.value.code == code


@pytest.mark.parametrize("password", ["eight ch", "пароль из слов", "🦊🦊🦊🦉🦉🦉🦊🦉", "x" * 64 + "y" * 64])
def test_length_is_enough_and_any_character_goes(password: str) -> None:
    check_password(password, about=["Al", "io@a.ru"])


def test_a_hash_verifies_its_password_only() -> None:
    known = hash_password("correct horse")
    assert verify_password(known, "correct horse")
    assert not verify_password(known, "correct horsf")
    assert renewed_hash(known, "correct horse") is None


def test_the_same_letters_typed_on_another_keyboard_are_the_same_password() -> None:
    assert verify_password(hash_password("caf\u00e9 au lait"), "cafe\u0301 au lait")


@pytest.mark.parametrize("known", [None, "", "not a hash"])
def test_an_account_without_a_password_lets_nobody_in(known: str | None) -> None:
    assert not verify_password(known, "the password of nobody")
