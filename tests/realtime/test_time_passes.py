"""What time does to chats in a real server process, with short times: events, not pauses, say that it happened."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from models.database import unit_of_work
from models.settings import load_settings
from policy.languages import Language
from tests.realtime.conftest import House, of_chat, says
from tests.support.company import Company
from tests.support.server import ServerProcess

pytestmark = pytest.mark.databases("sqlite", "postgresql")


@pytest.fixture
def short(session: Session, company: Company, engine_url: str, tmp_path: Path) -> Iterator[House]:
    with unit_of_work(session):
        settings = load_settings(session)
        settings.language = Language.EN
        settings.auto_assignment = True
        settings.answer_seconds = 1
        settings.misses_before_break = 1
    with ServerProcess(tmp_path, engine_url) as server, House(server, company) as house:
        yield house


def test_who_does_not_answer_loses_the_chat_and_everybody_is_told(short: House) -> None:
    anna = short.workplace(short.hire("Anna"))
    visitor = short.visitor()
    chat = short.begin(visitor)
    anna.wait_for("assigned", of_chat(chat))
    assert anna.wait_for("returned", of_chat(chat))["reason"] == "no_answer"
    mine = anna.wait_for("operator", lambda operator: operator["status"] == "break")
    assert mine["status_reason"] == "missed_chats"
    visitor.wait_for(
        "change", says("We are passing you on to another operator. You keep your place in the queue.")
    )
    place = visitor.wait_for("queue", of_chat(chat))
    assert (place["position"], place["wait_minutes"]) == (1, None)
    second = short.visitor()
    behind = short.begin(second)
    assert second.wait_for("queue", of_chat(behind))["position"] == 2
    visitor.do("close", chat=chat)
    assert second.wait_for("queue", lambda place: place["position"] == 1)["chat"] == behind
    assert second.do("sync", after=0)["queue"]["position"] == 1
