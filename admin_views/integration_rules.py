"""What stands on forms beside the fields of the integration: a warning, and ways to its sections."""

from flask import render_template, url_for
from flask_admin.form.rules import BaseRule
from flask_babel import gettext as _
from markupsafe import Markup
from wtforms import Field, Form
from wtforms.validators import ValidationError

from models.base import db
from models.settings import load_settings
from policy.crm_links import CrmLinkRefused, checked


class AnySiteWarning(BaseRule):
    """While no list of sites is filled in, any site may carry the button: that should be known."""

    def __init__(self, *, falls_back: bool = False) -> None:
        super().__init__()
        self._falls_back = falls_back

    def __call__(self, form: Form, form_opts: object = None, field_args: object = None) -> str:
        """The warning, or nothing."""
        listed = (form.allowed_sites.data or "").strip()
        if not listed and self._falls_back:
            listed = load_settings(db.session()).allowed_sites
        return "" if listed else _drawn("admin/integration/any_site.html")


class IntegrationLinks(BaseRule):
    """Where tokens and webhooks are."""

    def __call__(self, form: Form, form_opts: object = None, field_args: object = None) -> str:
        """Two doors."""
        return _drawn(
            "admin/integration/links.html",
            tokens=url_for("api_tokens.index_view"),
            webhooks=url_for("webhooks.index_view"),
        )


def check_crm_link(_form: Form, field: Field) -> None:
    """A validator: a template of which a link can be made; a field that nobody knows is named."""
    try:
        checked(field.data or "")
    except CrmLinkRefused as refused:
        if refused.code == "crm_field_unknown":
            raise ValidationError(
                _("There is no such field: %(field)s", field=f"{{{refused.field}}}")
            ) from None
        raise ValidationError(
            _("This is not a link that begins with http:// or https:// and names its host.")
        ) from None


def _drawn(template: str, **values: object) -> Markup:
    return Markup(render_template(template, **values))  # noqa: S704  (the template has escaped what people typed)
