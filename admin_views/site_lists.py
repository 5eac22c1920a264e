"""Lists of sites in forms: each wrong one is named."""

from flask_babel import gettext as _
from wtforms import Field, Form
from wtforms.validators import ValidationError

from policy.sites import LIST_MAXIMUM, is_site, words

NAMED_AT_MOST = 3
SHOWN_AT_MOST = 60


def check_sites(_form: Form, field: Field) -> None:
    """A validator: whatever stands in the list is a site (`www.company.com`, `https://*.company.com:8443`)."""
    if len(field.data or "") > LIST_MAXIMUM:
        raise ValidationError(_("At most %(number)s characters in all.", number=LIST_MAXIMUM))
    wrong = [word for word in words(field.data or "") if not is_site(word)]
    if wrong:
        raise ValidationError(
            _(
                "This is not a site's address: %(site)s",
                site=", ".join(word[:SHOWN_AT_MOST] for word in wrong[:NAMED_AT_MOST]),
            )
        )
