"""Lists of e-mail addresses in forms: each wrong one is named."""

from flask_babel import gettext as _
from wtforms import Field, Form
from wtforms.validators import ValidationError

from actions.email_addresses import wrong_addresses

NAMED_AT_MOST = 3


def check_addresses(_form: Form, field: Field) -> None:
    """A validator: whatever stands between the commas is an e-mail address."""
    wrong = wrong_addresses(field.data or "")
    if wrong:
        raise ValidationError(
            _("This is not an e-mail address: %(address)s", address=", ".join(wrong[:NAMED_AT_MOST]))
        )
