"""Categories of chats between two edits of their outline: who is who, so that old chats keep their classification."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TypeAlias, TypeVar

from policy.errors import DomainError

NAME_MAXIMUM = 100
_ALIKE = 0.6
_MOST_COMPARED = 2_500
"""Pairs of names that are held against each other; a list that is rewritten as a whole is a new list."""

T = TypeVar("T")
Tree: TypeAlias = Sequence[tuple[str, Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Known:
    """A category as it is stored."""

    id: int
    name: str
    parent_id: int | None = None
    is_archived: bool = False


@dataclass(slots=True)
class Wanted:
    """A line of the new outline and the stored category that it continues, if it does."""

    name: str
    id: int | None
    children: "list[Wanted]"


class CategoriesRefused(DomainError):
    """`category_twice` or `category_too_long`; `name` is the line."""

    def __init__(self, code: str, name: str) -> None:
        super().__init__(code)
        self.name = name


def check(tree: Tree) -> None:
    """Names fit, and no two that stand side by side are the same."""
    for siblings in ([name for name, _ in tree], *(names for _, names in tree)):
        seen: set[str] = set()
        for name in siblings:
            if len(name) > NAME_MAXIMUM:
                raise CategoriesRefused("category_too_long", name)
            if name.casefold() in seen:
                raise CategoriesRefused("category_twice", name)
            seen.add(name.casefold())


def match(known: Sequence[Known], tree: Tree) -> list[Wanted]:
    """Find every line's category: the one of the same name, there or moved, else the one that stood in its place.

    `known` is in the order of the old outline. What no line continues is gone from the outline; an archived category
    comes back when its name does.
    """
    return _Matching(known, tree).wanted


class _Matching:
    def __init__(self, known: Sequence[Known], tree: Tree) -> None:
        self.wanted = [
            Wanted(name, None, [Wanted(child, None, []) for child in names]) for name, names in tree
        ]
        self._known = known
        self._names = {line.name for line in self._lines()}
        self._live_names = {one.name for one in known if not one.is_archived}
        self._left = {one.id: one for one in known}
        self._side_by_side(None, self.wanted)
        self._renamed(None, self.wanted)
        for line in self.wanted:
            self._side_by_side(line.id, line.children)
        self._moved()
        for line in self.wanted:
            self._renamed(line.id, line.children)

    def _lines(self) -> Iterator[Wanted]:
        for line in self.wanted:
            yield line
            yield from line.children

    def _side_by_side(self, parent_id: int | None, lines: Sequence[Wanted]) -> None:
        """The same name under the same parent; what is in use comes before what was archived."""
        if lines is not self.wanted and parent_id is None:
            return
        for line in lines:
            self._take(line, lambda one, line=line: (one.parent_id, one.name) == (parent_id, line.name))  # type: ignore[misc]

    def _moved(self) -> None:
        """The same name somewhere else."""
        for line in self._lines():
            if line.id is None:
                self._take(line, lambda one, line=line: one.name == line.name)  # type: ignore[misc]

    def _take(self, line: Wanted, fits: Callable[[Known], bool]) -> None:
        found = sorted(filter(fits, self._left.values()), key=lambda one: one.is_archived)
        if found:
            line.id = found[0].id
            del self._left[line.id]

    def _renamed(self, parent_id: int | None, lines: Sequence[Wanted]) -> None:
        """Edited in place: a name that is nowhere any more, and one that was nowhere before, at the same place."""
        if lines is not self.wanted and parent_id is None:
            return
        siblings = [one for one in self._known if one.parent_id == parent_id and not one.is_archived]
        old = _gaps(
            (None, one if one.name not in self._names else None) if one.id in self._left else (one.id, None)
            for one in siblings
        )
        new = _gaps(
            (None, line if line.name not in self._live_names else None)
            if line.id is None
            else (line.id, None)
            for line in lines
        )
        for place, gone in old.items():
            for one, line in _pairs(gone, new.get(place, [])):
                line.id = one.id
                del self._left[one.id]


def _gaps(siblings: Iterable[tuple[int | None, T | None]]) -> dict[int | None, list[T]]:
    """What has no partner, by the partnered sibling before it; partners are given by their number."""
    found: dict[int | None, list[T]] = {}
    before: int | None = None
    for partner, alone in siblings:
        before = before if partner is None else partner
        if alone is not None:
            found.setdefault(before, []).append(alone)
    return found


def _pairs(gone: Sequence[Known], come: Sequence[Wanted]) -> list[tuple[Known, Wanted]]:
    """As many as there were: line by line. Else only what is alike."""
    if len(gone) == len(come):
        return list(zip(gone, come, strict=True))
    if len(gone) * len(come) > _MOST_COMPARED:
        return []
    alike = sorted(
        (
            (SequenceMatcher(None, one.name, line.name).ratio(), one.id, index)
            for one in gone
            for index, line in enumerate(come)
        ),
        reverse=True,
    )
    by_id = {one.id: one for one in gone}
    found: dict[int, int] = {}
    for ratio, id_, index in alike:
        if ratio >= _ALIKE and id_ not in found and index not in found.values():
            found[id_] = index
    return [(by_id[id_], come[index]) for id_, index in found.items()]
