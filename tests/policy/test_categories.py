import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.categories import CategoriesRefused, Known, Wanted, check, match
from policy.outline import tree

SALES, PRICE, DELIVERY, OTHER = (
    Known(1, "Sales"),
    Known(2, "Price", 1),
    Known(3, "Delivery", 1),
    Known(4, "Other"),
)
BEFORE = [SALES, PRICE, DELIVERY, OTHER]


def numbers(lines: list[Wanted]) -> list[tuple[int | None, list[int | None]]]:
    return [(line.id, [child.id for child in line.children]) for line in lines]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sales\n Price\n Delivery\nOther", [(1, [2, 3]), (4, [])]),
        # One line edited in its place.
        ("Orders\n Price\n Delivery\nOther", [(1, [2, 3]), (4, [])]),
        ("Sales\n Cost\n Delivery\nOther", [(1, [2, 3]), (4, [])]),
        # Every name is another one, every place is the same.
        ("Verkauf\n Preis\n Lieferung\nRest", [(1, [2, 3]), (4, [])]),
        # Moved, not renamed.
        ("Other\n Price\nSales\n Delivery", [(4, [2]), (1, [3])]),
        ("Price\nSales\n Delivery\nOther", [(2, []), (1, [3]), (4, [])]),
        # A new line beside the others takes nobody's place.
        ("Sales\n Price\n Returns\n Delivery\nOther", [(1, [2, None, 3]), (4, [])]),
        ("New\nSales\n Price\n Delivery\nOther", [(None, []), (1, [2, 3]), (4, [])]),
        # One gone, one new that is not like it, in different places.
        ("Sales\n Delivery\n Returns\nOther", [(1, [3, None]), (4, [])]),
        # Two lines in place of one: the one that is alike continues it.
        ("Sales\n Wholesale price\n Prices\n Delivery\nOther", [(1, [None, 2, 3]), (4, [])]),
        # A line moved away and another put in its place is no renaming.
        ("Sales\n Delivery\nOther\n Price\n Returns", [(1, [3]), (4, [2, None])]),
        ("", []),
    ],
)
def test_each_line_finds_the_category_that_it_continues(
    text: str, expected: list[tuple[int | None, list[int | None]]]
) -> None:
    assert numbers(match(BEFORE, tree(text))) == expected


def test_an_archived_category_comes_back_under_its_name_and_by_nothing_else() -> None:
    known = [SALES, Known(5, "Price", 1, is_archived=True)]
    assert numbers(match(known, tree("Sales\n Price"))) == [(1, [5])]
    assert numbers(match(known, tree("Sales\n Prices"))) == [(1, [None])]


def test_what_is_in_use_comes_before_what_was_archived() -> None:
    known = [Known(1, "Sales", None, is_archived=True), Known(2, "Sales")]
    assert numbers(match(known, tree("Sales"))) == [(2, [])]


@pytest.mark.parametrize(
    ("text", "code", "name"),
    [
        ("Sales\nsales", "category_twice", "sales"),
        ("A\n b\n b", "category_twice", "b"),
        ("A\n " + "b" * 101, "category_too_long", "b" * 101),
    ],
)
def test_a_wrong_line_is_named(text: str, code: str, name: str) -> None:
    with pytest.raises(CategoriesRefused) as refused:
        check(tree(text))
    assert (refused.value.code, refused.value.name) == (code, name)


def test_the_same_name_may_stand_under_two_parents() -> None:
    check(tree("A\n Price\nB\n Price"))


names = st.sampled_from("abcdef")
outlines = st.lists(
    st.tuples(names, st.lists(names, max_size=3, unique=True)), max_size=5, unique_by=lambda one: one[0]
)


def known_of(lines: list[tuple[str, list[str]]]) -> list[Known]:
    known: list[Known] = []
    for name, children in lines:
        parent = Known(len(known) + 1, name)
        known.append(parent)
        for child in children:
            known.append(Known(len(known) + 1, child, parent.id))
    return known


@given(outlines, outlines)
def test_no_category_is_continued_twice_and_no_line_is_lost(
    before: list[tuple[str, list[str]]], after: list[tuple[str, list[str]]]
) -> None:
    wanted = match(known_of(before), after)
    assert [(line.name, [child.name for child in line.children]) for line in wanted] == after
    taken = [one for line in wanted for one in (line.id, *(child.id for child in line.children)) if one]
    assert len(taken) == len(set(taken))


@given(outlines)
def test_an_outline_that_was_not_edited_changes_nothing(lines: list[tuple[str, list[str]]]) -> None:
    known = known_of(lines)
    taken = [one for line in match(known, lines) for one in (line.id, *(child.id for child in line.children))]
    assert taken == [one.id for one in known]


def test_a_list_rewritten_as_a_whole_is_not_compared_name_by_name() -> None:
    """Everybody would wait for it: half a minute for four hundred names."""
    known = [Known(number, f"A question about {number}") for number in range(400)]
    wanted = match(known, [(f"One question on {number}", ()) for number in range(401)])
    assert {line.id for line in wanted} == {None}
