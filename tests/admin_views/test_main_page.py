"""The main page: every number is a link to its rows, everybody sees their own, and the foot says what this is."""

import re
import uuid
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from actions import chats, visits
from config import BadConfiguration, Config
from models import Department, Operator, Placement
from models.database import unit_of_work
from models.queries import people
from models.settings import load_settings
from policy.statuses import OperatorStatus
from tests.support.cabinet import Cabinet, form_of
from tests.support.clock import SteppingClock
from tests.support.company import Company

NUMBER = re.compile(r'<a\b[^>]*href="([^"]+)"[^>]*data-n="([^"]+)"[^>]*>(\d+)</a>')
TOTAL = re.compile(r'<b class="num">(\d+)</b>')


def numbers(page: str) -> dict[tuple[str, str], int]:
    """Every whole number of the dashboard that leads to a page of rows: (name, address) → number."""
    found = NUMBER.findall(page)
    assert len(found) > 10
    return {(name, unescape(href)): int(number) for href, name, number in found}


@pytest.fixture
def busy(company: Company, session: Session, clock: SteppingClock) -> dict[str, Operator]:
    """Two departments, a chat with somebody and one that waits in each, one that nobody answered."""
    sales, support = company.department("sales"), company.department("support")
    anna = company.operator("Anna", status=OperatorStatus.ONLINE, departments=[sales])
    boris = company.operator("Boris", status=OperatorStatus.ONLINE, departments=[support])
    team = {
        "operator": anna,
        "lead": company.operator("Lara", subordinates=[anna], departments=[support]),
        "supervisor": company.operator("Sofia", supervised_departments=[support]),
        "admin": company.administrator,
    }
    for who, department in ((anna, "sales"), (boris, "support")):
        company.chat(department=department)
        mine = company.chat(department=department)
        with unit_of_work(session) as unit:
            person = people.person(unit, who.id)
            assert person is not None
            chats.take(unit, people.facts_of(unit, person), mine.public_id, clock())
    visitor = company.visitor()
    missed = company.chat(visitor)
    with unit_of_work(session) as unit:
        chats.close_by_visitor(unit, visitor.id, missed.public_id, clock())
    return team


@pytest.mark.parametrize("role", ["operator", "lead", "supervisor", "admin"])
def test_the_page_behind_a_number_has_as_many_rows(app: Flask, busy: dict[str, Operator], role: str) -> None:
    cabinet = Cabinet(app)
    cabinet.sign_in(busy[role])
    for (name, address), number in numbers(cabinet.get("/admin/").text).items():
        answer = cabinet.get(address)
        assert answer.status_code == 200, address
        # The limits of those online are a sum, and the workplace counts by itself.
        if name == "now.places" or address.startswith("/workplace"):
            continue
        total = TOTAL.search(answer.text)
        assert (int(total[1]) if total else 0) == number, (name, address)


@pytest.mark.parametrize(
    ("role", "names", "requests", "waiting"),
    [
        ("operator", {"Anna"}, 2, 1),
        ("lead", {"Anna", "Lara"}, 3, 2),
        ("supervisor", {"Sofia", "Boris", "Lara"}, 2, 1),
        ("admin", {"Administrator", "Anna", "Boris", "Lara", "Sofia"}, 5, 2),
    ],
)
def test_each_role_sees_its_people_and_chats(
    app: Flask, busy: dict[str, Operator], role: str, names: set[str], requests: int, waiting: int
) -> None:
    cabinet = Cabinet(app)
    cabinet.sign_in(busy[role])
    page = cabinet.get("/admin/").text
    shown = {name: number for (name, _address), number in numbers(page).items() if name.count(".")}
    assert (shown["today.requests"], shown["now.waiting"]) == (requests, waiting)
    assert set(re.findall(r'data-operator="\d+".*?<b>([^<]+)</b>', page)) == names
    assert f"data-number>{waiting}<" in page


@pytest.mark.parametrize(
    "address",
    [
        "/admin/chats/everything",
        "/admin/chats/requests?period=year",
        "/admin/chats/came",
        "/admin/chats/came?operator=x",
        "/admin/chats/answered?operator=999999999999999999999",
        "/admin/people/asleep",
    ],
)
def test_an_address_that_names_nothing_is_not_found(admin: Cabinet, address: str) -> None:
    assert admin.get(address).status_code == 404


def test_rows_of_somebody_out_of_reach_are_not_found(app: Flask, busy: dict[str, Operator]) -> None:
    cabinet = Cabinet(app)
    cabinet.sign_in(busy["operator"])
    assert cabinet.get(f"/admin/chats/came?operator={busy['operator'].id}").status_code == 200
    assert cabinet.get(f"/admin/chats/came?operator={busy['admin'].id}").status_code == 404


def test_a_page_beyond_the_last_is_empty_and_a_strange_one_is_the_first(
    app: Flask, busy: dict[str, Operator]
) -> None:
    cabinet = Cabinet(app)
    cabinet.sign_in(busy["admin"])
    for page in ("7", "999999999999999999999999", "-1", "x"):
        assert cabinet.get(f"/admin/chats/requests?page={page}").status_code == 200


def test_a_hostile_name_is_text(admin: Cabinet, company: Company) -> None:
    company.chat(name='<img src=x onerror="alert(1)">')
    page = admin.get("/admin/chats/requests").text
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page


# The foot


def test_the_foot_says_product_and_release_and_nothing_more(app: Flask, admin: Cabinet) -> None:
    foot = colophon(admin.get("/admin/").text)
    assert re.search(r"Otvet \d+\.\d+\.\d+", foot)
    assert "Secure mode" not in foot and "Provided by" not in foot
    assert "Otvet" in colophon(Cabinet(app).get("/sign-in").text)


