"""Categories follow the outline of the settings: renamed, moved, added, archived; none that was used is lost."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.categories import Category
from models.chats import Chat
from policy import outline
from policy.categories import Known, Wanted, check, match


def save_categories(session: Session, text: str) -> None:
    """Bring the categories in line with their outline as typed."""
    tree = outline.tree(text)
    check(tree)
    rows = {
        row.id: row for row in session.scalars(select(Category).order_by(Category.sort_order, Category.id))
    }
    wanted = match([Known(row.id, row.name, row.parent_id, row.is_archived) for row in rows.values()], tree)
    place = 0
    kept: set[int] = set()
    for line in wanted:
        parent = _put(session, rows, line, None, place)
        kept.add(parent.id)
        for child in line.children:
            place += 1
            kept.add(_put(session, rows, child, parent.id, place).id)
        place += 1
    _let_go(session, [row for row in rows.values() if row.id not in kept])


def _put(
    session: Session, rows: dict[int, Category], line: Wanted, parent_id: int | None, place: int
) -> Category:
    row = rows[line.id] if line.id is not None else Category()
    row.name, row.parent_id, row.sort_order, row.is_archived = line.name, parent_id, place, False
    session.add(row)
    session.flush()
    return row


def _let_go(session: Session, gone: list[Category]) -> None:
    """Who has chats, or is above somebody who has, stays behind as archived; the others leave nothing."""
    used = set(
        session.scalars(
            select(Chat.category_id).where(Chat.category_id.in_([row.id for row in gone])).distinct()
        )
    )
    used |= {row.parent_id for row in gone if row.id in used}
    for row in gone:
        if row.id in used:
            row.is_archived = True
        else:
            session.delete(row)
    session.flush()
