"""What comes before work, and codes as people type them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.browsers import browser_of, is_handheld
from policy.duties import Duty, duty_of
from policy.one_time_codes import accepted_steps, grouped, is_phone_code, normal_code, step_of

MOMENT = datetime(2026, 11, 22, 12, 0, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("must_change", "has", "demanded", "duty"),
    [
        (False, False, False, None),
        (False, True, False, None),
        (False, True, True, None),
        (False, False, True, Duty.SET_UP_SECOND_FACTOR),
        (True, False, False, Duty.CHANGE_PASSWORD),
        (True, True, True, Duty.CHANGE_PASSWORD),
        (True, False, True, Duty.CHANGE_PASSWORD),
    ],
)
def test_the_password_comes_before_the_second_factor(
    must_change: bool, has: bool, demanded: bool, duty: Duty | None
) -> None:
    found = duty_of(must_change_password=must_change, has_second_factor=has, second_factor_demanded=demanded)
    assert found is duty


def test_a_code_holds_for_its_half_minute_and_the_ones_beside_it() -> None:
    here = step_of(MOMENT)
    assert set(accepted_steps(MOMENT, -1)) == {here - 1, here, here + 1}
    assert step_of(MOMENT + timedelta(seconds=14)) == here
    assert step_of(MOMENT + timedelta(seconds=15)) == here + 1


@given(used=st.integers(-2, 2))
def test_no_step_is_accepted_after_itself_or_a_later_one(used: int) -> None:
    last_used = step_of(MOMENT) + used
    assert all(step > last_used for step in accepted_steps(MOMENT, last_used))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("123456", "123456"),
        (" 123 456\n", "123456"),
        ("123-456", "123456"),
        ("１２３４５６", "123456"),
        ("١٢٣٤٥٦", "123456"),
        ("ABCD efgh-jkmn 2345", "abcdefghjkmn2345"),
        ("", ""),
    ],
)
def test_what_people_put_between_the_signs_does_not_count(typed: str, meant: str) -> None:
    assert normal_code(typed) == meant


@given(st.text(max_size=100))
def test_any_text_can_be_typed(text: str) -> None:
    assert normal_code(normal_code(text)) == normal_code(text) or len(text) > 60


def test_six_digits_are_a_phones_and_nothing_else() -> None:
    assert is_phone_code("012345")
    assert not any(map(is_phone_code, ("", "12345", "1234567", "12345a", "abcdefghjkmn2345")))


def test_codes_are_read_off_in_groups() -> None:
    assert grouped("abcdefghjkmn2345") == "abcd efgh jkmn 2345"


CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0.0.0 Safari/537.36"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.1 Mobile/15E148 Safari/604.1"
)


@pytest.mark.parametrize(
    ("user_agent", "name", "handheld"),
    [
        (CHROME, "Chrome 142, Windows", False),
        (CHROME + " Edg/142.0", "Edge 142, Windows", False),
        (CHROME + " YaBrowser/25.8", "Yandex Browser 25, Windows", False),
        (IPHONE, "Safari 18, iOS", True),
        (
            "Mozilla/5.0 (Android 15; Mobile; rv:144.0) Gecko/144.0 Firefox/144.0",
            "Firefox 144, Android",
            True,
        ),
        ("curl/8.5.0", None, False),
        ("", None, False),
    ],
)
def test_browsers_are_named_in_plain_words(user_agent: str, name: str | None, handheld: bool) -> None:
    assert browser_of(user_agent) == name
    assert is_handheld(user_agent) is handheld
