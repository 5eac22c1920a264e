"""Text on a colour that somebody chose can be read."""

import pytest

from policy.colors import readable_on


@pytest.mark.parametrize(
    ("color", "text"),
    [("#0f766e", "#ffffff"), ("#000000", "#ffffff"), ("#ffffff", "#171b22"), ("#ffd400", "#171b22")],
)
def test_the_text_on_a_colour_can_be_read(color: str, text: str) -> None:
    assert readable_on(color) == text
