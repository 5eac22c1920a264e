"""The page of the chat window: for its placement's sites, in its language, with nothing of anybody in it."""

import json
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Placement, Settings
from models.database import unit_of_work
from models.placements import Choice
from policy.languages import Language
from tests.support.company import Company

BOOT = re.compile(r'<script type="application/json" id="boot">(.*?)</script>', re.DOTALL)


@pytest.fixture
def client(app: Flask, company: Company) -> FlaskClient:
    return app.test_client()


def boot(client: FlaskClient, path: str = "/chat/default") -> dict[str, Any]:
    found = BOOT.search(client.get(path).text)
    assert found is not None
    said: dict[str, Any] = json.loads(found[1])
    return said


def test_the_window_stands_in_its_placements_language(client: FlaskClient, company: Company) -> None:
    company.placement("hebrew", language=Language.HE)
    page = client.get("/chat/hebrew", headers={"Accept-Language": "tr"})
    assert '<html lang="he" dir="rtl">' in page.text
    assert boot(client, "/chat/hebrew")["language"] == "he"
    assert '<html lang="ru" dir="ltr">' in client.get("/chat/default").text


def test_framed_or_alone(client: FlaskClient, company: Company) -> None:
    company.department("sales")
    assert boot(client)["is_embedded"] is False
    assert boot(client, "/chat/default?embedded=1&department=sales") | {"words": 0} == {
        **boot(client),
        "words": 0,
        "is_embedded": True,
        "department": "sales",
    }


@pytest.mark.parametrize("odd", ["gone", "Sales", "a_b", "../..", "a\0", "a" * 100, ""])
def test_code_with_a_department_that_is_not_there_asks_as_code_without_one(
    client: FlaskClient, company: Company, odd: str
) -> None:
    company.department("sales")
    page = client.get("/chat/default", query_string={"department": odd})
    assert json.loads(BOOT.findall(page.text)[0])["department"] is None


def test_any_site_may_frame_the_window_until_a_list_says_which(client: FlaskClient, session: Session) -> None:
    assert "frame-ancestors http: https:" in client.get("/chat/default").headers["Content-Security-Policy"]
    with unit_of_work(session) as own:
        own.scalars(select(Settings)).one().allowed_sites = "shop.example"
    assert (
        client.get("/chat/default")
        .headers["Content-Security-Policy"]
        .endswith("frame-ancestors shop.example")
    )
    with unit_of_work(session) as own:
        own.scalars(select(Placement)).one().allowed_sites = "https://*.own.example"
    headers = client.get("/chat/default").headers
    assert headers["Content-Security-Policy"].endswith("frame-ancestors https://*.own.example")
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "Cross-Origin-Opener-Policy" not in headers


def test_the_page_is_nobodys_and_sets_no_cookie(client: FlaskClient) -> None:
    page = client.get("/chat/default?embedded=1")
    assert "Set-Cookie" not in page.headers
    assert page.headers["Cache-Control"] == "no-store"
    assert "unsafe" not in page.headers["Content-Security-Policy"]


def test_what_is_asked_before_the_chat(client: FlaskClient, company: Company) -> None:
    assert boot(client)["asks"] == {"department": "optional", "operator": "off"}
    sales = company.department("sales")
    company.placement("sales", department_id=sales.id, requires_prechat_form=True, asks_phone=Choice.REQUIRED)
    assert boot(client, "/chat/sales")["asks"] == {
        "department": "off",
        "operator": "off",
        "first_question": "required",
        "name": "optional",
        "email": "optional",
        "phone": "required",
    }


def test_hostile_texts_of_settings_stay_text(client: FlaskClient, company: Company) -> None:
    hostile = "</script><script>alert(1)</script><!-- & ' \" \u2028"
    company.placement("odd", greeting=hostile, window_title=hostile[:80])
    page = client.get("/chat/odd")
    assert "<script>alert" not in page.text
    assert "<!--" not in page.text
    said = boot(client, "/chat/odd")
    assert (said["greeting"], said["title"]) == (hostile, hostile[:80])


def test_every_colour_comes_with_a_text_colour_for_it(client: FlaskClient, company: Company) -> None:
    company.placement("sun", window_color="#ffd400", button_color="#000000")
    colors = boot(client, "/chat/sun")["colors"]
    assert (colors["window"], colors["on_window"]) == ("#ffd400", "#171b22")
    assert (colors["button"], colors["on_button"]) == ("#000000", "#ffffff")


def test_an_unknown_placement_has_no_window(client: FlaskClient) -> None:
    page = client.get("/chat/nothing")
    assert page.status_code == 404
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]


def test_without_scripts_the_page_says_so(client: FlaskClient) -> None:
    assert "<noscript>" in client.get("/chat/default").text
