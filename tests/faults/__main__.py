"""`make fault`: proves the promises of delivery under kills and cuts, and then that broken servers would be noticed."""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.postgresql import durable_postgresql
from tests.faults.run import Plan, Result, run

CONTROLS = {
    "acks_early": "answers come before COMMIT",
    "forgets_keys": "a repetition is stored anew",
}
SHOWN = 10


def main() -> int:
    """0 when the product kept its promises and each broken server was caught."""
    options = _options()
    plan = Plan(options.messages, options.kills, options.cuts, seed=options.seed)
    print(f"Fault test, seed {plan.seed}: {plan.messages} messages, {plan.kills} kills, {plan.cuts} cuts")
    with _place(options.postgresql) as (url, directory):
        is_good = _show("the product", run(plan, url, directory), is_broken=False)
    if options.controls:
        for name, words in CONTROLS.items():
            is_good &= _control(name, words, options.seed, options.postgresql)
    print("The promises hold." if is_good else "THE PROMISES DO NOT HOLD.")
    return 0 if is_good else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--cuts", type=int, default=200)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--postgresql", action="store_true", help="on PostgreSQL instead of SQLite")
    parser.add_argument("--no-controls", dest="controls", action="store_false")
    return parser.parse_args()


def _control(name: str, words: str, seed: int, postgresql: bool) -> bool:
    plan = Plan(messages=2_000, kills=4, cuts=40, seed=seed)
    with _place(postgresql) as (url, directory):
        result = run(plan, url, directory, entry=("-m", "tests.faults.broken_server"), BROKEN=name)
    return _show(f"negative control: {words}", result, is_broken=True)


def _show(what: str, result: Result, *, is_broken: bool) -> bool:
    """Print the result; whether it is the one that was expected."""
    is_expected = bool(result.faults) is is_broken
    print(f"\n{what}: {'red' if result.faults else 'green'}, {'as it must be' if is_expected else 'WRONG'}")
    for name, value in result.facts.items():
        print(f"  {name:32} {value}")
    for fault in result.faults[:SHOWN]:
        print(f"  {fault}")
    if len(result.faults) > SHOWN:
        print(f"  … {len(result.faults)} in all")
    return is_expected


@contextmanager
def _place(postgresql: bool) -> Iterator[tuple[str, Path]]:
    """An empty database and a directory, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="otvet-faults-") as name:
        directory = Path(name)
        if not postgresql:
            yield f"sqlite:///{directory / 'faults.sqlite3'}", directory
            return
        with durable_postgresql() as database:
            yield database("faults"), directory


if __name__ == "__main__":
    sys.exit(main())
