"""The visitor's card leads to the company's own CRM, with what is known of the visitor filled in."""

from collections.abc import Callable, Iterator

import pytest

from models.database import unit_of_work
from models.settings import load_settings
from tests.realtime.conftest import House


@pytest.fixture
def template(house: House) -> Iterator[Callable[[str], None]]:
    """Sets the link of the settings; afterwards there is none again."""

    def set_link(text: str) -> None:
        with unit_of_work() as session:
            load_settings(session).crm_link = text

    yield set_link
    set_link("")


def test_the_card_has_a_link_where_there_is_something_to_ask_for(
    house: House, template: Callable[[str], None]
) -> None:
    sales = house.department()
    anna = house.workplace(house.hire("Anna", departments=[sales]))
    known = house.begin(house.visitor(), department=sales.key, name="Vera & Co", phone="+7 900 111-22-33")
    stranger = house.begin(house.visitor(), department=sales.key)
    assert anna.do("open", chat=known)["visitor"]["crm_link"] is None
    template("https://crm.example/find?name={name}&phone={phone}")
    opened = anna.do("open", chat=known)["visitor"]
    assert opened["crm_link"] == (
        "https://crm.example/find?name=Vera%20%26%20Co&phone=%2B7%20900%20111-22-33"
    )
    assert anna.do("open", chat=stranger)["visitor"]["crm_link"] is None
    template("https://crm.example/{visitor}/{chat}")
    assert anna.do("open", chat=stranger)["visitor"]["crm_link"].endswith(f"/{stranger}")
