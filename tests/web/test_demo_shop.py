"""The demo's shop: a foreign site that knows nothing of ours but the manual's snippet."""

import base64
import hashlib
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from config import Config
from web.demo_shop import create_shop

SERVER = "https://chat.company.example"
SCRIPT = re.compile(r'<script type="text/javascript">(.*?)</script>', re.DOTALL)
PAGES = ("/", "/catalogue/bikes", "/goods/volga-300", "/delivery")


@pytest.fixture
def shop(tmp_path: Path) -> FlaskClient:
    environment = {
        "DATA_DIR": str(tmp_path),
        "BASE_URL": SERVER,
        "SECRET_KEY": "shop-" + "0123456789abcdef" * 3,
    }
    return create_shop(Config.from_environment(environment)).test_client()


@pytest.mark.parametrize("language", ["", "/en"])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_carries_the_snippet_under_a_strict_policy(
    shop: FlaskClient, language: str, path: str
) -> None:
    page = shop.get(f"{language}{path}")
    assert page.status_code == 200
    (script,) = SCRIPT.findall(page.text)
    assert f's.src = "{SERVER}/js/button.js"' in script
    assert '<a class="webim_button" href="#" rel="webim"></a>' in page.text
    policy = page.headers["Content-Security-Policy"]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}' {SERVER}" in policy
    assert "unsafe" not in policy
    assert " style=" not in page.text


def test_pages_name_their_placement_and_department(shop: FlaskClient) -> None:
    assert "location" not in shop.get("/").text
    assert 'location: "delivery"' in shop.get("/delivery").text
    assert 'department: "train"' in shop.get("/goods/volga-300").text
    assert 'department: "sport"' in shop.get("/goods/yard-7").text
    assert 'location: "english"' in shop.get("/en/").text


def test_every_link_of_the_shop_leads_somewhere(shop: FlaskClient) -> None:
    seen, ahead = set(), {"/"}
    while ahead:
        path = ahead.pop()
        seen.add(path)
        with shop.get(path) as page:
            assert page.status_code == 200, path
            ahead |= (
                set(re.findall(r'href="(/[^"]*)"', page.text if page.mimetype == "text/html" else "")) - seen
            )
    assert len(seen) == 1 + 2 * (1 + 3 + 6 + 1)


def test_what_the_shop_does_not_have(shop: FlaskClient) -> None:
    for path in ("/catalogue/nothing", "/goods/nothing", "/de/", "/en/catalogue/nothing"):
        assert shop.get(path).status_code == 404
