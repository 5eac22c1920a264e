"""The form of an operator: its fields as the manual words them, and its three tabs."""

from collections.abc import Mapping
from typing import Any

from flask_admin.form.rules import Field as FieldRule
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from wtforms import Field, Form, TextAreaField
from wtforms.fields import EmailField
from wtforms.validators import DataRequired, Email, InputRequired, Length, NumberRange, Optional

from actions.operators import normal_email
from admin_views.account_fields import PhotoField, password_fields
from admin_views.forms import PickField, SwitchField, TogglesField
from admin_views.rules import Section, Tab, Tabs
from admin_views.texts import check_templates, line, lines
from models.base import db
from models.departments import Department
from models.operators import Operator
from policy.emails import EMAIL_MAXIMUM
from policy.languages import Language
from policy.operator_table import INTERNAL_NAME_MAXIMUM, PUBLIC_NAME_MAXIMUM

DEPARTMENTS_FOR_A_SUPERVISOR = 2


def departments() -> list[Department]:
    """Every department, in the order that visitors see."""
    return list(db.session.scalars(select(Department).order_by(Department.sort_order, Department.name)))


def colleagues() -> list[Operator]:
    """Everybody who works here, by name."""
    people = select(Operator).where(Operator.deleted_at.is_(None)).order_by(Operator.internal_name)
    return list(db.session.scalars(people))


class SupervisedDepartmentsField(PickField):
    """Offered once there are two departments; while it is not, what is stored stays."""

    @property
    def is_offered(self) -> bool:
        """Whether the company has enough departments for a supervisor."""
        return len(departments()) >= DEPARTMENTS_FOR_A_SUPERVISOR

    def populate_obj(self, obj: Any, name: str) -> None:
        """Only what was asked is changed."""
        if self.is_offered:
            super().populate_obj(obj, name)


class Offered(FieldRule):
    """A field that is drawn only while it is offered."""

    def __call__(self, form: Form, form_opts: Any = None, field_args: Any = None) -> str:
        """The field, or nothing."""
        return super().__call__(form, form_opts, field_args or {}) if form[self.field_name].is_offered else ""


def extra_fields() -> dict[str, Field]:
    """Fields that are no columns of the table: the new password, and what is not always offered."""
    return {
        "supervised_departments": SupervisedDepartmentsField(
            _l("Supervisor in departments"),
            [Optional()],
            description=_l(
                "Makes the operator a supervisor: tick the departments whose people report to this operator."
            ),
            query_factory=departments,
        ),
        **password_fields(),
        "must_change_password": SwitchField(
            _l("Ask for another password at the first sign-in"),
            description=_l("Nothing else opens until the operator has chosen a password of their own."),
        ),
    }


FORM_COLUMNS = (
    "interface_language",
    "internal_name",
    "public_name",
    "email",
    "photo",
    "languages",
    "departments",
    "sort_order",
    "max_chats",
    "subordinates",
    "is_admin",
    "reply_templates",
)
FORM_OVERRIDES: Mapping[str, Any] = {
    "photo": PhotoField,
    "languages": TogglesField,
    "email": EmailField,
    "reply_templates": TextAreaField,
}
FORM_ARGS: Mapping[str, Any] = {
    "interface_language": {
        "label": _l("Interface language"),
        "description": _l("All text of the administrative part will be in the chosen language."),
        "blank_text": _l("Main language"),
    },
    "internal_name": {
        "label": _l("Internal name"),
        "description": _l("This name is shown inside the system. (At most 64 characters)"),
        "validators": [DataRequired(), Length(max=INTERNAL_NAME_MAXIMUM)],
        "filters": [line(INTERNAL_NAME_MAXIMUM)],
    },
    "public_name": {
        "label": _l("Name shown to visitors"),
        "description": _l("Visitors will see this name. (At most 30 characters)"),
        "validators": [DataRequired(), Length(max=PUBLIC_NAME_MAXIMUM)],
        "filters": [line(PUBLIC_NAME_MAXIMUM)],
    },
    "email": {
        "label": _l("Operator's e-mail address"),
        "description": _l("Used to sign in."),
        "validators": [
            DataRequired(),
            Length(max=EMAIL_MAXIMUM),
            Email(_l("This does not look like an e-mail address.")),
        ],
        "filters": [lambda text: text and normal_email(text)],
    },
    "photo": {
        "label": _l("Upload a photo"),
        "description": _l(
            "Choose a file on your disk. The photo will be scaled for the system automatically. "
            "The file must not be larger than 10 MB."
        ),
    },
    "languages": {
        "label": _l("Languages the operator can speak"),
        "description": _l(
            "Choose the languages the operator can speak. If none is chosen, "
            "the system takes it that the operator can speak all languages."
        ),
        "choices": [(language.tag, language.label) for language in Language],
    },
    "departments": {
        "label": _l("Departments"),
        "description": _l(
            "Choose the departments the operator belongs to. Or choose none, "
            "if the operator will serve only visitors who chose no department."
        ),
        "query_factory": departments,
    },
    "sort_order": {
        "label": _l("Sort order"),
        "description": _l("The operator's place in the list for visitors: the smaller, the higher."),
        "validators": [InputRequired(), NumberRange(0, 1_000_000)],
    },
    "max_chats": {
        "label": _l("Own limit of chats"),
        "description": _l("Empty: the common limit of the general settings."),
        "validators": [Optional(), NumberRange(1, 100)],
    },
    "subordinates": {
        "label": _l("Subordinate operators"),
        "description": _l("Makes the operator a group lead: tick those who report to this operator."),
        "query_factory": colleagues,
    },
    "is_admin": {
        "label": _l("Is an administrator"),
        "description": _l("Opens every section: settings, accounts, button."),
    },
    "reply_templates": {
        "label": _l("Reply templates"),
        "description": _l("Each message must begin on a new line."),
        "validators": [check_templates],
        "filters": [lines],
        "render_kw": {"rows": 12, "class": "indented"},
    },
}


def form_rules(*on_password_tab: str) -> tuple[Tabs]:
    """The three tabs; a new account is asked more about its password than one that has one."""
    return (
        Tabs(
            [
                Tab(
                    "main",
                    _l("Main"),
                    [
                        Section(
                            _l("Name and sign-in"),
                            ["interface_language", "internal_name", "public_name", "email", "photo"],
                        ),
                        Section(_l("Chats"), ["languages", "departments", "sort_order", "max_chats"]),
                        Section(
                            _l("Rights"), ["subordinates", Offered("supervised_departments"), "is_admin"]
                        ),
                    ],
                ),
                Tab(
                    "password",
                    _l("Password"),
                    [*on_password_tab, "new_password", "new_password_again", "must_change_password"],
                ),
                Tab("templates", _l("Templates"), ["reply_templates"]),
            ]
        ),
    )
