"""The theme is a fork of Flask-Admin's templates: an upgrade must be merged by hand, and this says so."""

import hashlib
import re
from importlib.metadata import version
from pathlib import Path

import flask_admin
import pytest
from flask import Flask

from tests.support.cabinet import Cabinet
from tests.support.company import Company

THEME = Path(__file__).resolve().parents[2] / "templates" / "admin_theme" / "admin"
WHEEL = Path(flask_admin.__file__).parent / "templates" / "bootstrap4" / "admin"
MERGED_FROM = "2.2.1"
REPLACED = (
    "base.html",
    "index.html",
    "lib.html",
    "master.html",
    "model/create.html",
    "model/details.html",
    "model/edit.html",
    "model/list.html",
    "model/row_actions.html",
)
"""Templates that take the place of the wheel's; the others belong to features that no view of ours has."""
DIGEST = "4e9594119f427d61"


def digest() -> str:
    together = b"".join((WHEEL / name).read_bytes() for name in REPLACED)
    return hashlib.sha256(together).hexdigest()[:16]


def test_ours_are_merged_from_the_installed_wheel() -> None:
    assert version("Flask-Admin") == MERGED_FROM
    assert digest() == DIGEST


@pytest.mark.parametrize("name", REPLACED)
def test_each_template_that_views_draw_is_ours(name: str) -> None:
    assert (WHEEL / name).exists()
    assert (THEME / name).exists()


@pytest.fixture
def cabinet(app: Flask, company: Company) -> Cabinet:
    own = Cabinet(app)
    own.sign_in(company.administrator)
    return own


@pytest.mark.parametrize("language", ["en", "ru", "uk", "he", "tr"])
def test_every_page_says_its_language_and_direction(cabinet: Cabinet, language: str) -> None:
    cabinet.post("/language", {"language": language})
    direction = "rtl" if language == "he" else "ltr"
    for path in ("/admin/", "/admin/departments/", "/admin/departments/new/"):
        page = cabinet.get(path).text
        assert f'<html lang="{language}" dir="{direction}"' in page
        assert page.count("<h1>") == 1
        assert 'href="#main"' in page
        assert '<main id="main"' in page


@pytest.mark.parametrize("section", ["operators", "departments", "placements", "settings"])
def test_the_toolbar_stands_on_every_page_and_marks_the_current_section(
    cabinet: Cabinet, section: str
) -> None:
    page = cabinet.get(f"/admin/{section}/", follow_redirects=True).text
    marked = re.findall(r'<a class="nav" href="([^"]+)" aria-current="page"', page)
    assert marked == [f"/admin/{section}/"]
    assert page.count('class="nav"') > 5


def test_the_header_shows_who_is_signed_in_their_status_and_since_when(
    cabinet: Cabinet, company: Company
) -> None:
    page = cabinet.get("/admin/").text
    header = page[page.index('<header class="top">') : page.index("</header>")]
    assert company.administrator.internal_name in header
    assert "s-online" in header
    assert f'data-since="{company.administrator.presence.status_since.isoformat()}"' in header
    assert header.count("data-status=") == 6
    assert header.count('name="language"') == 5


def test_pages_bring_no_script_of_the_wheel(cabinet: Cabinet) -> None:
    for path in ("/admin/", "/admin/operators/", "/admin/operators/new/"):
        scripts = re.findall(r'<script[^>]*src="([^"?]+)', cabinet.get(path).text)
        assert scripts == ["/static/dist/admin.js"], path


def test_names_that_people_chose_are_text_wherever_they_stand(cabinet: Cabinet, company: Company) -> None:
    planted = "<img src=x onerror=alert(1)>"
    department = company.department("sales", name=planted)
    company.operator("Eva", internal_name=planted, public_name="{{ 7*7 }}", departments=[department])
    for path in (
        "/admin/",
        "/admin/operators/",
        "/admin/departments/",
        f"/admin/departments/edit/?id={department.id}",
    ):
        page = cabinet.get(path).text
        assert planted not in page, path
        assert "&lt;img src=x" in page, path
        assert ">49<" not in page
