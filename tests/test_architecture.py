"""The floors of the house, read from the imports: a room imports only from floors below it, and from its own."""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FLOORS = {
    "policy": 1,
    "geo": 2,
    "models": 2,
    "actions": 3,
    "realtime": 4,
    "admin_views": 4,
    "web": 4,
    "app": 5,
}
# Single modules between the floors. Only faces may ask for the time: below them it is an argument.
BETWEEN = {"config": 1.5, "logs": 1.5, "clock": 3.5, "limits": 3.5, "wording": 3.5, "commands": 4.5}
ENTRY_POINTS = {"serve.py", "wsgi.py"}
ALL_FLOORS = {**FLOORS, **BETWEEN}
READS_THE_CLOCK = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "time.time",
    "time.time_ns",
}
IS_RANDOM = {"random", "secrets", "uuid"}


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def sources(room: str) -> list[Path]:
    return [ROOT / f"{room}.py"] if (ROOT / f"{room}.py").exists() else sorted((ROOT / room).rglob("*.py"))


def product_sources() -> list[Path]:
    return [path for room in ALL_FLOORS for path in sources(room)] + [
        ROOT / name for name in sorted(ENTRY_POINTS)
    ]


def imports(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.lineno, node.module


def calls(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func)


def is_typing_only(path: Path, line: int) -> bool:
    """Whether the line stands under `if TYPE_CHECKING:`, where nothing is imported at run time."""
    return any(
        isinstance(node, ast.If)
        and ast.unparse(node.test) == "TYPE_CHECKING"
        and node.lineno < line <= node.end_lineno
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.If) and node.end_lineno
    )


def place(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


def floor_faults(room: str, floor: float) -> Iterator[str]:
    for path in sources(room):
        for line, name in imports(path):
            target = name.partition(".")[0]
            other = ALL_FLOORS.get(target)
            if other is None or target == room or is_typing_only(path, line):
                continue
            if other >= floor:
                yield f"{place(path, line)} imports {name}"


def test_every_room_stands() -> None:
    missing = [room for room in FLOORS if not sources(room)]
    assert not missing


@pytest.mark.parametrize("room", ALL_FLOORS)
def test_a_room_imports_only_from_floors_below(room: str) -> None:
    assert not list(floor_faults(room, ALL_FLOORS[room]))


def test_the_policy_needs_the_standard_library_only() -> None:
    allowed = (
        {"policy", *sys.stdlib_module_names}
        - IS_RANDOM
        - {"os", "io", "socket", "sqlite3", "subprocess", "pathlib"}
    )
    foreign = [
        f"{place(path, line)} imports {name}"
        for path in sources("policy")
        for line, name in imports(path)
        if name.partition(".")[0] not in allowed
    ]
    assert not foreign


def test_time_is_an_argument_of_policy_and_actions() -> None:
    readers = [
        f"{place(path, line)} calls {name}"
        for room in ("policy", "models", "actions")
        for path in sources(room)
        for line, name in calls(path)
        if name in READS_THE_CLOCK or name.removeprefix("datetime.") in READS_THE_CLOCK
    ]
    assert not readers


def test_only_the_broadcast_emits() -> None:
    """And the bus, which repeats in other processes what was emitted in one."""
    may_emit = {ROOT / "realtime" / "broadcast.py", ROOT / "realtime" / "bus.py"}
    emitters = [
        f"{place(path, line)} calls {name}"
        for path in product_sources()
        for line, name in calls(path)
        if (name == "emit" or name.endswith(".emit")) and path not in may_emit
    ]
    assert not emitters


def test_actions_never_commit() -> None:
    committers = [
        f"{place(path, line)} calls {name}"
        for path in sources("actions")
        for line, name in calls(path)
        if name.endswith((".commit", "unit_of_work"))
    ]
    assert not committers


def test_only_entry_points_patch_and_do_it_first() -> None:
    for path in product_sources():
        patches = [line for line, name in calls(path) if name.endswith("monkey.patch_all")]
        if path.name not in ENTRY_POINTS:
            assert not patches, place(path, patches[0])
            continue
        assert len(patches) == 1
        before = [line for line, _name in imports(path) if line < patches[0]]
        assert len(before) == 1, f"{path.name} imports something before it patches"


def test_nobody_imports_the_application() -> None:
    importers = [
        place(path, line)
        for path in product_sources()
        if path.name not in ENTRY_POINTS
        for line, name in imports(path)
        if name.partition(".")[0] in {"app", "serve", "wsgi"} and not is_typing_only(path, line)
    ]
    assert not importers
