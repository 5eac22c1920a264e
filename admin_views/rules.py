"""Rules of form layout that Flask-Admin has not: tabs that carry the number of their errors, and groups of fields."""

from dataclasses import dataclass
from typing import Any

from flask import render_template
from flask_admin.form.rules import NestedRule
from flask_babel.speaklater import LazyString
from markupsafe import Markup
from wtforms import Form

Rules = list[Any]


class Section(NestedRule):
    """A group of fields under a heading of its own."""

    def __init__(self, title: str | LazyString, rules: Rules) -> None:
        super().__init__(rules)
        self.title = title

    def __call__(self, form: Form, form_opts: Any = None, field_args: Any = None) -> str:
        """The group as a fieldset."""
        body = super().__call__(form, form_opts, field_args)
        return _drawn("admin/rules/section.html", title=self.title, body=body)


class Tab(NestedRule):
    """One tab of a form: its address (`#slug`), its title and what stands on it."""

    def __init__(self, slug: str, title: str | LazyString, rules: Rules) -> None:
        super().__init__(rules)
        self.slug = slug
        self.title = title


@dataclass(frozen=True, slots=True)
class TabView:
    """What the template draws of one tab."""

    slug: str
    title: str
    errors: int
    is_open: bool
    body: str


class Tabs(NestedRule):
    """All tabs of a form; the first one with an error opens, else the first."""

    def __init__(self, tabs: list[Tab]) -> None:
        super().__init__(tabs)
        self._tabs = tabs

    def __call__(self, form: Form, form_opts: Any = None, field_args: Any = None) -> str:
        """The list of tabs and their panes."""
        errors = {tab.slug: _count_errors(form, tab) for tab in self._tabs}
        wrong = [slug for slug, count in errors.items() if count]
        opened = wrong[0] if wrong else self._tabs[0].slug
        views = [
            TabView(
                slug=tab.slug,
                title=str(tab.title),
                errors=errors[tab.slug],
                is_open=tab.slug == opened,
                body=tab(form, form_opts, field_args),
            )
            for tab in self._tabs
        ]
        return _drawn("admin/rules/tabs.html", tabs=views)


def _count_errors(form: Form, tab: Tab) -> int:
    return sum(1 for name in tab.visible_fields if form[name].errors)


def _drawn(template: str, **values: Any) -> Markup:
    return Markup(render_template(template, **values))  # noqa: S704  (the template has escaped what people typed)
