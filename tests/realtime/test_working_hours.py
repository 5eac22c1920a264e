"""A real server at the end of a working day: open windows hear of it at that very minute, without being asked."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from actions.settings import save_settings
from clock import system_now
from models import db
from models.database import unit_of_work
from models.settings import load_settings
from policy.hours import Hours, Interval
from tests.realtime.conftest import UNLIMITED, House, heard
from tests.support.server import ServerProcess

if TYPE_CHECKING:
    from tests.support.databases import Databases

LEFT = timedelta(seconds=3)
ZONE = ZoneInfo("Europe/Moscow")


class Clock:
    """The server's clock, put forward by a file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.write_text("0")

    def put_to(self, moment: datetime) -> None:
        behind = self.path.with_suffix(".new")
        behind.write_text(str((moment - system_now()).total_seconds()))
        behind.replace(self.path)


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    return Clock(tmp_path / "clock")


@pytest.fixture
def house(databases: "Databases", tmp_path: Path, clock: Clock) -> Iterator[House]:
    from tests.support.company import Company
    from tests.support.databases import config_for, storage_app

    url = databases.fresh("sqlite")
    app = storage_app(config_for(url, tmp_path))
    entry = ("-m", "tests.support.server_with_clock")
    server = ServerProcess(tmp_path, url, entry=entry, CLOCK_FILE=str(clock.path), **UNLIMITED)
    with (
        app.app_context(),
        server,
        House(server, Company(db.session(), system_now)) as house,
    ):
        yield house
        db.session.remove()
        db.engine.dispose()


def keep_hours(hours: Hours) -> None:
    """Saved by another process than the server."""
    with unit_of_work() as session:
        settings = load_settings(session)
        settings.company_name, settings.time_zone, settings.working_hours = "Company", ZONE.key, hours
        settings.version += 1
        save_settings(session, settings)


def test_windows_hear_at_the_minute_that_nobody_is_there_any_more(house: House, clock: Clock) -> None:
    anna = house.workplace(house.hire("Anna"), status="online")
    window = house.visitor()
    assert window.do("sync", after=0)["availability"]["state"] == "online"
    ends = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(minutes=3)
    minute = ends.astimezone(ZONE).hour * 60 + ends.astimezone(ZONE).minute
    keep_hours(Hours(is_on=True, week=((Interval((minute - 60) % 1440, minute),),) * 7))
    # Whichever process saved them, the server notices, and nothing has changed yet.
    window.wait_for("availability", lambda availability: availability["state"] == "online")
    clock.put_to(ends - LEFT)
    # Whatever wakes the loop lets it look at the clock anew: somebody goes, and comes back.
    for status in ("break", "online"):
        anna.do("set_status", status=status)
    told = window.wait_for("availability", lambda availability: availability["opens_at"] is not None)
    assert told["opens_at"] == (ends + timedelta(hours=23)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    states = [availability["state"] for availability in heard(window, "availability")]
    assert states[-2:] == ["online", "offline"]
    assert anna.do("snapshot")["me"]["status"] == "online"
    assert window.do("sync", after=0)["availability"]["state"] == "offline"
    # Who asks all the same is not lost: the question waits for whoever is still there.
    assert house.begin(window, "Still there?")
