"""Who forgot the password asks for a link by e-mail; whoever has such a link sets a new one."""

from flask import Blueprint, Flask, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, PasswordField
from wtforms.validators import EqualTo, InputRequired, Length

from actions import password_links, passwords
from actions.password_links import LinkOwner, LinkRefused
from actions.passwords import PasswordRefused
from clock import now
from config import Config
from models.base import db
from models.database import unit_of_work
from policy.emails import EMAIL_MAXIMUM
from wording import PASSWORD_REFUSALS, too_often

pages = Blueprint("new_password", __name__)


class Forgotten(FlaskForm):
    """Whose password was forgotten."""

    email = EmailField(_l("E-mail address"), [InputRequired(), Length(max=EMAIL_MAXIMUM)])


class NewPassword(FlaskForm):
    """The new password, and the link that lets one set it."""

    token = HiddenField()
    password = PasswordField(_l("New password"), [InputRequired(), Length(max=256)])
    confirmation = PasswordField(_l("Confirmation"), [EqualTo("password", _l("The passwords differ."))])


def init_app(app: Flask) -> None:
    """The pages of a forgotten password."""
    app.register_blueprint(pages)


@pages.route("/forgot-password", methods=["GET", "POST"])
def ask() -> ResponseReturnValue:
    """Send a link to the address. The answer, and the work, is the same whether anybody has it."""
    form = Forgotten()
    if not form.validate_on_submit():
        return render_template("auth/forgot_password.html", form=form), 422 if form.is_submitted() else 200
    config: Config = current_app.config["OTVET"]
    email, address, moment = form.email.data, request.remote_addr or "", now()
    with unit_of_work() as database:
        wait = password_links.seconds_to_wait(database, email, address, moment)
        if not wait:
            # Links lead to the address of the settings, never to the one that a request names.
            password_links.request_reset(database, email, address, config.base_url, moment)
    if wait:
        page = render_template("auth/forgot_password.html", form=form, refusal=too_often(wait))
        return page, 429, {"Retry-After": str(wait)}
    return redirect(url_for(".show_asked"))


@pages.get("/forgot-password/sent")
def show_asked() -> str:
    """What happens next, without a word about whether anybody has the address."""
    return render_template("auth/forgot_password_sent.html")


@pages.get(password_links.PATH)
def show() -> ResponseReturnValue:
    """The page of a link. Opening it uses nothing up: mail programs open links before people do."""
    form = NewPassword(token=request.args.get("token", ""))
    owner = password_links.owner_of(db.session(), form.token.data, now())
    return _page(form, owner) if owner else _void()


@pages.post(password_links.PATH)
def choose() -> ResponseReturnValue:
    """Set the password by the link; the person signs in with it."""
    form = NewPassword()
    owner = password_links.owner_of(db.session(), form.token.data or "", now())
    if owner is None:
        return _void()
    if not form.validate() or not _is_good(form, owner):
        return _page(form, owner, 422)
    db.session.rollback()  # hashing takes long; no transaction stays open meanwhile
    hashed = passwords.hash_password(form.password.data)
    try:
        with unit_of_work() as database:
            password_links.set_password(database, form.token.data, hashed, now())
    except LinkRefused:
        return _void()
    flash(_("Your password is saved. Sign in with it."), "success")
    return redirect(url_for("auth.show_sign_in"))


def _is_good(form: NewPassword, owner: LinkOwner) -> bool:
    try:
        passwords.check_password(form.password.data, about=owner.names)
    except PasswordRefused as refusal:
        form.password.errors = [PASSWORD_REFUSALS[refusal.code]]
        return False
    return True


def _page(form: NewPassword, owner: LinkOwner, status: int = 200) -> ResponseReturnValue:
    return render_template("auth/new_password.html", form=form, email=owner.email), status


def _void() -> ResponseReturnValue:
    return render_template("auth/link_void.html"), 410
