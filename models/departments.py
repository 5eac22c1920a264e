"""Departments: groups of operators, by goods or by kind of question."""

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.hours import WorkingHours
from policy.geography import Target
from policy.hours import Hours


class Department(Base):
    __tablename__ = "departments"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    names: Mapped[dict[str, str]] = mapped_column(default=dict)
    """Names for visitors by language tag, where they differ from `name`."""
    key: Mapped[str] = mapped_column(String(64), unique=True)
    sort_order: Mapped[int] = mapped_column(default=100)
    is_hidden: Mapped[bool] = mapped_column(default=False)
    geo_targets: Mapped[str] = mapped_column(default="")
    """Geography as it was typed."""
    geo_places: Mapped[list[list[str | None]]] = mapped_column(JSON, default=list)
    """Geography as it was understood: pairs of a country's two letters and a city's folded name or nothing."""
    reply_templates: Mapped[str] = mapped_column(default="")
    working_hours: Mapped[Hours] = mapped_column(WorkingHours, default=Hours())
    """Its own; while they are off it follows the company."""
    version: Mapped[int] = mapped_column(default=1)

    def name_in(self, language_tag: str) -> str:
        return self.names.get(language_tag) or self.name

    @property
    def targets(self) -> tuple[Target, ...]:
        """The places from which chats come to this department."""
        return targets_of(self.geo_places)

    def __str__(self) -> str:
        return self.name


def targets_of(places: list[list[str | None]]) -> tuple[Target, ...]:
    """Stored places as the policy knows them."""
    return tuple(Target(country or "", city) for country, city in places)
