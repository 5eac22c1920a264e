"""`flask operator …`: the way back into an account from the machine itself."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from actions.passwords import verify_password
from models import Operator
from tests.support.cabinet import Cabinet
from tests.support.clock import SteppingClock
from tests.support.company import Company
from tests.support.phone import factor_of, give_phone

NEW = "four words and a half"


@pytest.fixture
def run(app: Flask) -> Any:
    return lambda *arguments: app.test_cli_runner().invoke(args=["operator", *arguments])


@pytest.fixture
def owner(company: Company) -> Operator:
    return company.administrator


def test_a_forgotten_password_is_set_and_everybody_signs_in_anew(
    app: Flask, run: Any, owner: Operator, session: Session
) -> None:
    cabinet = Cabinet(app)
    cabinet.sign_in(owner)
    result = run("set-password", "Administrator@Example.com", f"--password={NEW}")
    assert (result.exit_code, result.output) == (
        0,
        "Administrator can sign in with the new password.\n",
    )
    session.rollback()
    assert verify_password(owner.password_hash, NEW)
    assert cabinet.get("/admin/").status_code == 302
    assert cabinet.sign_in(owner, NEW).location == "/admin/"


def test_a_lost_phone_is_forgotten(
    app: Flask, run: Any, owner: Operator, clock: SteppingClock, session: Session
) -> None:
    give_phone(owner, app.config["OTVET"].secret_key, clock)
    clock.forward(minutes=1)
    told = run("set-password", "administrator@example.com", f"--password={NEW}").output
    assert "reset-second-factor" in told
    assert factor_of(owner) is not None
    result = run("reset-second-factor", "administrator@example.com")
    assert result.exit_code == 0, result.output
    assert factor_of(owner) is None


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("set-password", "administrator@example.com", "--password=brief!"), "fewer than 8"),
        (("set-password", "administrator@example.com", "--password=password1"), "most common"),
        (("set-password", "administrator@example.com", "--password=administrator 1"), "must not contain"),
        (("set-password", "nobody@example.com", f"--password={NEW}"), "Nobody who works here"),
        (("reset-second-factor", "nobody@example.com"), "Nobody who works here"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_changes(
    run: Any, owner: Operator, session: Session, arguments: tuple[str, ...], told: str
) -> None:
    before = owner.password_hash
    result = run(*arguments)
    assert result.exit_code == 1 and told in result.output and "Traceback" not in result.output
    session.rollback()
    assert owner.password_hash == before
