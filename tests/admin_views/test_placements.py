"""The screen of placements: the manual's code, colours that a page can take, and a default that stays."""

import re
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.embed_code import embed_code
from models import Department, Placement
from models.database import unit_of_work
from models.placements import ButtonPosition, Choice, ListOrder
from models.settings import load_settings
from policy.languages import Language
from tests.admin_views.reading import error_at
from tests.support.cabinet import Cabinet, form_of
from tests.support.clock import SteppingClock
from tests.support.company import Company

PAGE = "/admin/placements/"
NEW = "/admin/placements/new/"

MANUALS_CODE = """\
<!-- webim button generation date: 2015-02-12 version: 8.12.42 -->
<a class="webim_button" href="#" rel="webim"></a>
<script type="text/javascript">

webim = {
  accountName: "company",
  domain: "company.webim.ru"
};
(function () {
  var s = document.createElement("script");
  s.type = "text/javascript";
  s.src = "https://company.webim.ru/js/button.js";
  document.getElementsByTagName("head")[0].appendChild(s);
})();
</script>
"""


def default(session: Session) -> Placement:
    session.rollback()
    found = session.scalar(
        select(Placement).where(Placement.key == "default").execution_options(populate_existing=True)
    )
    assert found is not None
    return found


def code_on(page: str) -> str:
    found = re.search(r'<pre[^>]*id="embed-code"[^>]*>(.*?)</pre>', page, re.DOTALL)
    assert found
    return unescape(found[1])


def address(placement: Placement) -> str:
    return f"{PAGE}?id={placement.id}"


def filled(admin: Cabinet, session: Session, **fields: Any) -> dict[str, Any]:
    return {**form_of(admin.get(address(default(session))).text), **fields}


# The code


def test_the_code_is_the_manuals_letter_by_letter(clock: SteppingClock) -> None:
    code = embed_code(
        Placement(key="default"),
        "https://company.webim.ru",
        day=clock().replace(year=2015, month=2, day=12).date(),
        version="8.12.42",
    )
    assert code == MANUALS_CODE


def test_a_placement_and_a_department_are_named_where_they_are_not_the_default(clock: SteppingClock) -> None:
    placement = Placement(key="shop", department=Department(name="Sales", key="sales"))
    code = embed_code(placement, "http://localhost:8000", day=clock().date(), version="1.0")
    assert 'accountName: "localhost",\n  domain: "localhost:8000",\n' in code
    assert '  location: "shop",\n  department: "sales"\n};' in code


def test_the_screen_gives_the_code_of_the_chosen_placement(admin: Cabinet, company: Company) -> None:
    shop = company.placement("shop")
    assert "location" not in code_on(admin.get(PAGE).text)
    page = admin.get(address(shop)).text
    assert 'location: "shop"' in code_on(page)
    assert "generation date: 2026-03-02" in code_on(page)


def test_the_day_of_the_code_is_the_companys(admin: Cabinet, session: Session, clock: SteppingClock) -> None:
    with unit_of_work(session) as unit:
        load_settings(unit).time_zone = "Pacific/Auckland"
    clock.forward(hours=3)  # noon in UTC, past midnight there
    assert "generation date: 2026-03-03" in code_on(admin.get(PAGE).text)


def test_the_screen_says_where_the_button_was_last_seen(
    admin: Cabinet, session: Session, clock: SteppingClock
) -> None:
    assert "has not been seen on any site yet" in admin.get(PAGE).text
    with unit_of_work(session):
        placement = default(session)
        placement.last_seen_site, placement.last_seen_at = "<b>shop</b>.example", clock()
    page = admin.get(PAGE).text
    assert "The button was last seen on &lt;b&gt;shop&lt;/b&gt;.example at" in page


