"""A small run of what `make fault` plays at length: both sides write, the server dies, connections break."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.faults.run import Plan, run


@pytest.mark.timeout(300)  # three starts of a server, on a machine that may be busy
def test_kills_and_cuts_lose_double_and_reorder_nothing(engine_url: str, tmp_path: Path) -> None:
    plan = Plan(messages=300, kills=2, cuts=15, desks=3, talks=4, seed=7)

    # In a thread of its own: a browser that an earlier story opened keeps an event loop in this one.
    with ThreadPoolExecutor(1) as thread:
        result = thread.submit(run, plan, engine_url, tmp_path).result()

    assert result.faults == []
    assert result.facts["kills"] == plan.kills
    assert result.facts["cuts"] == plan.cuts
    assert result.facts["acknowledged"] == plan.messages
