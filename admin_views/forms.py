"""Forms of the panel: one CSRF token with the rest of the site, fields for our types, what an editor began with."""

import enum
import hashlib
import json
import sys
from collections.abc import Mapping
from typing import Any

from flask_admin.contrib.sqla.fields import QuerySelectField, QuerySelectMultipleField
from flask_admin.contrib.sqla.form import AdminModelConverter
from flask_admin.contrib.sqla.validators import Unique
from flask_admin.form import BaseForm
from flask_admin.model.form import converts
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from flask_wtf import FlaskForm
from markupsafe import Markup
from typing_extensions import override
from wtforms import (
    BooleanField,
    Field,
    Form,
    FormField,
    HiddenField,
    SelectField,
    SelectFieldBase,
    SelectMultipleField,
    widgets,
)
from wtforms.fields.choices import SelectChoice
from wtforms.fields.core import UnboundField
from wtforms.validators import Length, ValidationError

from admin_views.formatters import NOTHING, label_of

HOUSE_FIELDS = frozenset({"csrf_token", "record_version"})
"""Hidden fields that every form carries and no form rule names."""


_GONE = _l("What was chosen is no longer there. Choose again.")


class FieldRefused(ValidationError):
    """A save refused because of one field: the message stands beside it and nothing typed is lost."""

    def __init__(self, field: str, message: str | LazyString) -> None:
        super().__init__(str(message))
        self.field = field


class WtfAdminForm(BaseForm):
    """The base of every form of the panel: its token is the one that the whole site uses."""

    class Meta(BaseForm.Meta, FlaskForm.Meta):
        """The token's settings of Flask-WTF, the messages of Flask-Admin."""

        @override
        def wrap_formdata(self, form: Form, formdata: Any) -> Any:
            # Flask-Admin hands over the data itself; FlaskForm's wrapper would take it from the request a second time.
            return formdata

    @override
    def validate(self, extra_validators: Any = None) -> bool:
        """Validators written once speak lazily; templates draw texts only."""
        is_valid: bool = super().validate(extra_validators)
        for field in self:
            if isinstance(field.errors, (list, tuple)):
                field.errors = [str(error) for error in field.errors]
        return is_valid


class RecordVersion(HiddenField):
    """What the editor began with: the record's version and a mark of each field's value, never the values."""

    @override
    def populate_obj(self, obj: Any, name: str) -> None:
        """The record's version is raised by the save, never by what a browser sends."""

    @property
    def started_with(self) -> tuple[int, Mapping[str, str]]:
        """The version and the marks as they came back; a broken value counts as older than every record."""
        try:
            version, marks = json.loads(self.data or "")
            return int(version), {str(name): str(mark) for name, mark in marks.items()}
        except (ValueError, TypeError, AttributeError):
            return 0, {}


def marks_of(form: Form) -> dict[str, str]:
    """A short mark of every field's value, by which two states of a record are compared."""
    return {field.short_name: _mark(field.data) for field in form if field.short_name not in HOUSE_FIELDS}


def record_version(version: int, stored: Form) -> str:
    """The value of the hidden field; `stored` is a form that shows the record as it is stored."""
    return json.dumps([version, marks_of(stored)], separators=(",", ":"))


def _mark(value: object) -> str:
    several = isinstance(value, (list, tuple, set, frozenset))
    parts = sorted(map(_identity, value)) if several else [_identity(value)]  # type: ignore[call-overload]
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:8]


def _identity(value: object) -> str:
    # A related row is its number: its name may change without this record changing. Browsers send CRLF.
    identity = getattr(value, "id", value)
    return "" if identity is None else str(identity).replace("\r\n", "\n")


def shown_value(field: Field) -> str:
    """A field's value in words, for telling what another editor has put there."""
    if hasattr(field, "in_words"):
        return str(field.in_words())
    if isinstance(field, BooleanField):
        return str(_("Yes") if field.data else _("No"))
    if isinstance(field, SelectFieldBase):
        chosen = [str(choice.label) for choice in field._iter_choices_normalized() if choice.selected]
        return ", ".join(chosen) or NOTHING
    if isinstance(field, FormField):
        return " · ".join(f"{line.label.text}: {line.data}" for line in field if line.data) or NOTHING
    return str(field.data) if field.data not in (None, "") else NOTHING


class EnumField(SelectField):
    """One member of an enumeration under its translated name; the field's data is the member itself."""

    def __init__(
        self,
        label: str | LazyString | None = None,
        validators: Any = None,
        *,
        members: type[enum.Enum],
        allow_blank: bool = False,
        blank_text: str | LazyString = NOTHING,
        **options: Any,
    ) -> None:
        blank = [SelectChoice("", blank_text)] if allow_blank else []
        named = [SelectChoice(member.value, label_of(member)) for member in members]

        def member_of(value: Any) -> enum.Enum | None:
            return value if isinstance(value, members) else members(value) if value else None

        super().__init__(label, validators, coerce=member_of, choices=blank + named, **options)