def test_the_test_page_carries_the_code_and_is_for_administrators(
    app: Flask, admin: Cabinet, company: Company
) -> None:
    page = admin.get("/test/default")
    assert page.status_code == 200
    assert 'class="webim_button"' in page.text
    nonce = re.search(r'<script nonce="([^"]+)" type="text/javascript">', page.text)
    assert nonce and f"'nonce-{nonce[1]}'" in page.headers["Content-Security-Policy"]
    assert admin.get("/test/nowhere").status_code == 404
    hers = Cabinet(app)
    assert hers.get("/test/default").status_code == 302
    hers.sign_in(company.operator("Anna"))
    assert hers.get("/test/default").status_code == 403


# The form


@pytest.mark.databases("sqlite", "postgresql")
def test_every_setting_is_saved(admin: Cabinet, company: Company, session: Session) -> None:
    sales = company.department("sales")
    answer = admin.send(
        address(default(session)),
        filled(
            admin,
            session,
            language="uk",
            department=str(sales.id),
            button_position="bottom-start",
            button_offset_inline="0",
            button_offset_block="400",
            button_label="Спросить",
            window_color="#AA0011",
            window_background="fafafa",
            offers_department_choice="required",
            department_order="name",
            offers_operator_choice="optional",
            operator_order="name",
            requires_prechat_form="y",
            asks_name="required",
            asks_email="off",
            asks_phone="optional",
            greeting="Здравствуйте!\r\nЧем помочь?",
            window_title="Сила",
            allowed_sites="www.sila.example",
        ),
    )
    assert answer.status_code == 302
    placement = default(session)
    assert (placement.language, placement.department_id) == (Language.UK, sales.id)
    assert placement.button_position is ButtonPosition.BOTTOM_START
    assert (placement.button_offset_inline, placement.button_offset_block) == (0, 400)
    assert (placement.window_color, placement.window_background) == ("#aa0011", "#fafafa")
    assert placement.offers_department_choice is Choice.REQUIRED
    assert placement.department_order is ListOrder.NAME
    assert (placement.offers_operator_choice, placement.operator_order) == (Choice.OPTIONAL, ListOrder.NAME)
    asks = (placement.requires_prechat_form, placement.asks_name, placement.asks_email, placement.asks_phone)
    assert asks == (True, Choice.REQUIRED, Choice.OFF, Choice.OPTIONAL)
    words = (placement.button_label, placement.greeting, placement.window_title, placement.allowed_sites)
    assert words == ("Спросить", "Здравствуйте!\nЧем помочь?", "Сила", "www.sila.example")


def test_what_was_set_can_be_emptied_again(admin: Cabinet, company: Company, session: Session) -> None:
    sales = company.department("sales")
    shop = company.placement(
        "shop", language=Language.HE, department_id=sales.id, greeting="Hi", button_label="Ask"
    )
    form = form_of(admin.get(address(shop)).text)
    form.pop("shows_offline_button")
    admin.send(
        address(shop), {**form, "language": "", "department": "__None", "greeting": "", "button_label": ""}
    )
    session.rollback()
    kept = session.get_one(Placement, shop.id, populate_existing=True)
    assert (kept.language, kept.department_id, kept.greeting, kept.button_label) == (None, None, "", "")
    assert kept.shows_offline_button is False


