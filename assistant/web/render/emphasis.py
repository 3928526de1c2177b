"""Where Markdown's marks of emphasis stand, found in one pass over a text."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from assistant.values import Span

LONGEST = 300  # characters between two marks that belong together

_MARKS = re.compile(r"(?<![*_])(?:\*{1,3}|_{1,3})(?![*_])")


def marks(value: str) -> Iterator[tuple[Span, Span]]:
    """Yield the opening and the closing mark of each **strong** or _other_ emphasis, in order.

    Emphasis lies in no other that is found, and never reaches across what is set as code.
    """
    opening: list[Span] = []
    closing: dict[str, list[int]] = {}
    for mark in _MARKS.finditer(value):
        start, end = mark.span()
        before, after = value[start - 1 : start], value[end : end + 1]
        if after.strip() and not (before.isalnum() or before in ("\\", "`")):
            opening.append((start, end))
        if before.strip() and before != "\\" and not (after.isalnum() or after == "`"):
            closing.setdefault(mark.group(), []).append(start)
    read = 0  # up to here, emphasis was found
    for start, end in opening:
        found = closing.get(value[start:end], [])
        number = bisect_left(found, end + 1)
        if start < read or number == len(found) or found[number] > end + LONGEST + 1:
            continue
        if value.find("`", end, found[number]) < 0:
            read = found[number] + end - start
            yield (start, end), (found[number], read)
