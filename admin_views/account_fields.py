"""Fields of a person's form: the photo and the new password."""

import base64
import binascii
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import current_app, render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from markupsafe import Markup
from werkzeug.datastructures import FileStorage
from wtforms import Field, Form, PasswordField
from wtforms.validators import ValidationError
from wtforms.widgets import PasswordInput

from actions.passwords import (
    MAXIMUM_LENGTH,
    MINIMUM_LENGTH,
    PasswordRefused,
    check_password,
    hash_password,
)
from actions.photos import DRAWN, MAXIMUM_BYTES, PhotoRefused, draw_photo, remove_photo, store_photo
from admin_views.base import OtvetModelView
from wording import PASSWORD_REFUSALS

REMOVE = "remove"
_DRAWN = "data:image/webp;base64,"

PHOTO_REFUSALS: Mapping[str, LazyString] = {
    "photo_too_large": _l("The file is larger than 10 MB. Choose a smaller one."),
    "photo_too_many_pixels": _l("The picture is larger than 25 megapixels. Choose a smaller one."),
    "photo_not_an_image": _l("This file is not a JPEG, GIF, PNG, TIFF or BMP picture. Choose another one."),
}


class PhotoWidget:
    """The photo as it is, the choice of a file and, where there is a photo, of none."""

    def __call__(self, field: "PhotoField", **attributes: Any) -> Markup:
        """The field's controls."""
        return Markup(render_template("admin/fields/photo.html", field=field, attributes=attributes))  # noqa: S704


class PhotoField(Field):
    """An uploaded photo, drawn anew as soon as it comes; a form refused for another field keeps it."""

    widget = PhotoWidget()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.stored: str | None = None
        self.drawn: bytes | None = None
        self.wants_none = False
        self.written: str | None = None

    def process_data(self, value: str | None) -> None:
        """The name of the stored photo."""
        self.data = self.stored = value

    def process_formdata(self, valuelist: list[Any]) -> None:
        """A file wins over one that was drawn before, and that over the wish for none."""
        files = [value for value in valuelist if isinstance(value, FileStorage) and value.filename]
        kept = [value for value in valuelist if isinstance(value, str) and value.startswith(_DRAWN)]
        try:
            if files:
                self.drawn = draw_photo(files[0].stream.read(MAXIMUM_BYTES + 1))
            elif REMOVE in valuelist:
                self.wants_none = True
            elif kept:
                self.drawn = draw_photo(
                    base64.b64decode(kept[0].removeprefix(_DRAWN), validate=True), formats=DRAWN
                )
        except PhotoRefused as refusal:
            raise ValueError(str(PHOTO_REFUSALS[refusal.code])) from None
        except binascii.Error:
            raise ValueError(str(PHOTO_REFUSALS["photo_not_an_image"])) from None

    @property
    def drawn_address(self) -> str | None:
        """The drawn photo as an address that shows it and that the next attempt sends back."""
        return _DRAWN + base64.b64encode(self.drawn).decode() if self.drawn else None

    def populate_obj(self, obj: Any, name: str) -> None:
        """Store what was drawn under a new name."""
        if self.drawn:
            self.written = store_photo(_directory(), self.drawn)
            setattr(obj, name, self.written)
        elif self.wants_none:
            setattr(obj, name, None)

    def settle(self, *, is_saved: bool) -> None:
        """After the transaction: the file that no record names any more goes, the old one or the one just written."""
        if not is_saved:
            remove_photo(_directory(), self.written)
        elif self.written or self.wants_none:
            remove_photo(_directory(), self.stored)


class SettlesPhoto(OtvetModelView):
    """A view whose form has a photo."""

    def create_model(self, form: Any) -> Any:
        """Save, and leave no file without a record."""
        made = super().create_model(form)
        form.photo.settle(is_saved=bool(made))
        return made

    def update_model(self, form: Any, model: Any) -> bool:
        """The same for an edited record."""
        is_saved = super().update_model(form, model)
        form.photo.settle(is_saved=is_saved)
        return is_saved


class NewPasswordField(PasswordField):
    """A password to be; it reaches the record as a hash, which is made before the transaction begins."""

    widget = PasswordInput(hide_value=True)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._hash: str | None = None

    def prepare(self) -> None:
        """Make the hash."""
        self._hash = hash_password(self.data) if self.data else None

    def populate_obj(self, obj: Any, name: str) -> None:
        """The record knows the hash only."""
        if self._hash:
            obj.password_hash = self._hash


class PasswordConfirmation(PasswordField):
    """The same password once more."""

    widget = PasswordInput(hide_value=True)

    def populate_obj(self, obj: Any, name: str) -> None:
        """Nothing is stored of it."""


def check_new_password(form: Form, field: Field) -> None:
    """A validator: the password is good enough and is typed twice alike; an empty one changes nothing."""
    if not field.data:
        return
    try:
        check_password(
            field.data, about=[_known(form, name) for name in ("internal_name", "public_name", "email")]
        )
    except PasswordRefused as refusal:
        raise ValidationError(str(PASSWORD_REFUSALS[refusal.code])) from None


def _known(form: Form, name: str) -> str:
    """What is typed, or stored where the form does not ask."""
    return (form[name].data if name in form else getattr(form._obj, name, "")) or ""


def check_confirmation(form: Form, field: Field) -> None:
    """A validator: the confirmation repeats the new password."""
    if (field.data or "") != (form["new_password"].data or ""):
        raise ValidationError(_("The passwords differ. Type the same one in both fields."))


def password_fields() -> dict[str, Field]:
    """The two fields of a new password."""
    limits = {"minlength": MINIMUM_LENGTH, "maxlength": MAXIMUM_LENGTH, "autocomplete": "new-password"}
    return {
        "new_password": NewPasswordField(
            _l("New password"),
            [check_new_password],
            description=_l("From 8 to 128 characters. A long phrase is better than a short riddle."),
            render_kw=limits,
        ),
        "new_password_again": PasswordConfirmation(
            _l("Confirmation"),
            [check_confirmation],
            description=_l("Type the password once more."),
            render_kw=limits,
        ),
    }


def _directory() -> Path:
    directory: Path = current_app.config["OTVET"].photo_dir
    return directory
