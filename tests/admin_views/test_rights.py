"""Every route of the application against every role: who is let in, who is not, and no route without a line here."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from models import Operator
from tests.support.cabinet import Cabinet
from tests.support.company import Company

ROLES = ("operator", "lead", "supervisor", "admin")
EVERYBODY, ADMIN = set(ROLES), {"admin"}

SECTIONS = {
    "admin": EVERYBODY,
    "profile": EVERYBODY,
    "own_account": EVERYBODY,
    "workplace": EVERYBODY,
    "operators": ADMIN,
    "departments": ADMIN,
    "department_templates": {"supervisor", "admin"},
    "placements": ADMIN,
    "settings": ADMIN,
    "letters": ADMIN,
    "api_tokens": ADMIN,
    "audit": ADMIN,
    "webhooks": ADMIN,
    "test_page": ADMIN,
}
"""Who may open what stands behind the sign-in page."""

OUTSIDE = {
    "static",
    "api",
    "auth",
    "first_run",
    "new_password",
    "second_step",
    "languages",
    "photos",
    "health",
    "loader",
    "button",
    "chat_window",
    "visitor_api",
    "operator_api",  # asks for each command; tested with the commands
    "old_settings",
    "old_code",
    "old_payments",
}
"""What strangers may call; each tests itself."""

ARGUMENTS = {"export_type": "csv", "key": "default", "counted": "requests", "status": "online"}


@pytest.fixture
def people(company: Company) -> dict[str, Operator]:
    sales = company.department("sales")
    operator = company.operator("Oleg", departments=[sales])
    return {
        "operator": operator,
        "lead": company.operator("Lara", subordinates=[operator]),
        "supervisor": company.operator("Sofia", supervised_departments=[sales, company.department("help")]),
        "admin": company.administrator,
    }


def calls(app: Flask) -> Iterator[tuple[str, str, str]]:
    """Section, method and path of everything behind the sign-in page."""
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            section = rule.endpoint.partition(".")[0]
            if section in SECTIONS:
                path = app.url_for(
                    rule.endpoint, _external=False, **{name: ARGUMENTS[name] for name in rule.arguments}
                )
                yield from (
                    (section, method, path)
                    for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"})
                )


def test_every_route_has_a_line(app: Flask) -> None:
    sections = {rule.endpoint.partition(".")[0] for rule in app.url_map.iter_rules()}
    assert sections - OUTSIDE <= SECTIONS.keys()


def test_the_walk_goes_somewhere(app: Flask) -> None:
    walked = list(calls(app))
    assert {section for section, _method, _path in walked} == SECTIONS.keys()
    assert ("departments", "POST", "/admin/departments/delete/") in walked


def test_a_stranger_is_sent_to_sign_in_and_may_change_nothing(app: Flask, company: Company) -> None:
    cabinet = Cabinet(app)
    token = cabinet.token()
    for _section, method, path in calls(app):
        answer = cabinet.open(method, path, data={"csrf_token": token} if method == "POST" else None)
        if method == "GET":
            assert answer.status_code == 302, path
            assert (answer.location or "").startswith("/sign-in?next=/"), path
        else:
            assert answer.status_code == 401, path


@pytest.mark.parametrize("role", ROLES)
def test_each_role_is_let_into_its_sections_only(app: Flask, people: dict[str, Operator], role: str) -> None:
    cabinet = Cabinet(app)
    cabinet.sign_in(people[role])
    token = cabinet.token()
    for section, method, path in calls(app):
        answer = cabinet.open(method, path, data={"csrf_token": token} if method == "POST" else None)
        if role in SECTIONS[section]:
            assert answer.status_code not in (401, 403) and answer.status_code < 500, (
                method,
                path,
                answer.status_code,
            )
            assert "/sign-in" not in (answer.location or ""), (method, path)
        else:
            assert answer.status_code == 403, (method, path, answer.status_code)


@pytest.mark.parametrize("role", ROLES)
def test_what_a_person_may_not_open_they_do_not_see(
    app: Flask, people: dict[str, Operator], role: str
) -> None:
    cabinet = Cabinet(app)
    cabinet.sign_in(people[role])
    page = cabinet.get("/admin/").text
    for section in ("operators", "departments", "placements", "settings", "letters", "audit"):
        assert (f'href="/admin/{section}/"' in page) == (role in SECTIONS[section]), section
    assert 'href="/workplace"' in page


def test_nothing_is_saved_without_the_pages_own_token(app: Flask, company: Company) -> None:
    cabinet = Cabinet(app)
    cabinet.sign_in(company.administrator)
    for _section, method, path in calls(app):
        if method == "POST":
            assert cabinet.send(path, {"name": "Planted"}).status_code == 400, path


def test_rights_taken_away_hold_at_once(app: Flask, company: Company, session: Session) -> None:
    second = company.operator("Second", is_admin=True)
    cabinet = Cabinet(app)
    cabinet.sign_in(second)
    assert cabinet.get("/admin/departments/").status_code == 200
    session.rollback()
    second.is_admin = False
    session.commit()
    assert cabinet.get("/admin/departments/").status_code == 403
    second.is_active = False
    session.commit()
    assert cabinet.get("/admin/").status_code == 302
