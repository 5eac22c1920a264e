"""Finds t("…") and tn("…", "…", n) in the browser scripts, inside nested templates too.

Babel's own reader of scripts takes a template literal to end at the next backtick, and ours hold templates within
templates; so this one keeps a stack of what it is inside of.
"""

import ast
import re
from collections.abc import Collection, Iterator
from typing import IO, NamedTuple

TRANSLATORS = {"t": 1, "tn": 2}
"""Function name → how many of its first arguments are message texts."""

_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<comment>//[^\n]*|/\*.*?\*/)
    |(?P<string>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
    |(?P<name>[A-Za-z_$#][\w$]*)
    |(?P<number>\.?\d[\w.]*)
    |(?P<mark>.)""",
    re.VERBOSE | re.DOTALL,
)
_TEMPLATE_TEXT = re.compile(r"(?:\\.|\$(?!\{)|[^`\\$])*", re.DOTALL)
_REGEX = re.compile(r"/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\[\n])+/\w*")
_WORDS_BEFORE_REGEX = frozenset(
    {"return", "typeof", "case", "in", "of", "delete", "void", "throw", "else", "do"}
)


class MessageError(ValueError):
    """A message that cannot be collected, with the line it stands on."""


class Token(NamedTuple):
    """One word of a script: what it is, how it is written, where it starts."""

    kind: str
    text: str
    position: int


def tokens(source: str) -> Iterator[Token]:
    """Yield the words of a script; the text of template literals is left out, their expressions are not."""
    position = 0
    previous = Token("mark", ";", 0)
    # One entry for each open brace: "`" when closing it leads back into a template's text.
    braces: list[str] = []
    while position < len(source):
        token = _next_token(source, position, previous)
        position += len(token.text)
        if token.text == "{":
            braces.append("{")
        in_template = token.text == "`" or (token.text == "}" and bool(braces) and braces.pop() == "`")
        if in_template:
            position = _TEMPLATE_TEXT.match(source, position).end()  # type: ignore[union-attr]  # matches empty too
            if source.startswith("${", position):
                braces.append("`")
                position += 2
                previous = Token("mark", "{", position)
            else:
                position += 1
                previous = Token("string", "``", position)
            continue
        if token.kind not in ("space", "comment"):
            yield token
            previous = token


def _next_token(source: str, position: int, previous: Token) -> Token:
    if source[position] == "/" and _regex_may_follow(previous):
        regex = _REGEX.match(source, position)
        if regex:
            return Token("string", regex.group(), position)
    found = _TOKEN.match(source, position)
    assert found is not None  # the last alternative takes any character
    return Token(str(found.lastgroup), found.group(), position)


def _regex_may_follow(previous: Token) -> bool:
    if previous.kind == "name":
        return previous.text in _WORDS_BEFORE_REGEX
    return previous.kind == "mark" and previous.text not in ")]}"


def _text_of(literal: str) -> str:
    """The text that a quoted literal stands for: in scripts quoted texts are written as in Python."""
    return str(ast.literal_eval(literal))


def calls(source: str) -> Iterator[tuple[int, str, list[str]]]:
    """Yield (line, function, texts) of every translating call; each text must be one quoted literal."""
    words = [Token("mark", ";", 0), *tokens(source)]
    for index in range(1, len(words) - 1):
        name = words[index].text
        is_call = name in TRANSLATORS and words[index + 1].text == "("
        if not is_call or words[index - 1].text in (".", "function"):
            continue
        line = source.count("\n", 0, words[index].position) + 1
        texts: list[str] = []
        for number in range(TRANSLATORS[name]):
            literal, after = words[index + 2 + 2 * number : index + 4 + 2 * number]
            if literal.text[:1] not in ("'", '"') or after.text not in (",", ")"):
                raise MessageError(f"line {line}: {name}() takes a quoted text, so that it can be translated")
            texts.append(_text_of(literal.text))
        yield line, name, texts


def extract(
    fileobj: IO[bytes], keywords: Collection[str], _comment_tags: Collection[str], **_options: object
) -> Iterator[tuple[int, str, list[str], list[str]]]:
    """Babel's extraction method for our scripts (babel.cfg names it)."""
    for line, name, texts in calls(fileobj.read().decode()):
        if name in keywords:
            yield line, name, texts, []
