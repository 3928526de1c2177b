"""Small questions about stretches of a text."""

from __future__ import annotations

from assistant.values import Span


def trim(text: str, start: int, end: int) -> Span:
    """Return the span without the white space at both its ends."""
    inside = text[start:end]
    return start + len(inside) - len(inside.lstrip()), start + len(inside.rstrip())


def has_words(text: str) -> bool:
    return any(map(str.isalnum, text))


def last_space(text: str, start: int, end: int) -> int | None:
    """Return the end of the last white space in `text[start:end]`, or None."""
    if text[end - 1].isspace():
        return end
    words = text[start:end].rsplit(maxsplit=1)
    return end - len(words[1]) if len(words) == 2 else None
