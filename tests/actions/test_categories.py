"""Categories follow their outline: what was used is never lost."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.categories import save_categories
from models import Category, Chat
from models.database import unit_of_work
from tests.support.company import Company


def save(session: Session, text: str) -> None:
    with unit_of_work(session):
        save_categories(session, text)


def stored(session: Session) -> dict[str, Category]:
    session.rollback()
    rows = session.scalars(
        select(Category).order_by(Category.sort_order, Category.id).execution_options(populate_existing=True)
    )
    return {row.name: row for row in rows}


def classify(session: Session, chat: Chat, category: Category) -> None:
    with unit_of_work(session):
        session.get_one(Chat, chat.id).category_id = category.id


def test_renaming_keeps_the_classification_of_old_chats(session: Session, company: Company) -> None:
    save(session, "Sales\n Price\n Delivery\nOther")
    chat = company.chat()
    classify(session, chat, stored(session)["Price"])
    save(session, "Orders\n Cost\n Delivery\nOther")
    rows = stored(session)
    assert list(rows) == ["Orders", "Cost", "Delivery", "Other"]
    assert session.get_one(Chat, chat.id).category_id == rows["Cost"].id
    assert rows["Cost"].parent_id == rows["Orders"].id


def test_a_used_category_is_archived_with_what_it_stands_under_and_comes_back(
    session: Session, company: Company
) -> None:
    save(session, "Sales\n Price\n Delivery\nOther")
    chat = company.chat()
    price = stored(session)["Price"]
    classify(session, chat, price)
    save(session, "Other")
    rows = stored(session)
    assert {name: row.is_archived for name, row in rows.items()} == {
        "Sales": True,
        "Price": True,
        "Other": False,
    }
    assert session.get_one(Chat, chat.id).category_id == price.id
    save(session, "Other\nSales\n Price")
    rows = stored(session)
    assert (rows["Price"].id, rows["Price"].is_archived, rows["Price"].parent_id) == (
        price.id,
        False,
        rows["Sales"].id,
    )


def test_what_nobody_used_leaves_nothing_behind(session: Session, company: Company) -> None:
    save(session, "Sales\n Price\nOther")
    save(session, "")
    assert stored(session) == {}
