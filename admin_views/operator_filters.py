"""The drop-downs above the list of operators."""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import String, cast, or_, select

from admin_views.filters import ListFilter
from admin_views.formatters import label_of
from models.base import db
from models.departments import Department
from models.operators import Operator, OperatorPresence
from policy.languages import Language
from policy.rights import Role
from policy.statuses import OperatorStatus


class DepartmentFilter(ListFilter):
    """Whoever works in one department, or in none."""

    NONE = "none"

    def get_options(self, view: Any) -> list[tuple[str, str]]:
        """Every department, and "without department"."""
        departments = db.session.scalars(select(Department).order_by(Department.sort_order, Department.name))
        return [(self.NONE, _("No department"))] + [(str(one.id), one.name) for one in departments]

    def apply(self, query: Any, value: Any, alias: Any = None) -> Any:
        """Operators of the department."""
        if value == self.NONE:
            return query.filter(~Operator.departments.any())
        return query.filter(Operator.departments.any(Department.id == int(value)))


class RoleFilter(ListFilter):
    """Whoever has one role as their highest, as the list shows it; or whose account is switched off."""

    OFF = "off"

    def get_options(self, view: Any) -> list[tuple[str, str]]:
        """The roles, the highest first, and switched off."""
        return [*((role.value, str(label_of(role))) for role in reversed(Role)), (self.OFF, _("Deactivated"))]

    def apply(self, query: Any, value: Any, alias: Any = None) -> Any:
        """Operators of the role."""
        if value == self.OFF:
            return query.filter(Operator.is_active.is_(False))
        held = {
            Role.ADMIN: Operator.is_admin.is_(True),
            Role.SUPERVISOR: Operator.supervised_departments.any(),
            Role.LEAD: Operator.subordinates.any(),
        }
        role = Role(value)
        higher = list(held)[: list(held).index(role)] if role in held else list(held)
        query = query.filter(Operator.is_active.is_(True), *(~held[one] for one in higher))
        return query.filter(held[role]) if role in held else query


class LanguageFilter(ListFilter):
    """Whoever can talk in one language; none chosen means all."""

    def get_options(self, view: Any) -> list[tuple[str, str]]:
        """The five languages."""
        return [(language.tag, language.label) for language in Language]

    def apply(self, query: Any, value: Any, alias: Any = None) -> Any:
        """Operators who speak it."""
        written = cast(Operator.languages, String)
        return query.filter(or_(written.contains(f'"{value}"', autoescape=True), written == "[]"))


class StatusFilter(ListFilter):
    """Whoever is in one status."""

    def get_options(self, view: Any) -> list[tuple[str, str]]:
        """The statuses by their names."""
        return [(status.value, str(label_of(status))) for status in OperatorStatus]

    def apply(self, query: Any, value: Any, alias: Any = None) -> Any:
        """Operators in this status now."""
        return query.filter(Operator.presence.has(OperatorPresence.status == OperatorStatus(value)))
