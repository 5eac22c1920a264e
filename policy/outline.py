"""Indented lists, the notation of reply templates and of chat categories: a line that begins with a space
belongs to the line above it."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Line:
    """A line on its own."""

    text: str


@dataclass(frozen=True, slots=True)
class Group:
    """A line with others under it."""

    name: str
    lines: tuple[str, ...]


Outline: TypeAlias = tuple[Group | Line, ...]


def parse(text: str) -> Outline:
    """The groups and lines of a text as typed; blank lines say nothing, one level is all there is."""
    found: list[tuple[str, list[str]]] = []
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        words = line.strip()
        if not words:
            continue
        if line[0].isspace() and found:
            found[-1][1].append(words)
        else:
            found.append((words, []))
    return tuple(Group(name, tuple(lines)) if lines else Line(name) for name, lines in found)


def templates(text: str) -> list[tuple[str | None, str]]:
    """Each reply template with its group; the name of a group is no template any more."""
    result: list[tuple[str | None, str]] = []
    for item in parse(text):
        if isinstance(item, Group):
            result.extend((item.name, line) for line in item.lines)
        else:
            result.append((None, item.text))
    return result


def tree(text: str) -> list[tuple[str, tuple[str, ...]]]:
    """Each category with its subcategories; unlike a group's name a category with some stays choosable itself."""
    return [(item.name, item.lines) if isinstance(item, Group) else (item.text, ()) for item in parse(text)]
