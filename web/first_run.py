"""The first start: nobody has an account, and whoever can read the server's output makes the administrator's."""

import hmac
from base64 import b32encode
from hashlib import sha256
from typing import Any

import structlog
from flask import Blueprint, Flask, abort, current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf import FlaskForm
from sqlalchemy import select
from wtforms import EmailField, PasswordField, StringField
from wtforms.validators import Email, EqualTo, InputRequired, Length

from actions import attempts, audit, passwords
from actions.attempts import Attempt
from actions.operators import save_operator
from actions.passwords import PasswordRefused
from clock import now
from config import Config
from models.base import db
from models.database import unit_of_work
from models.operators import Guess, Operator
from models.settings import Settings
from policy.emails import EMAIL_MAXIMUM
from policy.languages import Language
from policy.statuses import OperatorStatus
from web.identity import begin_session
from web.languages import page_language
from wording import PASSWORD_REFUSALS, too_often

log = structlog.get_logger(__name__)
pages = Blueprint("first_run", __name__)
PATH = "/first-run"


class FirstAccount(FlaskForm):
    """What the first administrator tells of themselves."""

    code = StringField(_l("Code from the server's output"), [InputRequired(), Length(max=64)])
    name = StringField(_l("Your name"), [InputRequired(), Length(max=30)])
    email = EmailField(_l("E-mail address"), [InputRequired(), Length(max=EMAIL_MAXIMUM), Email()])
    password = PasswordField(_l("Password"), [InputRequired(), Length(max=256)])
    confirmation = PasswordField(_l("Confirmation"), [EqualTo("password", _l("The passwords differ."))])


def init_app(app: Flask) -> None:
    """The page, which is there only until the first account is."""
    app.register_blueprint(pages)


def is_open() -> bool:
    """Whether nobody has an account yet."""
    return db.session.scalar(select(Operator.id).limit(1)) is None


def code() -> str:
    """The code of this installation: only its secret makes it, so every process prints the same one."""
    config: Config = current_app.config["OTVET"]
    digest = hmac.new(config.secret_key.encode(), b"first account", sha256).digest()
    text = b32encode(digest[:10]).decode()
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def announce() -> None:
    """Print where the first account is made, as long as there is none."""
    if is_open():
        config: Config = current_app.config["OTVET"]
        log.warning("first_run.open", address=f"{config.base_url}{PATH}", code=code())


@pages.route(PATH, methods=["GET", "POST"])
def show() -> ResponseReturnValue:
    """Make the administrator's account; 404 as soon as there is one."""
    if not is_open():
        abort(404)
    if "language" not in session:
        # Nobody has said yet what the company speaks: the browser knows best.
        session["language"] = _browsers_language().tag
    form = FirstAccount()
    if form.validate_on_submit():
        wait = _wait_for_code(form)
        if wait:
            return _page(form, 429, {"Retry-After": str(wait)})
        if not form.errors and _make_account(form):
            session["first_run"] = True
            return redirect(url_for("first_run.done"))
    return _page(form, 422 if request.method == "POST" else 200)


@pages.get(f"{PATH}/done")
def done() -> ResponseReturnValue:
    """The account is there: on to the settings."""
    if not current_user.is_authenticated or not session.pop("first_run", False):
        abort(404)
    return render_template("auth/first_run_done.html", settings_url=url_for("settings.index_view"))


def _page(form: FirstAccount, status: int, headers: dict[str, str] | None = None) -> ResponseReturnValue:
    return render_template("auth/first_run.html", form=form), status, headers or {}


def _wait_for_code(form: FirstAccount) -> int:
    """Check the code; gives the seconds to wait when there were too many guesses."""
    attempt = Attempt(Guess.FIRST_RUN, "", request.remote_addr or "", now())
    with unit_of_work() as database:
        wait = attempts.begin(database, attempt)
        if wait:
            form.code.errors = [too_often(wait)]
        elif hmac.compare_digest(form.code.data.strip().upper().encode(), code().encode()):
            attempts.take_back(database, attempt)
        else:
            attempts.tell_failure(database, attempt)
            form.code.errors = [_("This is not the code. The server prints it when it starts.")]
    return wait


def _make_account(form: FirstAccount) -> bool:
    try:
        passwords.check_password(form.password.data, about=(form.name.data, form.email.data))
    except PasswordRefused as refusal:
        form.password.errors = [PASSWORD_REFUSALS[refusal.code]]
        return False
    hashed = passwords.hash_password(form.password.data)
    # The company begins in the language in which its first page was read.
    language = page_language()
    with unit_of_work() as database:
        # Everybody who makes the first account stands in line here: only one of them finds nobody.
        settings = database.scalars(select(Settings).with_for_update()).one()
        if not is_open():
            abort(404)
        settings.language = language
        operator = _administrator(form, hashed)
        save_operator(database, operator, now(), by=audit.cause_of(operator))
        begin_session(operator, OperatorStatus.ONLINE, is_remembered=False)
    return True


def _administrator(form: Any, hashed: str) -> Operator:
    return Operator(
        internal_name=form.name.data,
        public_name=form.name.data,
        email=form.email.data,
        password_hash=hashed,
        is_admin=True,
        departments=[],
        supervised_departments=[],
        subordinates=[],
        languages=[],
    )


def _browsers_language() -> Language:
    wanted = (Language.parse(tag) for tag, _quality in request.accept_languages)
    return next((language for language in wanted if language), Language.EN)
