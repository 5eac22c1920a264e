"""`flask create-admin`: the other way to the first account."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.passwords import verify_password
from models import Operator

GOOD = {"email": "Owner@Example.com", "name": "The Owner", "password": "four words and a half"}


@pytest.fixture
def create(app: Flask) -> Any:
    def run(**given: str) -> Any:
        arguments = [f"--{name}={value}" for name, value in {**GOOD, **given}.items()]
        return app.test_cli_runner().invoke(args=["create-admin", *arguments])

    return run


def test_an_administrator_is_made_who_can_sign_in(create: Any, session: Session) -> None:
    result = create()
    assert (result.exit_code, result.output) == (0, "The Owner can sign in with owner@example.com.\n")
    made = session.scalars(select(Operator)).one()
    assert (made.email, made.internal_name, made.is_admin, made.is_active) == (
        "owner@example.com",
        "The Owner",
        True,
        True,
    )
    assert verify_password(made.password_hash, GOOD["password"])


def test_a_second_one_with_the_same_address_is_refused(create: Any, session: Session) -> None:
    create()
    again = create(name="Somebody else")
    assert again.exit_code == 1
    assert again.output == "Error: Somebody else signs in with this address.\n"
    assert len(session.scalars(select(Operator)).all()) == 1


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"password": "brief!"}, "fewer than 8"),
        ({"password": "password"}, "most common"),
        ({"password": "x1" * 65}, "more than 128"),
        ({"password": "owner@example.com"}, "must not contain"),
        ({"email": "nonsense"}, "e-mail address"),
        ({"name": " "}, "1 to 64 characters"),
        ({"name": "x" * 65}, "1 to 64 characters"),
    ],
)
def test_what_is_wrong_is_said_and_nobody_is_made(
    create: Any, session: Session, wrong: dict[str, str], told: str
) -> None:
    result = create(**wrong)
    assert result.exit_code != 0
    assert told in result.output
    assert "Traceback" not in result.output
    assert session.scalars(select(Operator)).all() == []
