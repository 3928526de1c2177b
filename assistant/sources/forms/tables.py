"""Tables: lines of as many cells each, between bars, tabs or wide gaps."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise, starmap

from assistant.sources.forms.form import Form
from assistant.sources.found import MOST_CELLS
from assistant.sources.lines import Line, continues, runs_of
from assistant.sources.spans import has_words
from assistant.values import Block, Span

_CELL_ENDS = re.compile(r" *[\t|] *| {3,}")
_LEAST_ROWS = 3
_LEAST_MARKED_ROWS = 2  # where bars or rules mark them
_TAB = 8
_LINE_WORDS = 5  # of prose, on average, at least


def tables(lines: Sequence[Line]) -> Iterator[Form]:
    """Lines of as many cells each; the first names the columns."""
    for first, after in runs_of(lines):
        rows = [cells_of_line(line) if has_words(line.text) else [] for line in lines[first:after]]
        start = 0
        while start < len(rows):
            width, end = len(rows[start]), start + 1
            while end < len(rows) and len(rows[end]) in (width, 0):  # 0: a rule between rows
                end += 1
            if width > 1 and _is_table(lines[first + start : first + end], rows[start:end]):
                yield _table(lines, first + start, rows[start:end])
            start = end


def _is_table(lines: Sequence[Line], rows: Sequence[Sequence[Span]]) -> bool:
    filled = [line.text for line, cells in zip(lines, rows, strict=True) if cells]
    if len(filled) < len(rows) or all("|" in words for words in filled):
        return len(filled) >= _LEAST_MARKED_ROWS
    return len(filled) >= _LEAST_ROWS and not is_running_text(lines)


def is_running_text(lines: Sequence[Line]) -> bool:
    """Say whether the gaps in lines of several words each stand anywhere: no columns, but prose."""
    words = sum(len(line.text.split()) for line in lines)
    if words < _LINE_WORDS * len(lines) or not any(starmap(continues, pairwise(lines))):
        return False
    columns = [set(_columns(line)) for line in lines if _CELL_ENDS.search(line.text)]
    aligned = Counter(column for found in columns for column in found)
    return 4 * max(aligned.values(), default=0) < 3 * len(columns)


def _columns(line: Line) -> Iterator[tuple[str, int]]:
    """Yield where its gaps begin and end as it is printed, where a tab goes on to the next stop."""
    position, column = 0, line.indent
    for gap in _CELL_ENDS.finditer(line.text):
        for edge, place in zip(("begins", "ends"), gap.span(), strict=True):
            column = _column_after(line.text[position:place], column)
            position = place
            yield edge, column


def _column_after(words: str, column: int) -> int:
    return column + len((" " * (column % _TAB) + words).expandtabs(_TAB)) - column % _TAB


def _table(lines: Sequence[Line], first: int, rows: Sequence[Sequence[Span]]) -> Form:
    form = Form(first, first + len(rows))
    for line, cells in zip(lines[first : form.after], rows, strict=True):
        if cells:
            header = 0 if form.blocks else -1
            kept = tuple(cells[:MOST_CELLS])
            form.add(Block("row", line.start, line.end, above=header, group=0, cells=kept))
    return form


def cells_of_line(line: Line) -> list[Span]:
    """Return where the cells of a line stand, empty ones too, those beyond outer bars left out."""
    edges = [0]
    for gap in _CELL_ENDS.finditer(line.text):
        edges += gap.span()
    edges.append(len(line.text))
    cells = [
        (line.start + left, line.start + right)
        for left, right in zip(edges[::2], edges[1::2], strict=True)
    ]
    if len(cells) > 1 and cells[0][0] == cells[0][1]:
        cells.pop(0)
    if len(cells) > 1 and cells[-1][0] == cells[-1][1]:
        cells.pop()
    return cells
