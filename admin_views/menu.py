"""The sections of the cabinet: one list for the toolbar on every page and for the grid of the main page."""

from dataclasses import dataclass
from datetime import datetime

from flask import Flask, current_app, request, url_for
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from flask_login import current_user

from clock import now
from models.base import db
from models.queries.counted import waiting_chats
from models.settings import Settings, load_settings
from policy.rights import Action, Answer
from policy.statuses import OperatorStatus


@dataclass(frozen=True, slots=True)
class Section:
    """One section: where it is, what it is for, and the right that opens it."""

    title: LazyString
    explanation: LazyString
    icon: str
    endpoint: str
    action: Action
    is_setup: bool = False
    counts_waiting: bool = False
    """Whether its item in the toolbar says how many visitors wait."""
    unless: Action | None = None
    """Who may do this finds the same and more in another section."""
    holds: tuple[str, ...] = ()
    """Sections without an item of their own that stand below it."""

    @property
    def url(self) -> str:
        """Its address."""
        return url_for(self.endpoint)

    @property
    def is_current(self) -> bool:
        """Whether the page of this request belongs to it."""
        return request.blueprint in (self.endpoint.partition(".")[0], *self.holds)


SECTIONS = (
    Section(
        _l("Operator menu"),
        _l("The dashboard and all sections."),
        "home",
        "admin.index",
        Action.USE_CABINET,
    ),
    Section(
        _l("Workplace"),
        _l("Chats with visitors, and the queue of those who wait."),
        "chat",
        "workplace.show",
        Action.USE_WORKPLACE,
        counts_waiting=True,
    ),
    Section(
        _l("Operators"),
        _l("Accounts of your staff, their departments, languages and rights."),
        "users",
        "operators.index_view",
        Action.MANAGE_OPERATORS,
        is_setup=True,
    ),
    Section(
        _l("Departments"),
        _l("Groups of operators by subject or goods, and their reply templates."),
        "dept",
        "departments.index_view",
        Action.MANAGE_DEPARTMENTS,
        is_setup=True,
    ),
    Section(
        _l("Templates of departments"),
        _l("Ready answers for the operators of your departments."),
        "template",
        "department_templates.index_view",
        Action.EDIT_DEPARTMENT_TEMPLATES,
        is_setup=True,
        unless=Action.MANAGE_DEPARTMENTS,
    ),
    Section(
        _l("HTML code and button settings"),
        _l("The code for your site, and how the button and the chat window look."),
        "code",
        "placements.index_view",
        Action.MANAGE_PLACEMENTS,
        is_setup=True,
    ),
    Section(
        _l("General settings"),
        _l("Company, languages, reply templates, auto-assignment."),
        "gear",
        "settings.index_view",
        Action.MANAGE_SETTINGS,
        is_setup=True,
        holds=("api_tokens", "webhooks"),
    ),
    Section(
        _l("Letters"),
        _l("What was written to whom, and whether it left."),
        "mail",
        "letters.index_view",
        Action.MANAGE_SETTINGS,
        is_setup=True,
    ),
    Section(
        _l("Audit log"),
        _l("Who signed in, and who changed what, from what to what."),
        "history",
        "audit.index_view",
        Action.SEE_AUDIT_LOG,
        is_setup=True,
    ),
)


PROFILE = "profile.index_view"


@dataclass(frozen=True, slots=True)
class Shell:
    """What the frame around every page of the cabinet shows."""

    sections: tuple[Section, ...]
    settings: Settings
    now: datetime
    waiting: tuple[str, ...]
    """The chats that wait for an operator, of those that the person may see."""
    statuses: tuple[OperatorStatus, ...] = tuple(OperatorStatus)

    @property
    def profile_url(self) -> str | None:
        """Where the person edits what is their own."""
        return url_for(PROFILE) if PROFILE in current_app.view_functions else None

    @property
    def current(self) -> Section | None:
        """The section of this page."""
        return next((section for section in self.sections if section.is_current), None)


STATUS_MEANINGS = {
    OperatorStatus.ONLINE: _l("I get new chats"),
    OperatorStatus.INVISIBLE: _l("I take chats by hand only"),
    OperatorStatus.BEFORE_LUNCH: _l("I finish mine and take no new ones"),
    OperatorStatus.LUNCH: _l("My chats stay with me"),
    OperatorStatus.BREAK: _l("My chats stay with me"),
    OperatorStatus.OFFLINE: _l("Not at the workplace"),
}


def init_app(app: Flask) -> None:
    """Give templates `shell()`, `label_of(member)` and what each status means."""
    app.jinja_env.globals.update(shell=shell, status_meanings=STATUS_MEANINGS)


def shell() -> Shell:
    """The frame for the signed-in person: a section that they may not open, or that is not there, does not show."""
    sections = tuple(
        section
        for section in SECTIONS
        if section.endpoint in current_app.view_functions
        and current_user.may(section.action) is Answer.ALLOWED
        and (section.unless is None or current_user.may(section.unless) is not Answer.ALLOWED)
    )
    session = db.session()
    return Shell(sections, load_settings(session), now(), waiting_chats(session, current_user.facts))