def test_the_foot_names_the_provider_and_the_encryption(app: Flask, company: Company) -> None:
    app.jinja_env.globals.update(is_secure=True, provider="<b>chat.example</b>")
    foot = colophon(Cabinet(app).get("/sign-in").text)
    assert "Защищённый режим" in foot
    assert "Предоставлено:" in foot and "&lt;b&gt;chat.example" in foot


def colophon(page: str) -> str:
    return page[page.index('class="colophon"') :].partition("</p>")[0]


def test_the_provider_is_one_short_line(tmp_path: Path) -> None:
    def provider(name: str) -> str:
        return Config.from_environment({"DATA_DIR": str(tmp_path), "PROVIDER_NAME": name}).provider

    assert provider("  chat.example ") == "chat.example"
    assert Config.from_environment({"DATA_DIR": str(tmp_path)}).provider == ""
    for name in ("x" * 81, "two\nlines"):
        with pytest.raises(BadConfiguration, match="PROVIDER_NAME"):
            provider(name)


# The first steps


def begin_view(session: Session, clock: SteppingClock, site: str, own_site: str = "") -> None:
    view = visits.View(str(uuid.uuid4()), f"https://{site}/")
    with unit_of_work(session) as unit:
        placement = unit.scalars(select(Placement)).one()
        visits.begin_view(unit, placement, view, clock(), address="192.0.2.7", site=site, own_site=own_site)


def steps_done(page: str) -> list[bool]:
    found = page[page.index('id="first-title"') :].partition("</ol>")[0]
    return [mark is not None for mark in (m[1] for m in re.finditer(r"<li( class=\"is-done\")?>", found))]


def test_a_new_company_is_led_step_by_step_until_the_first_real_chat(
    admin: Cabinet, company: Company, session: Session, clock: SteppingClock
) -> None:
    with unit_of_work(session) as unit:
        load_settings(unit).company_name = ""
    assert steps_done(admin.get("/admin/").text) == [False] * 5
    with unit_of_work(session) as unit:
        load_settings(unit).company_name = "Sila"
    company.department("sales")
    company.operator("Anna")
    assert steps_done(admin.get("/admin/").text) == [True, True, True, False, False]

    # Trying it on our own test page is a step, but neither the code on a site nor a real chat.
    begin_view(session, clock, "localhost", own_site="localhost")
    company.chat()
    assert steps_done(admin.get("/admin/").text) == [True, True, True, False, True]

    clock.forward(minutes=1)
    begin_view(session, clock, "shop.example", own_site="localhost")
    page = admin.get("/admin/").text
    assert steps_done(page) == [True] * 5
    assert "The button was last seen on shop.example at" in page

    clock.forward(minutes=1)
    company.chat()
    assert "first-title" not in admin.get("/admin/").text


def test_the_first_steps_are_for_those_who_set_the_system_up(app: Flask, company: Company) -> None:
    cabinet = Cabinet(app)
    cabinet.sign_in(company.operator("Anna"))
    assert "first-title" not in cabinet.get("/admin/").text


def test_a_site_of_any_name_is_text_in_the_first_steps(
    admin: Cabinet, session: Session, clock: SteppingClock
) -> None:
    begin_view(session, clock, "<script>alert(1)</script>")
    page = admin.get("/admin/").text
    assert "<script>alert(1)" not in page and "&lt;script&gt;alert(1)" in page


# Disconnecting from the list of those who are online


@pytest.mark.parametrize(
    ("role", "reached", "missing"),
    [("operator", [], ["Boris", "Lara"]), ("lead", ["Anna"], ["Boris"]), ("supervisor", ["Boris"], ["Anna"])],
)
def test_who_is_in_charge_disconnects_their_people_and_nobody_else(
    app: Flask, busy: dict[str, Operator], session: Session, role: str, reached: list[str], missing: list[str]
) -> None:
    cabinet = Cabinet(app)
    cabinet.sign_in(busy[role])
    page = cabinet.get("/admin/people/online").text
    people_by_name = {one.internal_name: one.id for one in session.scalars(select(Operator))}
    for name in reached:
        assert f"Отключить: {name}" in page or f"Disconnect: {name}" in page
        answer = cabinet.post("/admin/disconnect", {"id": people_by_name[name]})
        assert answer.location == "/admin/people/online"
        session.rollback()
        assert session.get_one(Operator, people_by_name[name]).presence.status is OperatorStatus.OFFLINE
        assert name not in cabinet.get("/admin/people/online").text.partition('id="rows"')[2]
    for name in missing:
        assert cabinet.post("/admin/disconnect", {"id": people_by_name[name]}).status_code == 404
    assert cabinet.post("/admin/disconnect", {"id": "x"}).status_code == 404


def test_a_supervisor_edits_the_templates_of_their_departments_only(
    app: Flask, busy: dict[str, Operator], session: Session
) -> None:
    cabinet = Cabinet(app)
    cabinet.sign_in(busy["supervisor"])
    departments = {row.key: row.id for row in session.scalars(select(Department))}
    page = f"/admin/department_templates/edit/?id={departments['support']}"
    form = form_of(cabinet.get(page).text)
    assert set(form) == {"csrf_token", "record_version", "reply_templates"}
    answer = cabinet.send(page, {**form, "reply_templates": "One\r\nTwo", "name": "Taken over"})
    assert answer.status_code == 302
    session.rollback()
    support = session.get_one(Department, departments["support"])
    assert (support.reply_templates, support.name) == ("One\nTwo", "Support")
    foreign = f"/admin/department_templates/edit/?id={departments['sales']}"
    assert cabinet.get(foreign).status_code == 404
    assert cabinet.post(foreign, {"reply_templates": "x"}).status_code == 404
