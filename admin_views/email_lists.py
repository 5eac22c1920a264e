"""Lists of e-mail addresses in forms: each wrong one is named."""

from flask_babel import gettext as _
from wtforms import Field, Form
from wtforms.validators import Length, ValidationError

from actions.email_addresses import wrong_addresses

NAMED_AT_MOST = 3
MAXIMUM = 1000


def check_addresses(form: Form, field: Field) -> None:
    """A validator: whatever stands between the commas is an e-mail address."""
    # Called here, it puts no counter of characters beside the field: nobody comes near so many addresses.
    Length(max=MAXIMUM)(form, field)
    wrong = wrong_addresses(field.data or "")
    if wrong:
        raise ValidationError(
            _("This is not an e-mail address: %(address)s", address=", ".join(wrong[:NAMED_AT_MOST]))
        )
