"""Fixtures of all tests, and two rules: stories in a browser run one after another, CI skips nothing.

The application is imported by the fixtures that need it: tests of the policy start without it.
"""

import os
import shutil
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import hypothesis
import pytest
from flask import Flask
from sqlalchemy.orm import Session

from scripts import compile_catalogues
from tests.support.clock import SteppingClock
from tests.support.server import ServerProcess

if TYPE_CHECKING:
    from tests.support.company import Company
    from tests.support.databases import Databases

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)

IN_CI = bool(os.environ.get("CI"))
# What is stored and done must hold on both databases; faces are tested on the embedded one unless they ask.
DATABASE_KINDS = ("sqlite", "postgresql")
ROOMS_ON_BOTH_DATABASES = {"models", "actions", "migrations"}
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


# Elsewhere each run tries new examples; CI repeats the same ones, so that its answer depends on the change alone.
hypothesis.settings.register_profile("ci", derandomize=True, deadline=None)
hypothesis.settings.register_profile("developer", deadline=None)
hypothesis.settings.load_profile("ci" if IN_CI else "developer")


def pytest_configure(config: pytest.Config) -> None:
    is_worker = hasattr(config, "workerinput")
    if not is_worker:
        compile_catalogues.main()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_kind" not in metafunc.fixturenames:
        return
    marker = metafunc.definition.get_closest_marker("databases")
    on_both = ROOMS_ON_BOTH_DATABASES & set(Path(metafunc.definition.path).parts)
    kinds = marker.args if marker else DATABASE_KINDS if on_both else DATABASE_KINDS[:1]
    metafunc.parametrize("database_kind", kinds, scope="session")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.journey)
            item.add_marker(pytest.mark.xdist_group("journeys"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    return without_skips((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    return without_skips((yield))


def without_skips(report: Report) -> Report:
    """What was not tested is not known to work: in CI a skip is a failure."""
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid} was skipped, and CI skips nothing: {report.longrepr}"
    return report


@pytest.fixture(scope="session", autouse=True)
def quick_password_hashes() -> None:
    """Hundreds of sign-ins need no slow hash; what the real costs are is a constant to read."""
    from argon2 import PasswordHasher

    from actions import passwords

    passwords._hasher = PasswordHasher(memory_cost=8, time_cost=1, parallelism=1)


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory, worker_id: str, testrun_uid: str) -> "Databases":
    from tests.support.databases import Databases

    return Databases(tmp_path_factory.mktemp("databases"), testrun_uid, worker_id)


@pytest.fixture
def engine_url(databases: "Databases", database_kind: str) -> Iterator[str]:
    """The address of a fresh migrated database; tests of models and actions run once on each kind."""
    url = databases.fresh(database_kind)
    yield url
    databases.drop(url)


@pytest.fixture
def clock() -> SteppingClock:
    """The application's time; it stands still until the test moves it."""
    return SteppingClock()


@pytest.fixture
def storage(engine_url: str, tmp_path: Path, clock: SteppingClock) -> Iterator[Flask]:
    """Models and actions on a fresh database, within an application's context but without any face."""
    from tests.support.databases import config_for, storage_app

    with in_context(storage_app(config_for(engine_url, tmp_path)), clock) as app:
        yield app


@pytest.fixture
def app(engine_url: str, tmp_path: Path, clock: SteppingClock) -> Iterator[Flask]:
    """The whole application on a fresh database, within its context."""
    from app import create_app
    from tests.support.databases import config_for

    with in_context(create_app(config_for(engine_url, tmp_path)), clock) as app:
        app.config.update(TESTING=True, FLASK_ADMIN_RAISE_ON_VIEW_EXCEPTION=True)
        yield app


@contextmanager
def in_context(app: Flask, clock: SteppingClock) -> Iterator[Flask]:
    from models import db

    app.extensions["clock"] = clock
    with app.app_context():
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def session(request: pytest.FixtureRequest, engine_url: str) -> Session:
    """The session that actions are given: the whole application's where the test has one."""
    from models import db

    request.getfixturevalue("app" if "app" in request.fixturenames else "storage")
    return db.session()


@pytest.fixture
def company(session: Session, clock: SteppingClock) -> "Company":
    """Makes departments, people and chats on the test's database."""
    from tests.support.company import Company

    return Company(session, clock)


@pytest.fixture
def server(engine_url: str, tmp_path: Path) -> Iterator[ServerProcess]:
    """A real server process on the test's database, ready to serve."""
    with ServerProcess(tmp_path, engine_url) as process:
        yield process
        # Shown by pytest when the test fails.
        print(process.log)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """The machine's own Chromium, without anything that would call home."""
    return {"executable_path": shutil.which("chromium"), "args": CHROMIUM_ARGUMENTS}
