"""The field of working hours: a week of rows, holidays, and hours of single dates. It works without a script too."""

from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from flask import render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from wtforms import Field, Form
from wtforms.validators import ValidationError

from admin_views.hours_rows import Rows, hours_of, read_rows, rows_of
from admin_views.hours_words import in_short, said_of, weekdays, working_days
from clock import now
from models.base import db
from models.settings import load_settings
from policy.hours import Hours, hours_for


class HoursWidget:
    """The rows, and above them what they mean at this moment."""

    is_group = True

    def __call__(self, field: "HoursField", **attributes: Any) -> Markup:
        """The switch, the sentence, the rows."""
        return Markup(  # noqa: S704  (the template escapes)
            render_template(
                "admin/fields/hours.html",
                field=field,
                days=weekdays(),
                working_days=working_days(),
                attributes=attributes,
            )
        )


class HoursField(Field):
    """A company's working hours; the field's data is `Hours`, and what was typed stays in its rows."""

    widget = HoursWidget()
    is_own = False
    """Whether they stand beside other hours, which hold while these are off."""
    hint = _l(
        "In the company's time zone. Outside them the button is offline, even while operators are online, "
        "and visitors read when somebody is back. A department may have hours of its own."
    )

    def __init__(self, label: Any = None, validators: Any = (), **options: Any) -> None:
        # Neither is for rows: each has words of its own for what is wrong with it.
        options.pop("filters", None)
        super().__init__(label, **options)
        self.rows = Rows()

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """What is stored, or what was typed."""
        self.process_errors: list[str] = []
        stored = data if isinstance(data, Hours) else Hours()
        self.object_data = self.data = stored
        self.rows = rows_of(self.shown_first(stored))
        begin = f"{self.name}-"
        said = {name[len(begin) :]: formdata.get(name) for name in formdata or () if name.startswith(begin)}
        if said:
            self.rows = read_rows(said)
            self.data = self.understood(bool(said.get("on")))

    def shown_first(self, stored: Hours) -> Hours:
        """From which hours an editor begins."""
        return stored

    def understood(self, is_on: bool) -> Hours:
        """The hours that the rows say."""
        return hours_of(self.rows, is_on=is_on)

    def pre_validate(self, form: Form) -> None:
        """Rows that cannot be keep the form from being saved."""
        if self.rows.is_wrong:
            raise ValidationError(_("Correct the marked rows."))

    def populate_obj(self, obj: Any, name: str) -> None:
        """The hours in the order of time."""
        setattr(obj, name, self.data)

    def in_words(self) -> str:
        """For telling what another editor has put there."""
        return in_short(self.data)

    @property
    def sentence(self) -> str:
        """What the stored hours mean now."""
        settings = load_settings(db.session())
        return said_of(self.in_force(settings.working_hours), ZoneInfo(settings.time_zone), now())

    def in_force(self, company: Hours) -> Hours:
        """The hours that hold as they are stored."""
        return company


class OwnHoursField(HoursField):
    """A department's working hours: its own, or those of the company."""

    is_own = True
    hint = _l("In the company's time zone. Own hours take the place of the company's, holidays included.")

    def shown_first(self, stored: Hours) -> Hours:
        """Who has none yet begins with the company's."""
        return load_settings(db.session()).working_hours if stored == Hours() else stored

    def understood(self, is_on: bool) -> Hours:
        """While the company's hold, the own ones stay as they were."""
        return super().understood(is_on) if is_on else replace(self.object_data, is_on=False)

    def in_force(self, company: Hours) -> Hours:
        """Its own where it has some."""
        return hours_for(self.object_data, company)

    def in_words(self) -> str:
        """As the company, or its own."""
        return super().in_words() if self.data.is_on else str(_("As the company"))
