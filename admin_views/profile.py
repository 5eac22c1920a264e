"""What people change about themselves; everything else of their account is for administrators."""

from typing import Any, ClassVar

from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from actions import operators as accounts
from admin_views.account_fields import SettlesPhoto, password_fields
from admin_views.current_password import current_password_field, refusal_of
from admin_views.forms import FieldRefused
from admin_views.operator_form import FORM_ARGS, FORM_OVERRIDES
from admin_views.rules import Tab, Tabs
from admin_views.security import security_of
from clock import now
from models.base import db
from models.operators import Operator
from policy.rights import Action

FIELDS = ("interface_language", "public_name", "photo", "languages", "reply_templates")


class ProfileView(SettlesPhoto):
    """One's own account."""

    action = Action.EDIT_OWN_PROFILE
    can_edit = True
    edit_template = "admin/profile/form.html"
    column_list = ("public_name",)
    form_columns = FIELDS
    form_overrides: ClassVar[dict[str, Any]] = {
        name: field for name, field in FORM_OVERRIDES.items() if name in FIELDS
    }
    form_args: ClassVar[dict[str, Any]] = {name: FORM_ARGS[name] for name in FIELDS}
    form_rules = (
        Tabs(
            [
                Tab("main", _l("Main"), ["interface_language", "public_name", "photo", "languages"]),
                Tab("password", _l("Password"), ["current_password", "new_password", "new_password_again"]),
                Tab("templates", _l("Templates"), ["reply_templates"]),
            ]
        ),
    )

    @expose("/", methods=("GET", "POST"))
    def index_view(self) -> Any:
        """One's own account is the section's page."""
        return self.edit_view()

    def get_one(self, id: Any) -> Any:  # noqa: A002  (Flask-Admin's name)
        """Oneself, whatever is asked for."""
        return db.session.get_one(Operator, current_user.operator.id)

    def scaffold_form(self) -> Any:
        """The form of the model, and the fields of a new password."""
        current = current_password_field(_l("Needed to set a new one."))
        return type(
            "ProfileForm", (super().scaffold_form(),), {"current_password": current, **password_fields()}
        )

    def prepare_save(self, form: Any) -> None:
        """Check the old password and hash the new one before the transaction begins."""
        if not form.new_password.data:
            return
        refusal = refusal_of(form.current_password.data)
        if refusal is not None:
            raise FieldRefused("current_password", refusal)
        form.new_password.prepare()

    def on_model_change(self, form: Any, model: Any, is_created: bool) -> None:
        """The rules of accounts; a new password ends the person's other sessions."""
        accounts.save_operator(db.session(), model, now(), keep_session_id=current_user.session_id)

    def render(self, template: str, **context: Any) -> str:
        """Below the form stand the second factor and the sessions."""
        return str(super().render(template, security=security_of(current_user.operator), **context))

    def get_save_return_url(self, model: Any, is_created: bool = False) -> str:
        """The profile again."""
        return str(self.get_url(".index_view"))

    def saved_message(self, model: Any) -> str:
        """What was saved is the person's own."""
        return str(_("Your profile is saved."))
