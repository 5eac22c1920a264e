"""The form of a placement: colours with their contrast, three tabs, and the code for the site."""

from collections.abc import Mapping
from typing import Any

from flask import render_template
from flask_admin.form.rules import BaseRule, NestedRule
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import select
from wtforms import Form, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, Regexp

from actions.placements import COLOR, COLORS
from admin_views.formatters import name_members
from admin_views.forms import EnumField
from admin_views.integration_rules import AnySiteWarning
from admin_views.rules import Section, Tab, Tabs
from admin_views.site_lists import check_sites
from admin_views.texts import line, lines
from models.base import db
from models.departments import Department
from models.placements import ButtonPosition, Choice, ListOrder
from policy.keys import MAXIMUM_LENGTH, PLACEMENT_KEY

name_members(
    {
        Choice.OFF: _l("Off"),
        Choice.OPTIONAL: _l("Optional"),
        Choice.REQUIRED: _l("Required"),
        ListOrder.SORT_ORDER: _l("By sort order"),
        ListOrder.NAME: _l("By name"),
        ListOrder.LOAD: _l("By load"),
        ButtonPosition.BOTTOM_END: _l("Floats in the bottom right corner"),
        ButtonPosition.BOTTOM_START: _l("Floats in the bottom left corner"),
        ButtonPosition.INLINE: _l("In the page, where the link stands"),
    }
)


class ColorWidget:
    """A well of colour, its code, and how well text can be read on it."""

    def __call__(self, field: "ColorField", **attributes: Any) -> Markup:
        """The controls."""
        return Markup(render_template("admin/fields/color.html", field=field, attributes=attributes))  # noqa: S704


class ColorField(StringField):
    """A colour as `#rrggbb`."""

    widget = ColorWidget()

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Letter case and a missing `#` are no mistakes."""
        typed = str(valuelist[0]).strip().lower() if valuelist else ""
        self.data = f"#{typed}" if COLOR.fullmatch(f"#{typed}") else typed


class DepartmentOrderField(EnumField):
    """The orders of the list of departments: a department has no load."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options.pop("filters", None)
        super().__init__(*args, members=ListOrder, **options)
        offered: list[SelectChoice] = super().choices
        self.choices = [choice for choice in offered if choice.value != ListOrder.LOAD.value]


class PlacementHead(NestedRule):
    """Which placement it is, its language and its department: above the tabs, because they hold for all of them."""

    def __call__(self, form: Form, form_opts: Any = None, field_args: Any = None) -> str:
        """The choice of another placement and the fields."""
        fields = super().__call__(form, form_opts, field_args)
        return Markup(render_template("admin/placements/head.html", fields=fields, **form.embedding))  # noqa: S704


class EmbedCode(BaseRule):
    """The code for the site, and how to place it."""

    def __call__(self, form: Form, form_opts: Any = None, field_args: Any = None) -> str:
        """The tab's content; the view puts what it shows on the form."""
        return Markup(render_template("admin/placements/code.html", **form.embedding))  # noqa: S704


def _color(label: Any, hint: Any) -> dict[str, Any]:
    wrong = _l("A colour looks like #0f766e.")
    return {"label": label, "description": hint, "validators": [Regexp(COLOR, message=wrong)]}


def _departments() -> list[Department]:
    return list(db.session.scalars(select(Department).order_by(Department.sort_order, Department.name)))


