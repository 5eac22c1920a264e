import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.outline import Group, Line, Outline, parse, templates, tree


@pytest.mark.parametrize(
    ("text", "outline"),
    [
        ("", ()),
        ("\n  \n\t\n", ()),
        ("Hello", (Line("Hello"),)),
        ("Hello\nBye", (Line("Hello"), Line("Bye"))),
        ("Greetings\n Hello\n Good day\nBye", (Group("Greetings", ("Hello", "Good day")), Line("Bye"))),
        ("Greetings\n\n Hello", (Group("Greetings", ("Hello",)),)),
        ("Greetings\r\n Hello\r\nBye\r", (Group("Greetings", ("Hello",)), Line("Bye"))),
        ("A\n  b\n    c\n\td", (Group("A", ("b", "c", "d")),)),
        (" first\n second", (Group("first", ("second",)),)),
        ("A \n b ", (Group("A", ("b",)),)),
    ],
)
def test_a_line_that_begins_with_a_space_belongs_to_the_line_above(text: str, outline: Outline) -> None:
    assert parse(text) == outline


def test_the_name_of_a_group_is_no_template_any_more() -> None:
    assert templates("Thanks\nGreetings\n Hello\n Good day") == [
        (None, "Thanks"),
        ("Greetings", "Hello"),
        ("Greetings", "Good day"),
    ]


def test_a_category_with_subcategories_stays_one_itself() -> None:
    assert tree("Sales\n Price\n Delivery\nOther") == [("Sales", ("Price", "Delivery")), ("Other", ())]


words = st.text(st.characters(exclude_categories=["Cc", "Cs", "Z"]), min_size=1)


@given(st.lists(st.tuples(words, st.lists(words, max_size=3)), max_size=5))
def test_what_was_typed_is_what_is_read(groups: list[tuple[str, list[str]]]) -> None:
    text = "\n".join("\n ".join([name, *lines]) for name, lines in groups)
    assert tree(text) == [(name, tuple(lines)) for name, lines in groups]


@given(st.text(st.sampled_from("a b\n\r\t\u2028")))
def test_no_word_is_lost_or_added(text: str) -> None:
    said = [word for name, lines in tree(text) for line in (name, *lines) for word in line.split()]
    assert said == text.split()
