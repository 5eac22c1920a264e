import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.texts import MESSAGE_MAXIMUM, TextRefused, clean_line, clean_message


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Hello", "Hello"),
        ("  Hello \n", "Hello"),
        ("one\r\ntwo\rthree\nfour", "one\ntwo\nthree\nfour"),
        ("a\x00b\x07c\x1b[31md\x85e", "abc[31mde"),
        ("half \ud83d of a pair \udc00", "half  of a pair"),
        ("tab\tkept", "tab\tkept"),
        ("<b>{{7*7}} %s</b>", "<b>{{7*7}} %s</b>"),
        ("👩\u200d👩\u200d👧 שלום \u200e!", "👩\u200d👩\u200d👧 שלום \u200e!"),
        ("\U0001fae9", "\U0001fae9"),
        ("x" * MESSAGE_MAXIMUM, "x" * MESSAGE_MAXIMUM),
        ("x" * MESSAGE_MAXIMUM + "\x00 \n", "x" * MESSAGE_MAXIMUM),
    ],
)
def test_a_message_is_kept_as_written_but_for_what_cannot_be_shown(typed: str, kept: str) -> None:
    assert clean_message(typed) == kept


@pytest.mark.parametrize(
    "typed", ["", " ", "\r\n\t", "\x00\x01", "\ud800", "\u200b\u200d", "\u202e", "\u3000\u2028"]
)
def test_a_message_that_shows_nothing_is_refused(typed: str) -> None:
    with pytest.raises(TextRefused) as refusal:
        clean_message(typed)
    assert refusal.value.code == "empty"


def test_a_message_above_the_maximum_is_refused() -> None:
    with pytest.raises(TextRefused) as refusal:
        clean_message("x" * (MESSAGE_MAXIMUM + 1))
    assert (refusal.value.code, refusal.value.maximum) == ("too_long", 10_000)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Anna", "Anna"),
        (" Anna \r\n\t Petrova\u2028 ", "Anna Petrova"),
        ("Bcc: a\r\nb", "Bcc: a b"),
        ("\u202etxt.exe\u2066", "txt.exe"),
        ("\x1b\x00", ""),
        ("\u200b", ""),
        ("", ""),
    ],
)
def test_a_line_is_one_line(typed: str, kept: str) -> None:
    assert clean_line(typed, 30) == kept


def test_a_line_above_its_maximum_is_refused() -> None:
    assert clean_line("  " + "x" * 30 + "\n", 30) == "x" * 30
    with pytest.raises(TextRefused) as refusal:
        clean_line("x" * 31, 30)
    assert (refusal.value.code, refusal.value.maximum) == ("too_long", 30)


# Surrogates included: they come in through JSON.
anything = st.text(st.characters(), max_size=60)


@given(anything)
def test_what_was_cleaned_is_clean(typed: str) -> None:
    line = clean_line(typed, 60)
    assert clean_line(line, 60) == line
    assert line == line.strip() and "\n" not in line
    line.encode()
    try:
        message = clean_message(typed)
    except TextRefused:
        assert line == ""
        return
    assert clean_message(message) == message
    message.encode()
    assert not [sign for sign in message if unicodedata.category(sign) == "Cc" and sign not in "\n\t"]
