"""Leaders: lines with dots that lead from a name to what it costs, or who it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from assistant.sources.forms.form import Form
from assistant.sources.found import MOST_CELLS
from assistant.sources.lines import Line, goes_on_small
from assistant.values import Block, Span

_DOTS = re.compile(r"(?P<many>\.{4,}|…{2,}|\.(?:[ \t]\.){3,})|(?<=[ \t])\.{2,3}(?=[ \t])")
_BULLET = re.compile(r"[-*+•–◦▪‣·][ \t]+")
_LEAST_LINES = 3  # of a text
_MOST_BETWEEN = 2  # other lines: what the lines after them are called
_MOST_WORDS = 12  # of what the dots lead to


@dataclass(frozen=True, slots=True)
class _Led:
    """A line that dots lead across, and the lines that its words begin and go on in."""

    first: int
    after: int
    cells: tuple[Span, ...]
    has_many: bool  # dots: two or three might be an ellipsis
    has_number: bool  # where they lead to
    left: int  # the columns between which that is printed
    right: int

    def is_in_line(self, below: _Led) -> bool:
        """Whether what the dots lead to stands above what those of a line soon after lead to."""
        aligned = self.left == below.left or self.right == below.right
        is_near = below.first - self.after <= _MOST_BETWEEN
        return aligned and is_near and (self.has_many or below.has_many)


def leaders(lines: Sequence[Line]) -> Iterator[Form]:
    """Rows of a name and what the dots lead to; none of them names the columns."""
    rows = _rows(lines)
    if len(rows) < _LEAST_LINES:
        return
    run: list[_Led] = []
    for row in rows:
        if run and (row.first > run[-1].after or lines[row.first].opens):
            yield _form(run)
            run = []
        run.append(row)
    yield _form(run)


def _form(rows: Sequence[_Led]) -> Form:
    form = Form(rows[0].first, rows[-1].after)
    for row in rows:
        start, end = row.cells[0][0], row.cells[-1][1]
        form.add(Block("row", start, end, group=0, cells=row.cells))
    return form


def _rows(lines: Sequence[Line]) -> list[_Led]:
    """Return the lines that dots lead across to a number, or to what is in line with others."""
    led: list[_Led] = []
    for number in range(len(lines)):
        if found := _led(lines, number, led[-1].after if led else 0):
            led.append(found)
    in_line = {
        number
        for above, (row, below) in enumerate(pairwise(led))
        if row.is_in_line(below)
        for number in (above, above + 1)
    }
    return [
        row
        for number, row in enumerate(led)
        if number in in_line or (row.has_many and row.has_number)
    ]


def _led(lines: Sequence[Line], number: int, free: int) -> _Led | None:
    """Return a line that dots lead across; the one before may hold the beginning of its name."""
    line = lines[number]
    dots = list(_DOTS.finditer(line.text))
    cells = _cells(line, dots)
    if not cells or number < free:
        return None
    (name, name_end), (start, end) = cells[0], cells[-1]
    said = line.text[start - line.start :]
    first, after = number, number + 1
    if number > free and _begins_above(lines[number - 1], line):
        first, name = number - 1, lines[number - 1].start
    if after < len(lines) and _goes_on(line, lines[after]):
        after, end = number + 2, lines[after].end
    return _Led(
        first,
        after,
        ((name, name_end), *cells[1:-1], (start, end)),
        has_many=any(found["many"] for found in dots),
        has_number=any(map(str.isdigit, said)),
        left=line.indent + start - line.start,
        right=line.indent + len(line.text),
    )


def _begins_above(before: Line, line: Line) -> bool:
    """Whether a name begins in the line before."""
    return not line.opens and goes_on_small(line) and _DOTS.search(before.text) is None


def _goes_on(line: Line, following: Line) -> bool:
    """Whether what the dots lead to goes on in the next line."""
    is_below = not following.opens and following.indent > line.indent
    return is_below and goes_on_small(following) and _DOTS.search(following.text) is None


def _cells(line: Line, dots: Sequence[re.Match[str]]) -> list[Span]:
    """Return where stands what dots lead from and to; nothing where one side of them is empty.

    Lines with bars have their cells between these, and dots within what is led to are no leaders.
    """
    if "|" in line.text:
        return []
    bullet = _BULLET.match(line.text)
    edges = [bullet.end() if bullet else 0]
    for found in dots[: MOST_CELLS - 1]:
        edges += found.span()
    edges.append(len(line.text))
    cells = []
    for left, right in zip(edges[::2], edges[1::2], strict=True):
        words = line.text[left:right].strip()
        if not any(map(str.isalnum, words)) or ".." in words:
            return []
        start = line.start + line.text.index(words, left)
        cells.append((start, start + len(words)))
    is_short = len(words.split()) <= _MOST_WORDS
    has_name = any(map(str.isalpha, line.text[edges[0] : edges[1]]))
    return cells if len(cells) > 1 and is_short and has_name else []