FORM_COLUMNS = (
    "language",
    "department",
    "shows_offline_button",
    "button_position",
    "button_offset_inline",
    "button_offset_block",
    "button_label",
    *COLORS,
    "offers_department_choice",
    "department_order",
    "offers_operator_choice",
    "operator_order",
    "requires_prechat_form",
    "asks_name",
    "asks_email",
    "asks_phone",
    "greeting",
    "window_title",
    "allowed_sites",
)
FORM_OVERRIDES: Mapping[str, Any] = {
    **dict.fromkeys(COLORS, ColorField),
    "department_order": DepartmentOrderField,
    "greeting": TextAreaField,
    "allowed_sites": TextAreaField,
}
_OFFSET = {
    "validators": [InputRequired(), NumberRange(0, 400)],
    "render_kw": {"min": 0, "max": 400, "inputmode": "numeric"},
}
FORM_ARGS: Mapping[str, Any] = {
    "language": {
        "label": _l("Dialog language"),
        "description": _l("System messages of chats begun here; the operator must speak it."),
        "blank_text": _l("Main language"),
    },
    "department": {
        "label": _l("Chats for department"),
        "description": _l("Chats begun here go to this department only."),
        "blank_text": _l("No department"),
        "query_factory": _departments,
    },
    "shows_offline_button": {
        "label": _l("Show the offline button"),
        "description": _l(
            "While no operator is online, visitors see a button that says so. Otherwise none shows."
        ),
    },
    "button_position": {
        "label": _l("Where the button stands"),
        "description": _l(
            "A floating button stays in sight while the page scrolls. "
            "In right-to-left languages the sides change places."
        ),
    },
    "button_offset_inline": {"label": _l("Distance from the side, px"), **_OFFSET},
    "button_offset_block": {"label": _l("Distance from the bottom, px"), **_OFFSET},
    "button_label": {
        "label": _l("Text of the button"),
        "description": _l("Empty: a round button with a picture; in the page, the usual text."),
        "validators": [Optional(), Length(max=60)],
        "filters": [line(60), lambda text: text or ""],
    },
    "window_color": _color(_l("Color of the chat window"), _l("The window's heading.")),
    "window_second_color": _color(_l("Second color of the chat window"), _l("The line below the heading.")),
    "window_background": _color(_l("Background color of the chat window"), _l("Under the messages.")),
    "button_color": _color(_l("Color of buttons"), _l("The first color of buttons: call, send.")),
    "button_second_color": _color(
        _l("Second color of buttons"), _l("The second color of buttons in the window.")
    ),
    "offers_department_choice": {
        "label": _l("Choice of department"),
        "description": _l("Whether visitors choose a department before the chat."),
    },
    "department_order": {
        "label": _l("Sorting of the list of departments"),
        "description": _l("How the list is sorted from which a visitor chooses."),
    },
    "offers_operator_choice": {
        "label": _l("Choice of operator"),
        "description": _l("Whether visitors choose an operator before the chat."),
    },
    "operator_order": {
        "label": _l("Sorting of the list of operators"),
        "description": _l("How the list is sorted from which a visitor chooses an operator."),
    },
    "requires_prechat_form": {
        "label": _l("Visitors must enter a first question and contacts"),
        "description": _l("The chat begins with the question, and with the contacts that are asked below."),
    },
    "asks_name": {"label": _l("Ask for the name")},
    "asks_email": {"label": _l("Ask for the e-mail")},
    "asks_phone": {"label": _l("Ask for the phone")},
    "greeting": {
        "label": _l("Greeting"),
        "description": _l("The first words in the window. Empty: the usual ones of the dialog language."),
        "validators": [Optional(), Length(max=300)],
        "filters": [lines, lambda text: text or ""],
        "render_kw": {"rows": 3},
    },
    "window_title": {
        "label": _l("Title of the window"),
        "description": _l("Empty: the company's name."),
        "validators": [Optional(), Length(max=80)],
        "filters": [line(80), lambda text: text or ""],
    },
    "allowed_sites": {
        "label": _l("Sites that may carry this button"),
        "description": _l(
            "One per line, for example www.company.com. Empty: the list of the general settings."
        ),
        "validators": [Optional(), check_sites],
        "filters": [lines, lambda text: text or ""],
        "render_kw": {"rows": 3, "class": "ltr", "spellcheck": "false"},
    },
}


def key_field() -> StringField:
    """The name of a new placement; afterwards it stays, because code on sites carries it."""
    return StringField(
        _l("Placement"),
        [
            DataRequired(),
            Length(max=MAXIMUM_LENGTH),
            Regexp(
                rf"{PLACEMENT_KEY.pattern}\Z", message=_l("Only small Latin letters, digits, “-” and “_”.")
            ),
        ],
        filters=[line(MAXIMUM_LENGTH)],
        description=_l(
            "A name for the code: small Latin letters, digits, “-” and “_”, for example delivery. It stays as it is."
        ),
        render_kw={"class": "ltr", "autocapitalize": "none", "spellcheck": "false"},
    )


CREATE_RULES = ("key", "language", "department")
EDIT_RULES = (
    PlacementHead(["language", "department"]),
    Tabs(
        [
            Tab(
                "code",
                _l("Code for the site"),
                [EmbedCode(), Section(_l("Sites"), [AnySiteWarning(falls_back=True), "allowed_sites"])],
            ),
            Tab(
                "button",
                _l("Button"),
                [
                    "shows_offline_button",
                    "button_label",
                    "button_position",
                    "button_offset_inline",
                    "button_offset_block",
                ],
            ),
            Tab(
                "window",
                _l("Chat window"),
                [
                    Section(_l("Colors"), list(COLORS)),
                    Section(_l("Words"), ["window_title", "greeting"]),
                    Section(
                        _l("Before the chat"),
                        [
                            "offers_department_choice",
                            "department_order",
                            "offers_operator_choice",
                            "operator_order",
                            "requires_prechat_form",
                            "asks_name",
                            "asks_email",
                            "asks_phone",
                        ],
                    ),
                ],
            ),
        ]
    ),
)
