"""The current password, asked before an account's own locks are changed: an open browser is not enough."""

from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from flask_login import current_user
from wtforms import Field, PasswordField
from wtforms.widgets import PasswordInput

from actions import attempts
from actions.attempts import Attempt
from actions.passwords import verify_password
from clock import now
from models.base import db
from models.database import unit_of_work
from models.operators import Guess
from wording import too_often


class CurrentPassword(PasswordField):
    """What the person proves themselves with."""

    widget = PasswordInput(hide_value=True)

    def populate_obj(self, obj: Any, name: str) -> None:
        """Nothing is stored of it."""


def current_password_field(description: str | LazyString = "") -> Field:
    """The field as it stands in every form that asks for it."""
    return CurrentPassword(
        _l("Current password"), description=description, render_kw={"autocomplete": "current-password"}
    )


def refusal_of(password: str | None) -> str | None:
    """Why this is not accepted as the person's current password; None when it is theirs.

    Guesses are counted before they are looked at. Opens transactions of its own, so it stands before the form's.
    """
    operator = current_user.operator
    known, account = operator.password_hash, operator.public_id
    if not password:
        return str(_("Enter your current password."))
    attempt = Attempt(Guess.CURRENT_PASSWORD, account, request.remote_addr or "", now())
    with unit_of_work() as session:
        wait = attempts.begin(session, attempt)
    if wait:
        return too_often(wait)
    db.session.rollback()  # hashing takes long; no transaction stays open meanwhile
    if not verify_password(known, password):
        with unit_of_work() as session:
            attempts.tell_failure(session, attempt)
        return str(_("The current password is wrong."))
    with unit_of_work() as session:
        attempts.take_back(session, attempt)
    return None
