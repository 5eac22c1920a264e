"""docs/protocol.md says what the planes take, name for name: other clients are written after it."""

import re
from dataclasses import MISSING, fields
from pathlib import Path

import pytest

from config import RATES
from realtime.answers import HTTP_STATUS
from realtime.namespaces.operator import plane as operator_plane
from realtime.namespaces.visitor import plane as visitor_plane
from realtime.planes import Command, HotCommand, Plane

PROTOCOL = (Path(__file__).parents[1] / "docs" / "protocol.md").read_text(encoding="utf-8")
PLANES = {"The visitor's plane": visitor_plane, "The operator's plane": operator_plane}
_NAME = re.compile(r"`(\w+)`(\?)?")


def rows(section: str) -> list[list[str]]:
    """The cells of every row of the section's tables, headings left out."""
    text = PROTOCOL.split(f"\n## {section}\n")[1].split("\n## ")[0]
    cells = [line.strip("|").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row] for row in cells if row[1].strip("- ") and "`" in "".join(row[:2])]


def documented(section: str) -> dict[str, dict[str, bool]]:
    """Each command with its fields, and whether a field must be there; what stands in brackets explains."""
    found = {}
    for name, takes, *_ in rows(section):
        plain = re.sub(r"\([^)]*\)", "", takes)
        found[name.strip("`")] = {field: not optional for field, optional in _NAME.findall(plain)}
    return found


def taken(command: Command[object] | HotCommand[object]) -> dict[str, bool]:
    return {one.name: one.default is MISSING for one in fields(command.payload)}  # type: ignore[arg-type]


@pytest.mark.parametrize(("section", "plane"), PLANES.items(), ids=PLANES)
def test_every_command_takes_what_its_row_says(section: str, plane: Plane) -> None:
    assert documented(section) == {name: taken(command) for name, command in plane.commands.items()}


def test_every_refusal_stands_in_the_table_with_its_status() -> None:
    told = {row[0].strip("`"): int(row[1]) for row in rows("What holds everywhere")}
    assert told == HTTP_STATUS


def test_rates_that_can_be_set_are_told_as_they_are() -> None:
    named = {
        row[3].strip(" `|"): (float(row[2]), float(row[1])) for row in rows("Limits") if "LIMIT_" in row[3]
    }
    assert named == {name: (rate.per_second, rate.burst) for name, rate in RATES.items()}
