"""Two processes behind one balancer: who is connected to the one is told at once what happens in the other."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.realtime.conftest import UNLIMITED, Browser, House, Window, heard, new_id, says
from tests.realtime.test_polling import Held, poll
from tests.support.company import Company
from tests.support.redis import RedisServer
from tests.support.server import ServerProcess

pytestmark = pytest.mark.databases("postgresql")
SHARED_KEY = "two processes, one key: 0123456789 abcdefghij"


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    with RedisServer(tmp_path) as server:
        yield server


@pytest.fixture
def houses(
    company: Company, engine_url: str, tmp_path_factory: pytest.TempPathFactory, redis: RedisServer
) -> Iterator[tuple[House, House]]:
    """The same company, reached through either of two processes."""
    with ExitStack() as opened:
        servers = [
            opened.enter_context(
                ServerProcess(
                    tmp_path_factory.mktemp("process"),
                    engine_url,
                    SECRET_KEY=SHARED_KEY,
                    REDIS_URL=redis.url,
                    **UNLIMITED,
                )
            )
            for _ in range(2)
        ]
        first, second = (opened.enter_context(House(server, company)) for server in servers)
        yield first, second


def test_they_talk_across_processes(houses: tuple[House, House]) -> None:
    here, there = houses
    sales = here.department()
    anna = there.workplace(there.hire("Anna", departments=[sales]))
    visitor = here.visitor()
    chat = here.begin(visitor, "Is it open?", department=sales.key)
    anna.wait_for("change", says("Is it open?"))
    anna.do("take", chat=chat)
    anna.do("post", chat=chat, client_id=new_id(), body="It is.")
    visitor.wait_for("change", says("It is."))
    visitor.do("typing", chat=chat, text="Than")
    assert anna.wait_for("typing")["text"] == "Than"


def test_nobody_is_told_twice(houses: tuple[House, House]) -> None:
    here, there = houses
    sales = here.department()
    anna = there.workplace(there.hire("Anna", departments=[sales]))
    visitor = here.visitor()
    chat = here.begin(visitor, "One", department=sales.key)
    anna.wait_for("change", says("One"))
    for body in ("Two", "Three"):
        visitor.do("post", chat=chat, client_id=new_id(), body=body)
    anna.wait_for("change", says("Three"))
    revisions = [change["revision"] for change in heard(anna, "change")]
    assert revisions == sorted(set(revisions))


def test_a_status_that_is_set_in_one_process_is_seen_in_the_other(houses: tuple[House, House]) -> None:
    here, there = houses
    anna = there.hire("Anna")
    page, browser = there.workplace(anna), here.browser(anna)
    browser.do("set_status", status="lunch")
    assert page.wait_for("operator", lambda card: card["id"] == anna.id and card["status"] == "lunch")


def test_a_held_poll_is_woken_by_the_other_process(houses: tuple[House, House]) -> None:
    here, there = houses
    sales = here.department()
    anna: Browser = there.browser(there.hire("Anna", departments=[sales]))
    first = poll(anna, "")
    waiting = Held(lambda: poll(anna, first["mark"]))
    window: Window = here.window()
    chat = here.begin(window, department=sales.key)
    assert [row["id"] for row in waiting.result()["chats"]] == [chat]


def test_after_redis_was_away_the_pages_come_back_and_catch_up(
    houses: tuple[House, House], redis: RedisServer
) -> None:
    """What was said meanwhile is stored and answered all the same; whoever may have missed it is made to ask."""
    here, there = houses
    sales = here.department()
    anna = there.workplace(there.hire("Anna", departments=[sales]))
    visitor = here.visitor()
    chat = here.begin(visitor, "One", department=sales.key)
    anna.wait_for("change", says("One"))
    redis.stop()
    visitor.do("post", chat=chat, client_id=new_id(), body="Two")
    redis.start()
    anna.wait_until_disconnected()
