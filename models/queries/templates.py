"""Reply templates of the three levels, as an operator is offered them."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from models.operators import Operator
from models.settings import load_settings
from policy import outline


@dataclass(frozen=True, slots=True)
class TemplateView:
    group: str | None
    text: str
    level: str


def templates_of(session: Session, operator: Operator) -> list[TemplateView]:
    """All global ones, those of all the operator's departments, and their own."""
    sources = [("global", load_settings(session).reply_templates)]
    sources += [("department", department.reply_templates) for department in operator.departments]
    sources.append(("personal", operator.reply_templates))
    return [
        TemplateView(group, text, level)
        for level, notation in sources
        for group, text in outline.templates(notation)
    ]
