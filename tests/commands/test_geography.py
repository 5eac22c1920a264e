"""`flask geo lookup` says where an address is."""

import pytest
from flask import Flask


@pytest.mark.parametrize(
    ("address", "said", "code"),
    [
        ("77.88.8.8", "RU Russia, Moscow\n", 0),
        ("8.8.8.8", "US United States\n", 0),
        ("10.0.0.1", "Error: Nobody knows where 10.0.0.1 is.\n", 1),
    ],
)
def test_an_address_is_looked_up(app: Flask, address: str, said: str, code: int) -> None:
    result = app.test_cli_runner().invoke(args=["geo", "lookup", address])
    assert (result.output, result.exit_code) == (said, code)