class TogglesWidget:
    """A row of switches, one for each choice; the template gives it the field's label as the group's name."""

    is_group = True

    def __call__(self, field: SelectMultipleField, **attributes: Any) -> Markup:
        """The switches."""
        toggle = Markup(
            '<label class="tog"><input type="checkbox" name="{}" value="{}"{}><span>{}</span></label>'
        )
        toggles = (
            toggle.format(
                field.name, choice.value, Markup(" checked") if choice.selected else "", choice.label
            )
            for choice in field.iter_choices()
        )
        names = f"{field.id}-label"
        described = attributes.get("aria-describedby", "")
        group = Markup(
            '<div class="togs" role="group" id="{}" aria-labelledby="{}" aria-describedby="{}">{}</div>'
        )
        return group.format(field.id, names, described, Markup("").join(toggles))


class TogglesField(SelectMultipleField):
    """Several choices of few, all of them in sight (languages spoken); data is a list of their values."""

    widget = TogglesWidget()


class SwitchWidget(widgets.CheckboxInput):
    """A check box that reads and works as a switch."""

    @override
    def __call__(self, field: Field, **attributes: Any) -> Markup:
        return Markup(super().__call__(field, role="switch", **attributes))  # noqa: S704  (WTForms escapes)


class SwitchField(BooleanField):
    """On or off, at once understood."""

    widget = SwitchWidget()


class PickWidget(widgets.Select):
    """A list of several rows, which the script turns into chips with a search; without it the plain list works."""

    def __init__(self) -> None:
        super().__init__(multiple=True)

    @override
    def __call__(self, field: Any, **attributes: Any) -> Markup:
        return Markup(super().__call__(field, **{"data-pick": "1", **attributes}))  # noqa: S704  (WTForms escapes)


class PickField(QuerySelectMultipleField):
    """Several related rows."""

    widget = PickWidget()

    @override
    def pre_validate(self, form: Form) -> None:
        """A row that is not offered is refused; Flask-Admin's own check is made before it has looked for the rows."""
        self._get_data()
        try:
            super().pre_validate(form)
        except ValidationError:
            raise ValidationError(_GONE) from None


class PickOneField(QuerySelectField):
    """One related row, or none."""

    widget = widgets.Select()

    @override
    def pre_validate(self, form: Form) -> None:
        """A row that is not offered is refused; Flask-Admin would take it for none."""
        if self.data is None and self._formdata is not None:
            raise ValidationError(_GONE)
        try:
            super().pre_validate(form)
        except ValidationError:
            raise ValidationError(_GONE) from None


def _once(validators: list[Any]) -> list[Any]:
    """One limit of length: the column has its own, and where the form's is the same both would speak."""
    limits = [one for one in validators if isinstance(one, Length)]
    strictest = min(limits, key=lambda one: one.max if one.max > 0 else sys.maxsize, default=None)
    return [one for one in validators if not isinstance(one, Length) or one is strictest]


class OtvetModelConverter(AdminModelConverter):
    """Makes fields of columns: enumerations by names, switches for booleans, native selects for relations."""

    @override
    def convert(self, *arguments: Any, **options: Any) -> Any:
        """A column's field; that its value is free is decided by the save itself, inside its transaction."""
        field = super().convert(*arguments, **options)
        if isinstance(field, UnboundField):
            validators = field.kwargs.get("validators") or ()
            field.kwargs["validators"] = _once([one for one in validators if not isinstance(one, Unique)])
        return field

    @converts("sqlalchemy.sql.sqltypes.Enum")
    def convert_enum(self, column: Any, field_args: Any, **_extra: Any) -> EnumField:
        """An enumeration's column; where it may be empty, so may the field."""
        # Optional() would wave every wrong value through: the blank choice already says that nothing is an answer.
        field_args.pop("validators", None)
        field_args.pop("filters", None)
        return EnumField(members=column.type.enum_class, allow_blank=column.nullable, **field_args)

    @converts("Boolean", "sqlalchemy.dialects.mssql.base.BIT")
    @override
    def conv_Boolean(self, field_args: Any, **_extra: Any) -> SwitchField:
        """A boolean column."""
        return SwitchField(**field_args)

    @override
    def _model_select_field(self, prop: Any, multiple: Any, remote_model: Any, **options: Any) -> Any:
        if "query_factory" not in options:
            options["query_factory"] = lambda: self.session.query(remote_model).order_by(remote_model.id)
        if multiple:
            options.pop("allow_blank", None)
            return PickField(**options)
        return PickOneField(**options)
