"""What an administrator does about somebody's way into their account: end their sessions, forget a lost phone."""

from flask import abort, flash, redirect, request
from flask_admin import expose
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response

from actions import second_factor, sign_in
from admin_views.base import OtvetModelView
from clock import now
from models.database import unit_of_work
from models.operators import Operator


class OperatorAccess(OtvetModelView):
    """The buttons of the card «Sign-in» on an operator's form."""

    @expose("/sign-out/", methods=("POST",))
    def sign_out(self) -> Response:
        """End every session of somebody."""
        operator = self._another()
        with unit_of_work() as session:
            sign_in.sign_out_everywhere(session, operator, now())
        flash(_("Signed out everywhere: %(name)s", name=operator.internal_name), "success")
        return self._back_to(operator)

    @expose("/reset-second-factor/", methods=("POST",))
    def reset_second_factor(self) -> Response:
        """Forget somebody's phone and recovery codes."""
        operator = self._another()
        with unit_of_work() as session:
            second_factor.reset(session, operator, now())
        flash(_("The second factor is reset: %(name)s", name=operator.internal_name), "success")
        return self._back_to(operator)

    def _back_to(self, operator: Operator) -> Response:
        return redirect(self.get_url(".edit_view", id=operator.id))

    def _named(self) -> Operator:
        """The operator whom a pressed button names."""
        found: Operator = self.get_one(request.form.get("id"))
        return found

    def _another(self) -> Operator:
        """The same, but nobody does this to themselves."""
        operator = self._named()
        return operator if operator.id != current_user.operator.id else abort(403)
