"""Who the signed-in person of a request is: our own sessions under Flask-Login, one CSRF protection for all."""

from functools import cached_property

from flask import Flask, Response, abort, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import AnonymousUserMixin, LoginManager, UserMixin, current_user, login_user
from flask_wtf.csrf import CSRFProtect

from actions import audit, sign_in
from clock import now
from models.audit import ActorKind
from models.base import db
from models.database import unit_of_work
from models.operators import Operator
from models.queries import people
from policy.duties import Duty
from policy.facts import OperatorFacts
from policy.rights import Action, Answer, Subject, may
from policy.statuses import OperatorStatus
from web.known_devices import remember

csrf = CSRFProtect()


class Person(UserMixin):
    """The signed-in person of this request, as `flask_login.current_user`."""

    def __init__(self, token: str, signed_in: sign_in.SignedIn) -> None:
        self.token = token
        self.signed_in = signed_in

    @property
    def operator(self) -> Operator:
        """The person's row."""
        return self.signed_in.operator

    @property
    def is_authenticated(self) -> bool:
        """Whoever has a duty first is as good as a stranger everywhere but where it is done."""
        return self.signed_in.duty is None

    @property
    def duty(self) -> Duty | None:
        """What must be done before anything else opens."""
        return self.signed_in.duty

    @property
    def session_id(self) -> int:
        """The number of the session; sockets are tied to it."""
        return self.signed_in.session_id

    @cached_property
    def facts(self) -> OperatorFacts:
        """What the policy decides from."""
        return people.facts_of(db.session(), self.operator)

    def may(self, action: Action, subject: Subject | None = None) -> Answer:
        """Whether the person may do this, asked of the one table of rights; duties come first."""
        if self.duty is not None and action is not Action.SECURE_OWN_ACCOUNT:
            return Answer.FORBIDDEN
        return may(self.facts, action, subject)

    def get_id(self) -> str:
        """What the cookie holds: the random token of the session, never the number of a row."""
        return self.token


class Stranger(AnonymousUserMixin):
    """Nobody is signed in."""

    operator = duty = None

    def may(self, _action: Action, _subject: Subject | None = None) -> Answer:
        """A stranger may nothing."""
        return Answer.FORBIDDEN


class SessionsOnly(LoginManager):
    """Flask-Login without its own remember-me cookie: our session's row decides how long somebody is remembered."""

    def _update_remember_cookie(self, response: Response) -> Response:
        # The original looks into the session at every answer, and so makes all of them depend on the cookie.
        return response


def init_app(app: Flask) -> None:
    """Flask-Login by our sessions, one CSRF protection for every form and call of the cabinet."""
    manager = SessionsOnly(app)
    # The session's row on the server decides; a phone changes its address all day.
    manager.session_protection = None
    manager.anonymous_user = Stranger
    manager.user_loader(_person_of)
    manager.unauthorized_handler(_ask_to_sign_in)
    app.config["PERMANENT_SESSION_LIFETIME"] = sign_in.LONGEST_SESSION
    csrf.init_app(app)
    app.before_request(lambda: audit.on_behalf(_cause))
    app.teardown_request(lambda _error: audit.on_nobodys_behalf())
    app.after_request(_keep_session)


def begin_session(operator: Operator, status: OperatorStatus, *, is_remembered: bool) -> None:
    """Sign the person in, in a fresh session; the caller commits."""
    token = sign_in.start_session(
        db.session(),
        operator,
        status,
        now(),
        address=request.remote_addr or "",
        user_agent=request.user_agent.string,
        is_remembered=is_remembered,
    )
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language
    session.permanent = is_remembered
    session["seen"] = now().timestamp()
    db.session.flush()
    login_user(_person_of(token))
    remember(operator.email or "")


def _cause() -> audit.Cause:
    """Whoever sends this request, for the audit log; asked only when something is logged."""
    address = request.remote_addr or ""
    if current_user.operator is None:
        return audit.Cause(ActorKind.STRANGER, now(), address=address)
    person = current_user.operator
    return audit.Cause(ActorKind.OPERATOR, now(), person.id, person.internal_name, address)


def _person_of(token: str) -> Person | None:
    signed_in = sign_in.session_of(db.session(), token, now())
    return Person(token, signed_in) if signed_in else None


def _ask_to_sign_in() -> ResponseReturnValue:
    if request.method not in {"GET", "HEAD"}:
        abort(401)
    address = request.full_path if request.query_string else request.path
    where = "auth.show_sign_in" if current_user.duty is None else "own_account.index_view"
    return redirect(url_for(where, next=address))


def _keep_session(response: Response) -> Response:
    """Whoever uses the cabinet stays signed in; written down once a minute at most."""
    # Where nobody asked who it is (the button, files), the cookie is left alone: those answers may be kept by caches.
    person = g.get("_login_user")
    if person is None or not person.is_authenticated or "_user_id" not in session:
        return response
    moment = now()
    if moment.timestamp() - session.get("seen", 0) >= sign_in.TOUCH_EVERY.total_seconds():
        with unit_of_work() as database:
            sign_in.touch(database, person.session_id, moment)
        session["seen"] = moment.timestamp()
    return response
