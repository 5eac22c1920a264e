"""How a person secures their own account: the second factor, the sessions, and what must be done before work."""

from typing import Any

import segno
from flask import abort, current_app, flash, redirect, render_template, request, session, url_for
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf import FlaskForm
from markupsafe import Markup
from werkzeug import Response
from wtforms import Form, PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from actions import operators as accounts
from actions import passwords, second_factor, sign_in
from actions.errors import NotFound
from actions.letters import NAMELESS
from actions.passwords import PasswordRefused
from actions.second_factor import SecondFactorRefused
from admin_views.base import OtvetView, row_number
from admin_views.current_password import current_password_field, refusal_of
from clock import now
from models.base import db
from models.database import unit_of_work
from models.settings import load_settings
from policy.duties import Duty
from policy.one_time_codes import grouped
from policy.paths import own_path
from policy.rights import Action
from wording import PASSWORD_REFUSALS

SEED = "second_factor_seed"
PROFILE = "profile.index_view"


class Asked(FlaskForm):
    """The current password and nothing else."""

    current_password = current_password_field()


class SetUp(FlaskForm):
    """A code shows that the phone knows the secret; the password, that it is the account's owner who asks."""

    code = StringField(_l("Code from the phone"), [InputRequired(), Length(max=32)])
    current_password = current_password_field()


class NewPassword(FlaskForm):
    """The password that takes the place of one given by somebody else."""

    password = PasswordField(_l("New password"), [InputRequired(), Length(max=256)])
    confirmation = PasswordField(_l("Confirmation"), [EqualTo("password", _l("The passwords differ."))])


class OwnAccountView(OtvetView):
    """Pages of one card each, shown within the cabinet and before anything of it opens alike."""

    action = Action.SECURE_OWN_ACCOUNT

    @expose("/")
    def index_view(self) -> Response:
        """On to what must be done first; with nothing to do, to where the person wanted to go."""
        duty = current_user.duty
        if duty is None:
            return redirect(own_path(request.args.get("next")) or url_for(PROFILE))
        page = ".new_password" if duty is Duty.CHANGE_PASSWORD else ".set_up"
        return redirect(self.get_url(page, next=own_path(request.args.get("next"))))

    # The password that somebody else knows

    @expose("/password/", methods=("GET", "POST"))
    def new_password(self) -> Any:
        """Choose a password that nobody else knows; whoever changes theirs by wish does so in the profile."""
        if current_user.duty is not Duty.CHANGE_PASSWORD:
            return redirect(url_for(PROFILE))
        form = NewPassword()
        if form.validate_on_submit() and _is_good(form):
            hashed = passwords.hash_password(form.password.data)
            with unit_of_work() as database:
                accounts.set_new_password(
                    database, current_user.operator, hashed, now(), keep_session_id=current_user.session_id
                )
                sign_in.begin_shift(database, current_user.operator, current_user.session_id, now())
            flash(_("Your password is changed."), "success")
            return redirect(self.get_url(".index_view", next=_aim()))
        return _page("auth/must_change_password.html", form, email=current_user.operator.email)

    # The second factor

    @expose("/second-factor/", methods=("GET", "POST"))
    def set_up(self) -> Any:
        """Show the secret, and switch the second factor on once the phone has given a right code."""
        operator = current_user.operator
        if second_factor.is_on(db.session(), operator.id) or current_user.duty is Duty.CHANGE_PASSWORD:
            return redirect(self.get_url(".index_view"))
        form, seed = SetUp(), _seed()
        if form.validate_on_submit() and _is_owner(form):
            try:
                with unit_of_work() as database:
                    codes = second_factor.switch_on(
                        database,
                        operator,
                        seed,
                        form.code.data,
                        _installation_key(),
                        now(),
                        keep_session_id=current_user.session_id,
                    )
                    sign_in.begin_shift(database, operator, current_user.session_id, now())
            except SecondFactorRefused as refusal:
                if refusal.code != "code_wrong":
                    abort(409)
                form.code.errors = [_("This is not the code of this minute. Is the phone's clock right?")]
            else:
                session.pop(SEED)
                return _codes_page(codes, is_fresh=True)
        secret = second_factor.secret_of(seed, _installation_key())
        return _page(
            "auth/second_factor.html",
            form,
            secret=grouped(secret.lower()),
            picture=_picture(secret),
            is_demanded=current_user.duty is Duty.SET_UP_SECOND_FACTOR,
        )

    @expose("/second-factor/off/", methods=("GET", "POST"))
    def switch_off(self) -> Any:
        """Switch it off, by the password."""
        self._refuse_without_second_factor()
        form = Asked()
        if load_settings(db.session()).second_factor_demanded:
            abort(409)
        if form.validate_on_submit() and _is_owner(form):
            with unit_of_work() as database:
                second_factor.switch_off(
                    database, current_user.operator, now(), keep_session_id=current_user.session_id
                )
            flash(_("The second factor is off."), "success")
            return redirect(url_for(PROFILE))
        return _page("auth/second_factor_off.html", form)

    @expose("/second-factor/codes/", methods=("GET", "POST"))
    def new_codes(self) -> Any:
        """Make other recovery codes, by the password."""
        self._refuse_without_second_factor()
        form = Asked()
        if form.validate_on_submit() and _is_owner(form):
            with unit_of_work() as database:
                codes = second_factor.new_codes(database, current_user.operator)
            return _codes_page(codes, is_fresh=False)
        return _page("auth/recovery_codes_new.html", form)

    def _refuse_without_second_factor(self) -> None:
        if not second_factor.is_on(db.session(), current_user.operator.id):
            abort(404)

    # Sessions

    @expose("/sessions/end/", methods=("POST",))
    def end_session(self) -> Response:
        """Sign out in one other browser."""
        number = request.form.get("id", type=row_number)
        if number == current_user.session_id:
            abort(400)
        try:
            with unit_of_work() as database:
                sign_in.end_session_of(database, current_user.operator, number or 0, now())
        except NotFound:
            flash(_("That session has ended already."), "success")
        else:
            flash(_("The session is ended."), "success")
        return redirect(url_for(PROFILE, _anchor="sessions"))

    @expose("/sessions/end-others/", methods=("POST",))
    def end_other_sessions(self) -> Response:
        """Sign out in every other browser."""
        with unit_of_work() as database:
            sign_in.end_other_sessions(
                database, current_user.operator, now(), keep_session_id=current_user.session_id
            )
        flash(_("All other sessions are ended."), "success")
        return redirect(url_for(PROFILE, _anchor="sessions"))


