"""Small questions about stretches of a text."""

from __future__ import annotations

import re

from assistant.values import Span

_VISIBLE = re.compile(r"\S")


def trim(text: str, start: int, end: int) -> Span:
    """Return the span without the white space at both its ends."""
    first = _VISIBLE.search(text, start, end)  # no slice: of a long text, it would be copied
    if first is None:
        return end, start
    while text[end - 1].isspace():
        end -= 1
    return first.start(), end


def has_words(text: str) -> bool:
    return any(map(str.isalnum, text))


def margin(line: str) -> str:
    """Return what a line begins with: its indent, and the marks of what is quoted."""
    return line[: len(line) - len(line.lstrip(" \t>"))]


def last_space(text: str, start: int, end: int) -> int | None:
    """Return the end of the last white space in `text[start:end]`, or None."""
    if text[end - 1].isspace():
        return end
    words = text[start:end].rsplit(maxsplit=1)
    return end - len(words[1]) if len(words) == 2 else None
