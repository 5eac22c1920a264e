"""A file of operators: read whatever wrote it, refused by the cell."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.operator_table import COLUMNS, MAXIMUM_BYTES, MAXIMUM_ROWS, Fault, Table, TableRefused, read_table

TITLES = {name: name for name in COLUMNS} | {"имя": "internal_name", "e-mail": "email"}
YES, NO = frozenset({"да", "yes"}), frozenset({"нет", "no"})


def read(data: bytes) -> Table:
    return read_table(data, TITLES, YES, NO)


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_usual_spelling_of_a_table_reads_alike(separator: str, encoding: str, end: str) -> None:
    lines = [["E-mail", "Имя", "Возраст"], ["anna@example.com", "Анна", "30"], ["", "", ""]]
    (row,) = read(end.join(separator.join(line) for line in lines).encode(encoding)).rows
    assert (row.line, row.values, row.faults) == (
        2,
        {"email": "anna@example.com", "internal_name": "Анна"},
        [],
    )


def test_a_quoted_cell_may_hold_the_separator_and_a_line_break() -> None:
    (first, second) = read(b'email;departments\na@b.ru;"Sales; East|Help"\nc@d.ru;"X\nY"').rows
    assert first.values["departments"] == ["Sales; East", "Help"]
    assert second.values["departments"] == ["X Y"]


@pytest.mark.parametrize("sign", ["\u2028", "\u2029", "\x0b", "\x0c", "\x85"])
def test_only_ends_of_lines_end_a_line(sign: str) -> None:
    (first, second) = read(f"email;internal_name\ra@b.ru;Anna{sign}Smith\r\nc@d.ru;Clara".encode()).rows
    assert (first.line, first.faults, second.email) == (2, [], "c@d.ru")
    assert "Smith" in first.values["internal_name"]


@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_the_note_about_the_separator_is_no_title(separator: str) -> None:
    (row,) = read(f"sep={separator}\r\nemail{separator}internal_name\r\na@b.ru{separator}Anna".encode()).rows
    assert (row.line, row.values) == (3, {"email": "a@b.ru", "internal_name": "Anna"})


def test_columns_that_mean_nothing_are_named() -> None:
    assert read(b"email,age,,height\na@b.ru,1,2,3").unknown_columns == ("age", "height")


def test_a_cell_marked_as_text_by_the_export_reads_as_it_was() -> None:
    (row,) = read(b"email;internal_name\na@b.ru;'=1+1").rows
    assert row.values["internal_name"] == "=1+1"


@pytest.mark.parametrize(
    ("cell", "column", "value"),
    [
        ("ru, UA", "languages", ["ru", "uk"]),
        ("", "languages", []),
        ("—", "max_chats", None),
        ("7", "max_chats", 7),
        ("0", "sort_order", 0),
        ("Да", "is_admin", True),
        ("no", "is_admin", False),
    ],
)
def test_cells_are_typed(cell: str, column: str, value: object) -> None:
    (row,) = read(f"email;{column}\na@b.ru;{cell}".encode()).rows
    assert row.values[column] == value
    assert row.faults == []


@pytest.mark.parametrize("column", ["sort_order", "is_admin", "internal_name", "public_name"])
def test_an_empty_cell_leaves_what_cannot_be_empty(column: str) -> None:
    (row,) = read(f"email;{column}\na@b.ru;".encode()).rows
    assert column not in row.values


@pytest.mark.parametrize(
    ("cell", "column", "code", "detail"),
    [
        ("ru, klingon", "languages", "language_unknown", "klingon"),
        ("101", "max_chats", "number_wrong", "1–100"),
        ("-1", "sort_order", "number_wrong", "0–1000000"),
        ("٣", "sort_order", "number_wrong", "0–1000000"),
        ("9" * 5_000, "sort_order", "number_wrong", "0–1000000"),
        ("maybe", "is_admin", "not_yes_or_no", ""),
        ("x" * 65, "internal_name", "too_long", "64"),
        ("x" * 31, "public_name", "too_long", "30"),
    ],
)
def test_a_wrong_cell_is_named(cell: str, column: str, code: str, detail: str) -> None:
    (row,) = read(f"email;{column}\na@b.ru;{cell}".encode()).rows
    assert row.faults == [Fault(column, code, detail)]


def test_twins_and_missing_addresses_are_named() -> None:
    rows = read(b"email;internal_name\na@b.ru;A\n;B\nA@B.ru;C").rows
    assert [row.faults for row in rows] == [
        [],
        [Fault("email", "missing")],
        [Fault("email", "email_twice", "2")],
    ]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"email\n" + b"a" * MAXIMUM_BYTES, "too_large"),
        (b"email\n" + b"a@b.ru\n" * (MAXIMUM_ROWS + 1), "too_many_rows"),
        (b"PK\x03\x04\x00\x00xl/worksheets", "not_text"),
        (b"\x89PNG\r\n\x1a\n\x00", "not_text"),
        (b"email\n", "empty"),
        (b"", "empty"),
        (b"name;age\nAnna;3", "no_email_column"),
        (b'email\n"' + b"x" * 200_000, "not_a_table"),
    ],
)
def test_a_file_that_is_no_table_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(TableRefused) as refused:
        read(data)
    assert refused.value.code == code


@given(st.binary(max_size=300))
def test_no_bytes_break_it(noise: bytes) -> None:
    try:
        table = read(b"email;languages;is_admin;departments\n" + noise)
    except TableRefused:
        return
    assert all(row.values.get("email") or row.faults for row in table.rows)
