"""Typed text in forms: what is cleaned away, and one text in several languages."""

from collections.abc import Callable
from typing import Any
from unicodedata import category

from flask import render_template
from flask_babel import gettext as _
from markupsafe import Markup
from wtforms import Field, Form, FormField, StringField
from wtforms.validators import Length, StopValidation, ValidationError

from policy.languages import Language
from policy.texts import MESSAGE_MAXIMUM, TextRefused, clean_line

TEMPLATES_MAXIMUM = 200_000
CATEGORIES_MAXIMUM = 20_000
"""Each of them is a row, found again by its name and place at every save."""


def line(maximum: int) -> Callable[[str | None], str | None]:
    """One line without hidden characters; a longer one is left for the field's own check to tell."""

    def clean(text: str | None) -> str | None:
        try:
            return clean_line(text, maximum) if text else text
        except TextRefused:
            return text

    return clean


def lines(text: str | None) -> str | None:
    """Several lines as typed, with plain line breaks and without control characters."""
    if not text:
        return text
    unbroken = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign for sign in unbroken if sign in "\n\t" or category(sign) not in {"Cc", "Cs"})


def at_most(maximum: int) -> Callable[[Form, Field], None]:
    """A validator: the whole text is no longer."""

    def check(_form: Form, field: Field) -> None:
        if len(field.data or "") > maximum:
            # Said once: what other validators find in so long a text is of no interest.
            raise StopValidation(_("At most %(number)s characters in all.", number=maximum))

    return check


def check_templates(_form: Form, field: Field) -> None:
    """A validator: no template is longer than the message that would be made of it, and all together are no book."""
    at_most(TEMPLATES_MAXIMUM)(_form, field)
    text = field.data or ""
    for number, one in enumerate(text.split("\n"), 1):
        if len(one) > MESSAGE_MAXIMUM:
            raise ValidationError(
                _("Line %(line)s is longer than %(number)s characters.", line=number, number=MESSAGE_MAXIMUM)
            )


class NamesWidget:
    """A line for each language."""

    def __call__(self, field: "NamesField", **attributes: Any) -> Markup:
        """The lines."""
        return Markup(render_template("admin/fields/names.html", field=field, attributes=attributes))  # noqa: S704


_Names = type(
    "_Names",
    (Form,),
    {
        language.tag: StringField(
            language.own_name,
            [Length(max=100)],
            filters=[line(100)],
            render_kw={"lang": language.tag, "dir": language.direction},
        )
        for language in Language
    },
)


class NamesField(FormField):
    """A text in other languages, kept as tag → text; a language without a text of its own is not kept."""

    widget = NamesWidget()

    def __init__(self, label: Any = None, validators: Any = None, **options: Any) -> None:
        # A form within a form takes neither filters nor validators of its own.
        options.pop("filters", None)
        options.pop("default", None)
        super().__init__(_Names, label, **options)

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """What is stored, or what was typed."""
        super().process(formdata, data if isinstance(data, dict) else {})

    def populate_obj(self, obj: Any, name: str) -> None:
        """A new mapping: a change inside the old one would not be noticed."""
        setattr(obj, name, {tag: text for tag, text in self.data.items() if text})
