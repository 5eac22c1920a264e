from pathlib import Path

import pytest

from scripts.check_tree import faults_of, machine_traces


@pytest.mark.parametrize(
    "line",
    [
        "margin-left: 1px;",
        "padding-right: 1px;",
        "a { left: 0 }",
        "border-top-left-radius: 2px;",
        "text-align: right;",
        "float: left;",
    ],
)
def test_styles_know_no_left_and_right(line: str) -> None:
    assert len(list(faults_of("static/css/visitor.css", line, ()))) == 1


@pytest.mark.parametrize(
    "line",
    [
        "margin-inline-start: 1px;",
        "inset-inline-end: 0;",
        "text-align: start;",
        "left: 0; /* physical: the pointer's own coordinate */",
        ".left-over { color: red }",
    ],
)
def test_sides_that_turn_with_the_writing_are_fine(line: str) -> None:
    assert not list(faults_of("static/css/visitor.css", line, ()))


def test_a_path_of_this_machine_is_found_with_its_line() -> None:
    trace = f"{Path.home()}/"
    assert trace in machine_traces()
    assert list(faults_of("docs/notes.md", f"first\nsee {trace}file", (trace,))) == [
        f"docs/notes.md:2: a path of this machine or a registry's address: {trace}"
    ]
