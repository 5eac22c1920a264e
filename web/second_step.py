"""The second step of signing in: a code of the phone, or one of those kept on paper for when it is lost."""

from dataclasses import asdict, dataclass
from datetime import timedelta

from flask import (
    Blueprint,
    Flask,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from actions import attempts, second_factor
from actions.attempts import Attempt
from actions.ids import token_hash
from clock import now
from config import Config
from models.base import db
from models.database import unit_of_work
from models.operators import Guess, Operator
from models.queries import people
from policy.one_time_codes import is_phone_code, normal_code
from policy.paths import own_path
from policy.statuses import OperatorStatus
from web.identity import begin_session
from wording import too_often

pages = Blueprint("second_step", __name__)
PATH = "/sign-in/code"
KEY = "second_step"
LASTS = timedelta(minutes=10)
FEW_CODES = 3


@dataclass(frozen=True, slots=True)
class FirstStep:
    """What was done and chosen at the door; it waits in the signed cookie, and opens nothing without a code."""

    operator_id: int
    password: str
    """A mark of the password's hash: a password that was changed meanwhile has to be typed anew."""
    status: str
    is_remembered: bool
    next: str
    at: float


def init_app(app: Flask) -> None:
    """The page of the code."""
    app.register_blueprint(pages)


def ask_for_code(operator: Operator, status: OperatorStatus, *, is_remembered: bool, aim: str) -> str:
    """The password was right: gives the address of the page that asks for the code."""
    session[KEY] = asdict(
        FirstStep(
            operator_id=operator.id,
            password=_mark(operator),
            status=status.value,
            is_remembered=is_remembered,
            next=aim,
            at=now().timestamp(),
        )
    )
    return url_for("second_step.show")


@pages.get(PATH)
def show() -> ResponseReturnValue:
    """The page that asks for a code; without a right password there is nothing to ask."""
    if _waiting() is None:
        return redirect(url_for("auth.show_sign_in"))
    return _page()


@pages.post(PATH)
def sign_person_in() -> ResponseReturnValue:
    """Check the code, counted before it is looked at; the right one begins the session chosen at the door."""
    waiting = _waiting()
    if waiting is None:
        flash(_("Too much time has passed. Sign in once more."), "error")
        return redirect(url_for("auth.show_sign_in"))
    first, operator = waiting
    attempt = Attempt(Guess.CODE, operator.public_id, request.remote_addr or "", now())
    with unit_of_work() as database:
        wait = attempts.begin(database, attempt)
    if wait:
        return _page(too_often(wait)), 429, {"Retry-After": str(wait)}
    config: Config = current_app.config["OTVET"]
    code = request.form.get("code", "")
    with unit_of_work() as database:
        if not second_factor.accept(database, operator, code, config.secret_key, attempt.at):
            attempts.tell_failure(database, attempt)
            return _page(_("This code is wrong or was used already.")), 401
        attempts.take_back(database, attempt)
        left = second_factor.codes_left(database, operator.id)
        begin_session(operator, OperatorStatus(first.status), is_remembered=first.is_remembered)
    if not is_phone_code(normal_code(code)) and left <= FEW_CODES:
        _warn_of_few_codes(left)
    return redirect(own_path(first.next) or url_for("admin.index"))


def _warn_of_few_codes(left: int) -> None:
    text = ngettext(
        "%(num)d recovery code is left. Make new ones in your profile.",
        "%(num)d recovery codes are left. Make new ones in your profile.",
        left,
    )
    flash(text, "error")


def _waiting() -> tuple[FirstStep, Operator] | None:
    """Whose second step this is, while it holds."""
    stored = session.get(KEY)
    if not stored:
        return None
    first = FirstStep(**stored)
    operator = people.person(db.session(), first.operator_id)
    is_late = now().timestamp() - first.at > LASTS.total_seconds()
    if is_late or operator is None or first.password != _mark(operator):
        session.pop(KEY)
        return None
    return first, operator


def _mark(operator: Operator) -> str:
    return token_hash(operator.password_hash or "").hex()[:32]


def _page(refusal: str | None = None) -> str:
    return render_template("auth/second_step.html", refusal=refusal, by_paper="paper" in request.values)
