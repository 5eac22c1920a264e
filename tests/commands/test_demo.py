"""`make demo` on an empty machine: a company worth looking at, a shop with the button, and the way in."""

import json
import re
import signal
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.clients import enter, operator_client, sign_in, visitor_client
from tests.support.server import DEMO, ServerProcess

pytestmark = pytest.mark.xdist_group("demo")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """Started once: it draws a week of work, which takes a while."""
    with ServerProcess(tmp_path_factory.mktemp("demo"), entry=DEMO) as process:
        yield process
        print(process.log)


def addresses(demo: ServerProcess) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((demo.data_dir / "demo.json").read_text())
    return told


def test_it_tells_where_to_go_and_how_to_sign_in(demo: ServerProcess) -> None:
    told = addresses(demo)
    assert (told["url"], told["shop_url"]) == (demo.url, demo.shop_url)
    assert {account["role"] for account in told["accounts"]} >= {"administrator", "operator"}
    for account in told["accounts"]:
        assert account["email"] in demo.log
        assert account["password"] in demo.log


def test_its_people_can_work_and_its_history_is_worth_looking_at(demo: ServerProcess) -> None:
    account = next(account for account in addresses(demo)["accounts"] if account["role"] == "administrator")
    with operator_client(demo.url, account["email"], account["password"]) as administrator:
        snapshot = administrator.do("snapshot")
    assert len(snapshot["departments"]) > 1
    assert len(snapshot["operators"]) > 2


def test_its_shop_stands_on_an_origin_of_its_own_and_carries_the_snippet(demo: ServerProcess) -> None:
    with urllib.request.urlopen(demo.shop_url, timeout=10) as answer:
        page = answer.read().decode()
    assert demo.shop_url != demo.url
    assert f"localhost:{demo.port}" in page
    assert "/js/button.js" in page


def test_its_letters_are_read_in_the_panel(demo: ServerProcess) -> None:
    account = next(one for one in addresses(demo)["accounts"] if one["role"] == "administrator")
    browser = sign_in(demo.url, account["email"], account["password"])
    page = browser.get(f"{demo.url}/admin/letters/", timeout=10)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
    assert token
    headers = {"Referer": demo.url}
    browser.post(f"{demo.url}/admin/letters/test/", {"csrf_token": token[1]}, headers=headers, timeout=10)
    listed = browser.get(f"{demo.url}/admin/letters/", timeout=10).text
    assert account["email"] in listed[listed.index("<tbody>") :]


def test_started_again_it_goes_on_with_the_same_data(demo: ServerProcess) -> None:
    token = enter(demo.url)["token"]
    with visitor_client(demo.url, token=token) as visitor:
        visitor.do(
            "start",
            client_id="7f8bd0e1-5a0e-4f6e-8f9f-1d1a5b1c2d3e",
            placement="default",
            first_question="Will you remember me?",
        )
    people = addresses(demo)["accounts"]
    assert demo.stop(signal.SIGINT) == 0
    demo.start()
    assert addresses(demo)["accounts"] == people
    assert [message["body"] for message in enter(demo.url, token=token)["messages"]] == [
        "Will you remember me?"
    ]
