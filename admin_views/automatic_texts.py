"""The field of a text that the system says by itself: a box for each language, filled with what is said now."""

from typing import Any

from flask import render_template
from markupsafe import Markup
from wtforms import Form, FormField, TextAreaField
from wtforms.validators import Length

from actions.automatic_texts import default_text
from admin_views.texts import lines
from models.base import db
from models.settings import load_settings
from policy.automatic_texts import TEXT_MAXIMUM, AutomaticText
from policy.languages import Language


def _stripped(text: str | None) -> str:
    return (lines(text) or "").strip()


_Boxes = type(
    "_Boxes",
    (Form,),
    {
        language.tag: TextAreaField(
            language.own_name,
            [Length(max=TEXT_MAXIMUM)],
            filters=[_stripped],
            render_kw={"lang": language.tag, "dir": language.direction, "rows": 2},
        )
        for language in Language
    },
)


class AutomaticTextWidget:
    """The main language in sight, the others below it."""

    is_group = True

    def __call__(self, field: "AutomaticTextField", **attributes: Any) -> Markup:
        """The boxes."""
        main = load_settings(db.session()).language.tag
        return Markup(  # noqa: S704  (the template escapes)
            render_template("admin/fields/automatic_text.html", field=field, main=main, attributes=attributes)
        )


class AutomaticTextField(FormField):
    """A text by language tag; a language in which our own words stand keeps none, an emptied one says nothing."""

    widget = AutomaticTextWidget()

    def __init__(
        self, label: Any = None, validators: Any = None, *, text: AutomaticText, **options: Any
    ) -> None:
        # A form within a form takes neither filters nor validators of its own.
        for name in ("filters", "default"):
            options.pop(name, None)
        super().__init__(_Boxes, label, **options)
        self._text = text

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """What is said now, or what was typed."""
        own = data if isinstance(data, dict) else {}
        shown = {
            language.tag: own.get(language.tag, default_text(self._text, language)) for language in Language
        }
        super().process(formdata, shown)

    def populate_obj(self, obj: Any, name: str) -> None:
        """A new mapping: a change inside the old one would not be noticed."""
        setattr(obj, name, dict(self.data))
