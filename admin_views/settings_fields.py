"""What a tab of the general settings is made of, and the kinds of fields that stand on several tabs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from flask_babel.speaklater import LazyString
from wtforms import Field, Form
from wtforms.validators import InputRequired, NumberRange, ValidationError

from admin_views.email_lists import check_addresses
from admin_views.rules import Tab
from admin_views.texts import TEMPLATES_MAXIMUM, at_most, check_templates, line, lines
from policy.automatic_texts import AutomaticText
from policy.limits import LIMITS, Limit

Arguments = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class SettingsTab:
    """One tab: how its fields stand there, as names or in sections, and what each says."""

    slug: str
    title: LazyString
    rules: list[Any]
    arguments: Arguments
    overrides: Mapping[str, type[Field]] = field(default_factory=dict)

    def rule(self) -> Tab:
        """The tab as a rule of the form."""
        return Tab(self.slug, self.title, self.rules)


class _OffOr:
    """A validator: 0, or a number between two limits."""

    def __init__(self, limit: Limit) -> None:
        self._limit = limit
        self.field_flags = {"min": 0, "max": limit.most}

    def __call__(self, _form: Form, field: Field) -> None:
        if field.data is not None and not self._limit.allows(field.data):
            raise ValidationError(
                _(
                    "0, or a number from %(least)s to %(most)s.",
                    least=self._limit.least,
                    most=self._limit.most,
                )
            )


def number(name: str, label: LazyString, hint: LazyString) -> Arguments:
    """A whole number with arrows, between the limits of the setting."""
    limit = LIMITS[name]
    within = _OffOr(limit) if limit.can_be_off else NumberRange(limit.least, limit.most)
    return {
        name: {
            "label": label,
            "description": hint,
            "validators": [InputRequired(), within],
            "render_kw": {"step": 1, "inputmode": "numeric"},
        }
    }


def switch(name: str, label: LazyString, hint: LazyString) -> Arguments:
    """On or off."""
    return {name: {"label": label, "description": hint}}


def emails(name: str, label: LazyString, hint: LazyString) -> Arguments:
    """Addresses separated by commas, each of them checked."""
    return {
        name: {
            "label": label,
            "description": hint,
            "validators": [check_addresses],
            "filters": [line(1000)],
            "render_kw": {
                "class": "ltr",
                "type": "text",
                "inputmode": "email",
                "spellcheck": "false",
                "autocapitalize": "none",
                "placeholder": "petrov@moysite.example, ivanov@company.example",
            },
        }
    }


def outline(
    name: str, label: LazyString, hint: LazyString, rows: int, maximum: int = TEMPLATES_MAXIMUM
) -> Arguments:
    """An indented list."""
    return {
        name: {
            "label": label,
            "description": hint,
            "validators": [at_most(maximum), check_templates],
            "filters": [lines],
            "render_kw": {"rows": rows, "class": "indented", "spellcheck": "false"},
        }
    }


def said(text: AutomaticText, label: LazyString, hint: LazyString) -> Arguments:
    """What is said by itself, in all languages."""
    return {text.column: {"label": label, "description": hint, "text": text}}