@pytest.mark.parametrize(
    ("fields", "field", "said"),
    [
        ({"window_color": "red"}, "window_color", "A colour looks like #0f766e."),
        ({"button_color": ""}, "button_color", "A colour looks like #0f766e."),
        ({"button_color": "#12345"}, "button_color", "A colour looks like #0f766e."),
        ({"window_background": "#fff;}body{"}, "window_background", "A colour looks like #0f766e."),
        ({"button_offset_inline": "401"}, "button_offset_inline", "0 and 400"),
        ({"button_offset_block": ""}, "button_offset_block", "This field is required."),
        ({"department_order": "load"}, "department_order", "alid"),
        ({"button_position": "middle"}, "button_position", "alid"),
        ({"asks_name": "maybe"}, "asks_name", "alid"),
        ({"greeting": "и" * 301}, "greeting", "300"),
        ({"window_title": "и" * 81}, "window_title", "80"),
        ({"button_label": "и" * 61}, "button_label", "60"),
        ({"allowed_sites": "http://"}, "allowed_sites", "http://"),
        ({"department": "12345"}, "department", "no longer there"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    admin: Cabinet, session: Session, fields: dict[str, Any], field: str, said: str
) -> None:
    answer = admin.send(
        address(default(session)), filled(admin, session, **{"window_title": "typed", **fields})
    )
    assert answer.status_code == 422
    assert said in error_at(answer.text, field)
    assert default(session).window_title == ""


def test_the_page_that_the_menu_opens_can_be_saved(admin: Cabinet) -> None:
    page = admin.get("/admin/placements/").text
    target = re.search(r'<form action="([^"]+)" method="post" class="card form"', page)
    assert target, "the form has no address of its own"
    answer = admin.send(unescape(target.group(1)), {**form_of(page), "button_label": "Спросить"})
    assert answer.status_code == 302
    assert "Спросить" in admin.get("/admin/placements/").text


def test_a_placement_is_created_and_opens(admin: Cabinet, company: Company, session: Session) -> None:
    sales = company.department("sales")
    form = form_of(admin.get(NEW).text)
    answer = admin.send(NEW, {**form, "key": "delivery", "language": "en", "department": str(sales.id)})
    session.rollback()
    made = session.scalar(select(Placement).where(Placement.key == "delivery"))
    assert made is not None
    assert (made.language, made.department_id) == (Language.EN, sales.id)
    assert (answer.status_code, answer.location) == (302, address(made))
    assert re.search(r"<option value=\"\d+\" selected>delivery", admin.get(answer.location).text)


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("", "This field is required."),
        ("Default", "Only small Latin letters"),
        ("a b", "Only small Latin letters"),
        ("_a", "Only small Latin letters"),
        ("../x", "Only small Latin letters"),
        ("x" * 65, "64"),
        ("default", "There is a placement with this name already."),
    ],
)
def test_a_wrong_name_is_refused(admin: Cabinet, session: Session, key: str, said: str) -> None:
    answer = admin.send(NEW, {**form_of(admin.get(NEW).text), "key": key})
    assert answer.status_code == 422
    assert said in error_at(answer.text, "key")
    assert session.scalars(select(Placement.key)).all() == ["default"]


def test_the_name_stays_because_sites_carry_it(admin: Cabinet, session: Session) -> None:
    admin.send(address(default(session)), filled(admin, session, key="other"))
    assert default(session).key == "default"


@pytest.mark.databases("sqlite", "postgresql")
def test_the_default_placement_cannot_be_deleted_others_can(
    admin: Cabinet, company: Company, session: Session
) -> None:
    shop = company.placement("shop")
    assert "Delete the placement" not in admin.get(PAGE).text
    assert "Delete the placement" in admin.get(address(shop)).text
    admin.post("/admin/placements/delete/", {"id": str(default(session).id)})
    assert "cannot be deleted" in admin.get(PAGE).text
    admin.post("/admin/placements/delete/", {"id": str(shop.id)})
    session.rollback()
    assert session.scalars(select(Placement.key)).all() == ["default"]


def test_typed_words_are_shown_as_text(admin: Cabinet, company: Company) -> None:
    hostile = "</textarea><script>alert(1)</script>"
    shop = company.placement("shop", greeting=hostile, button_label="<b>x</b>", last_seen_site="</script>")
    page = admin.get(address(shop)).text
    assert "<script>alert" not in page and "<b>x</b>" not in page
    assert (
        "</script>"
        not in page[page.index('id="preview"') : page.index("</script>", page.index('id="preview"'))]
    )


def test_only_operators_have_a_load_to_be_ordered_by(admin: Cabinet) -> None:
    fields = admin.get("/admin/placements/").text
    offered = {
        name: fields.partition(f'name="{name}"')[2].partition("</select>")[0]
        for name in ("operator_order", "department_order")
    }
    assert 'value="load"' in offered["operator_order"]
    assert 'value="load"' not in offered["department_order"]
