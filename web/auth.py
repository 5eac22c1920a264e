"""Signing in and out."""

from flask import Blueprint, Flask, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from actions import attempts, passwords, second_factor, sign_in
from actions.attempts import Attempt
from actions.operators import normal_email
from clock import now
from models.base import db
from models.database import unit_of_work
from models.operators import Guess, Operator
from policy.emails import EMAIL_MAXIMUM
from policy.paths import own_path
from policy.statuses import OperatorStatus
from web import first_run
from web.identity import begin_session
from web.known_devices import device_of
from web.second_step import ask_for_code
from wording import too_often

STARTING_STATUSES = tuple(status for status in OperatorStatus if status is not OperatorStatus.OFFLINE)
pages = Blueprint("auth", __name__)


def init_app(app: Flask) -> None:
    """The pages of signing in and out."""
    app.register_blueprint(pages)


@pages.get("/")
def home() -> ResponseReturnValue:
    """A stranger comes to the sign-in page, a signed-in person to the main page."""
    return redirect(url_for("auth.show_sign_in" if current_user.operator is None else "admin.index"))


@pages.get("/sign-in")
def show_sign_in() -> ResponseReturnValue:
    """The sign-in page; where nobody has an account yet, the page that makes the first one."""
    if current_user.operator is not None:
        return redirect(_aim())
    if first_run.is_open():
        return redirect(url_for("first_run.show"))
    return _page()


@pages.post("/sign-in")
def sign_person_in() -> ResponseReturnValue:
    """Check the pair: throttled, in equal time for every wrong one, and with one message that tells neither half."""
    email = normal_email(request.form.get("email", ""))
    if len(email) > EMAIL_MAXIMUM:
        return _page(_("An e-mail address has at most %(number)s characters.", number=EMAIL_MAXIMUM)), 422
    attempt = Attempt(Guess.PASSWORD, email, request.remote_addr or "", now(), device_of(email))
    with unit_of_work() as database:
        wait = attempts.begin(database, attempt)
    if wait:
        page = _page(too_often(wait))
        return page, 429, {"Retry-After": str(wait)}
    operator = sign_in.find_by_email(db.session(), email)
    known_hash = operator.password_hash if operator else None
    db.session.rollback()  # hashing takes long; no transaction stays open meanwhile
    password = request.form.get("password", "")
    if not passwords.verify_password(known_hash, password):
        return _wrong_pair(attempt)
    renewed, aim = passwords.renewed_hash(known_hash, password), None
    with unit_of_work() as database:
        operator = sign_in.find_by_email(database, email)
        # A password that was changed while this one was looked at: it is not the right one any more.
        if operator is not None and operator.password_hash == known_hash:
            attempts.take_back(database, attempt)
            operator.password_hash = renewed or known_hash
            aim = _let_in(operator)
    return redirect(aim) if aim else _wrong_pair(attempt)


def _let_in(operator: Operator) -> str:
    """Begin the session, or ask for the code first; gives where to go."""
    status, is_remembered = _starting_status(request.form.get("status")), "remember" in request.form
    if second_factor.is_on(db.session(), operator.id):
        return ask_for_code(operator, status, is_remembered=is_remembered, aim=_aim())
    begin_session(operator, status, is_remembered=is_remembered)
    return _aim()


def _wrong_pair(attempt: Attempt) -> ResponseReturnValue:
    """One answer that does not tell which half was wrong."""
    with unit_of_work() as database:
        attempts.tell_failure(database, attempt)
    return _page(_("The e-mail or the password is wrong.")), 401


@pages.post("/sign-out")
def sign_person_out() -> ResponseReturnValue:
    """End this session; the last one takes the person offline."""
    if current_user.operator is not None:
        token = current_user.token
        with unit_of_work() as database:
            signed_in = sign_in.session_of(database, token, now())
            if signed_in:
                sign_in.end_session(database, signed_in, now())
    session.clear()
    flash(_("You have signed out."), "success")
    return redirect(url_for("auth.show_sign_in"))


@pages.get("/requirements")
def show_requirements() -> ResponseReturnValue:
    """Which browsers are supported."""
    return render_template("auth/requirements.html")


def _page(refusal: str | None = None) -> str:
    return render_template(
        "auth/sign_in.html",
        refusal=refusal,
        statuses=STARTING_STATUSES,
        chosen_status=_starting_status(request.form.get("status")),
        email=request.form.get("email", ""),
        is_remembered="remember" in request.form,
        next=own_path(request.values.get("next")) or "",
    )


def _starting_status(text: str | None) -> OperatorStatus:
    return next((status for status in STARTING_STATUSES if status.value == text), OperatorStatus.ONLINE)


def _aim() -> str:
    return own_path(request.values.get("next")) or url_for("admin.index")