def _is_owner(form: Any) -> bool:
    refusal = refusal_of(form.current_password.data)
    if refusal is not None:
        form.current_password.errors = [refusal]
    return refusal is None


def _is_good(form: NewPassword) -> bool:
    operator = current_user.operator
    known, typed = operator.password_hash, form.password.data
    company = load_settings(db.session()).company_name
    about = [operator.internal_name, operator.public_name, operator.email or "", company]
    db.session.rollback()  # hashing takes long; no transaction stays open meanwhile
    try:
        passwords.check_password(typed, about=about)
    except PasswordRefused as refusal:
        form.password.errors = [PASSWORD_REFUSALS[refusal.code]]
        return False
    if passwords.verify_password(known, typed):
        form.password.errors = [_("This is the password that you were given. Choose another one.")]
        return False
    return True


def _seed() -> bytes:
    """One secret for all attempts of a person to set it up; the cookie holds what it is made of, which says nothing."""
    if SEED not in session:
        session[SEED] = second_factor.new_seed().hex()
    return bytes.fromhex(session[SEED])


def _picture(secret: str) -> Markup:
    company = load_settings(db.session()).company_name or NAMELESS
    address = second_factor.phone_address(secret, current_user.operator.email or "", company)
    drawn = segno.make(address, error="m", micro=False).svg_inline(omitsize=True, border=2, dark="#000")
    return Markup(drawn)  # noqa: S704  (drawn by us: squares and nothing else)


def _codes_page(codes: list[str], *, is_fresh: bool) -> str:
    return render_template(
        "auth/recovery_codes.html",
        codes=[grouped(code) for code in codes],
        is_fresh=is_fresh,
        email=current_user.operator.email,
        company=load_settings(db.session()).company_name or NAMELESS,
        aim=_aim() or url_for(PROFILE),
    )


def _page(template: str, form: Form, **context: Any) -> tuple[str, int]:
    page = render_template(template, form=form, has_duty=current_user.duty is not None, **context)
    return page, 422 if request.method == "POST" else 200


def _aim() -> str | None:
    return own_path(request.args.get("next"))


def _installation_key() -> str:
    key: str = current_app.config["OTVET"].secret_key
    return key
