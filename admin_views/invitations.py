"""An invitation by letter, offered instead of typing a password for somebody."""

from typing import Any

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from wtforms import Field, Form
from wtforms.validators import DataRequired, StopValidation

from actions import password_links
from admin_views.forms import SwitchField
from clock import now
from config import Config
from models.operators import Operator


class InvitationField(SwitchField):
    """Whether the person is to choose the password; nothing of it is stored with the record."""

    def populate_obj(self, obj: Any, name: str) -> None:
        """The letter is written by the save."""


def invitation_field() -> Field:
    """The switch on the form of a new account."""
    return InvitationField(
        _l("Send an invitation by e-mail"),
        description=_l(
            "A letter with a link comes to the address above, and the operator chooses the password. "
            "The link works for 72 hours."
        ),
    )


def needed_unless_invited(form: Form, field: Field) -> None:
    """A validator: a new account is nothing without a password, or a letter by which its owner sets one."""
    if not form["sends_invitation"].data:
        DataRequired()(form, field)
        return
    field.data = ""
    raise StopValidation


def nothing_when_invited(form: Form, field: Field) -> None:
    """A validator: what an invited person will choose is not asked twice."""
    if form["sends_invitation"].data:
        field.data = ""
        raise StopValidation


def send_invitation(session: Session, operator: Operator) -> None:
    """Write the letter, in the transaction of its cause."""
    config: Config = current_app.config["OTVET"]
    password_links.invite(session, operator, config.base_url, now())


def invitation_message(operator: Operator) -> str:
    """What is said when the letter is written."""
    config: Config = current_app.config["OTVET"]
    if config.smtp is None:
        return str(
            _("The invitation to %(email)s waits: no mail server is configured.", email=operator.email)
        )
    return str(_("An invitation is on its way to %(email)s.", email=operator.email))
