"""How a form of the panel is saved: one transaction, a version check, and refusals told beside the field."""

from collections.abc import Mapping
from typing import Any, ClassVar

from flask import abort, flash
from flask_admin.contrib.sqla import ModelView
from flask_babel import gettext as _
from flask_babel.speaklater import LazyString
from sqlalchemy.exc import IntegrityError, InvalidRequestError
from wtforms import Form
from wtforms.validators import ValidationError

from actions.errors import Invalid
from admin_views.forms import marks_of, record_version, shown_value
from models.base import db
from models.database import unit_of_work
from policy.errors import DomainError


class RecordChanged(Exception):
    """Somebody saved the record after this editor had opened it."""

    def __init__(self, stored: Form, names: list[str]) -> None:
        super().__init__()
        self.stored = stored
        self.names = names


class SavingModelView(ModelView):
    """Takes the place of Flask-Admin's saving, which would swallow every error into a message."""

    refusals: ClassVar[Mapping[str, str | LazyString]] = {}
    """What to say when an action refuses, by the refusal's code."""

    def create_model(self, form: Any) -> Any:
        """Make the record of a valid form; a refusal stands in the form."""
        model = self.build_new_instance()
        return model if self._save(form, model, is_created=True) else False

    def update_model(self, form: Any, model: Any) -> bool:
        """Change the record as a valid form says; a refusal stands in the form."""
        return self._save(form, model, is_created=False)

    def _save(self, form: Any, model: Any, *, is_created: bool) -> bool:
        try:
            self.prepare_save(form)
            with unit_of_work() as session:
                if not is_created:
                    self._lock(session, model)
                    self._refuse_if_changed(form, model)
                    model.version += 1
                # Nothing reaches the database before the rules have looked at it: they refuse in better words.
                with session.no_autoflush:
                    form.populate_obj(model)
                    session.add(model)
                    self.on_model_change(form, model, is_created)
                session.flush()
        except RecordChanged as change:
            self._tell_changed(form, model, change)
        except ValidationError as refusal:
            _refuse(form, getattr(refusal, "field", None), str(refusal))
        except DomainError as refusal:
            for name, code in self.fields_of(refusal).items():
                _refuse(form, name, self.words_of(refusal, code))
        except IntegrityError:
            _refuse(
                form, None, _("Somebody has just saved the same value. Choose another one and save again.")
            )
        else:
            self.after_model_change(form, model, is_created)
            return True
        return False

    def prepare_save(self, form: Any) -> None:
        """Slow work on a valid form (a hash, a picture) that must not keep a transaction open; may refuse."""

    def fields_of(self, refusal: DomainError) -> Mapping[str | None, str]:
        """Which fields a refusal is about and the code of each; None stands for the form as a whole."""
        if isinstance(refusal, Invalid):
            return {name: code for name, code in refusal.fields.items()}  # noqa: C416  (widens the type of the key)
        return {None: refusal.code}

    def words_of(self, refusal: DomainError, code: str) -> str:
        """The words for a refused field; a code without words is a mistake of ours and is not hidden."""
        if code not in self.refusals:
            raise refusal
        return str(self.refusals[code])

    @staticmethod
    def _lock(session: Any, model: Any) -> None:
        try:
            # Of the record alone: what is loaded with it by an outer join cannot be locked.
            session.refresh(model, with_for_update={"of": type(model)})
        except InvalidRequestError:  # deleted since the page was opened
            abort(404)

    def _refuse_if_changed(self, form: Any, model: Any) -> None:
        version, marks = form.record_version.started_with
        if version == model.version:
            return
        stored = self._edit_form_class(None, obj=model)
        names = [name for name, mark in marks_of(stored).items() if name in form and marks.get(name) != mark]
        if names:
            raise RecordChanged(stored, names)

    def _tell_changed(self, form: Any, model: Any, change: RecordChanged) -> None:
        # The next save is made in the knowledge of these values: it begins with the record as it stands now.
        form.record_version.data = record_version(model.version, change.stored)
        self._template_args["changed_elsewhere"] = [
            (change.stored[name].label.text, shown_value(change.stored[name])) for name in change.names
        ]
        form.form_errors.append(_("Somebody else changed this record while you were editing it."))

    def delete_model(self, model: Any) -> bool:
        """Remove the record; a refusal is told above the list."""
        try:
            with unit_of_work() as session:
                self._lock(session, model)
                self.remove(model)
                session.flush()
        except DomainError as refusal:
            flash(
                " ".join(self.words_of(refusal, code) for code in self.fields_of(refusal).values()), "error"
            )
            return False
        return True

    def remove(self, model: Any) -> None:
        """What deleting means for this record; people, for example, are never deleted."""
        db.session.delete(model)


def _refuse(form: Any, field: str | None, words: str) -> None:
    if field is not None and field in form:
        form[field].errors = [*form[field].errors, words]
    else:
        form.form_errors.append(words)
