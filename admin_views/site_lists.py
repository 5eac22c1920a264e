"""Lists of sites in forms: each wrong one is named."""

from flask_babel import gettext as _
from wtforms import Field, Form
from wtforms.validators import ValidationError

from policy.sites import is_site, words

NAMED_AT_MOST = 3


def check_sites(_form: Form, field: Field) -> None:
    """A validator: whatever stands in the list is a site (`www.company.com`, `https://*.company.com:8443`)."""
    wrong = [word for word in words(field.data or "") if not is_site(word)]
    if wrong:
        raise ValidationError(
            _("This is not a site's address: %(site)s", site=", ".join(wrong[:NAMED_AT_MOST]))
        )
