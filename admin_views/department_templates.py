"""Reply templates of departments, for who supervises them; the rest of a department is for administrators."""

from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from flask_login import current_user

from actions.departments import save_department
from admin_views.base import OtvetModelView
from admin_views.departments import DepartmentsView
from admin_views.rules import Section
from models.base import db
from models.departments import Department
from policy.rights import Action, Scope, scopes_of


class DepartmentTemplatesView(OtvetModelView):
    """The departments that the person supervises, with their templates."""

    action = Action.EDIT_DEPARTMENT_TEMPLATES
    can_edit = True
    column_list = ("name", "reply_templates")
    column_labels: ClassVar[dict[str, Any]] = {
        "name": _l("Department name"),
        "reply_templates": _l("Reply templates"),
    }
    column_sortable_list = ("name",)
    column_default_sort: ClassVar[list[tuple[str, bool]]] = [("sort_order", False), ("name", False)]
    column_searchable_list = ("name", "reply_templates")
    column_formatters: ClassVar[dict[str, Any]] = {
        "reply_templates": lambda _view, _context, department, _name: _beginning(department.reply_templates)
    }
    form_columns = ("reply_templates",)
    form_overrides: ClassVar[dict[str, Any]] = {
        "reply_templates": DepartmentsView.form_overrides["reply_templates"]
    }
    form_args: ClassVar[dict[str, Any]] = {"reply_templates": DepartmentsView.form_args["reply_templates"]}
    form_rules = (Section(_l("Templates"), ["reply_templates"]),)

    def get_query(self) -> Any:
        """Only what the right reaches: another department is one that does not exist."""
        return self._within_reach(super().get_query())

    def get_count_query(self) -> Any:
        """How many that are."""
        return self._within_reach(super().get_count_query())

    def _within_reach(self, query: Any) -> Any:
        facts = current_user.facts
        if Scope.ALL in scopes_of(facts, self.action):
            return query
        return query.filter(Department.id.in_(facts.supervised_department_ids))

    def on_model_change(self, form: Any, model: Any, is_created: bool) -> None:
        """The rules of departments."""
        save_department(db.session(), model)


def _beginning(templates: str) -> str:
    """The first of them, and that there are more."""
    first, _rest, more = templates.partition("\n")
    return f"{first[:80]} …" if more or len(first) > 80 else first
