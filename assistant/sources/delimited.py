"""CSV and TSV -> the rows of a table, its first row the header.

The standard library's reader gives values and not where they stand, so that fields are found here:
as RFC 4180 writes them, with another delimiter where that parts more of the first line. A field
whose quotes are broken is taken as it stands, to the next delimiter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from assistant.sources.found import MOST_CELLS, Found
from assistant.sources.seen import Run, all_of_it
from assistant.sources.spans import has_words, trim
from assistant.values import Block, Span

_DELIMITERS = ",;\t|"
_LEAST_ROWS, _LEAST_COLUMNS = 3, 3  # of what is no table by its file's ending
_MOST_LOOKED_AT = 1_000  # rows of it
_LONGEST_NAME = 60  # characters, of a column there
_QUOTED = re.compile(r'"(?:[^"]|"")*"')


def read_delimited(text: str) -> Found:
    """Return the rows of `text`; it gives itself no title."""
    first_line = text.lstrip("\n").partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first_line.count)
    found = Found()
    for cells in _rows(text, delimiter):
        filled = [cell for cell in cells if cell[0] < cell[1]]
        if filled and has_words(text[filled[0][0] : filled[-1][1]]):
            header = 0 if found.blocks else -1
            start, end = filled[0][0], filled[-1][1]
            found.add(
                Block("row", start, end, above=header, group=0, cells=tuple(cells[:MOST_CELLS]))
            )
    return found


def is_delimited(text: str) -> bool:
    """Whether a plain text is a table all the same: see `_is_table`."""
    lines = text.strip("\n")
    return any(_is_table(lines, delimiter) for delimiter in _DELIMITERS)


def _is_table(text: str, delimiter: str) -> bool:
    """Whether lines are rows of one width, the first of them names of columns.

    In prose, a space follows a comma.
    """
    rows = list(islice(_rows(text, delimiter), _MOST_LOOKED_AT))
    if len(rows) < _LEAST_ROWS or len(rows[0]) < _LEAST_COLUMNS:
        return False
    names = [text[start:end] for start, end in rows[0]]
    spaced = text.count(f"{delimiter} ")
    return (
        len({len(row) for row in rows}) == 1
        and len(set(names)) == len(names)
        and all(len(name) <= _LONGEST_NAME and any(map(str.isalpha, name)) for name in names)
        and 2 * spaced < text.count(delimiter)
    )


def see_delimited(text: str, start: int, end: int) -> list[Run]:
    """Return what is seen of a field: between quotes, two of them stand for one."""
    runs: list[Run] = []
    for pair in re.finditer('""', text[start:end]) if text[start - 1 : start] == '"' else ():
        at = start + pair.start()
        runs += [*all_of_it(text, runs[-1].end if runs else start, at), Run('"', at, at + 2)]
    return [*runs, *all_of_it(text, runs[-1].end if runs else start, end)]


def _rows(text: str, delimiter: str) -> Iterator[list[Span]]:
    ends = re.compile(f"[{re.escape(delimiter)}\n]")
    cells: list[Span] = []
    position = 0
    while position <= len(text):
        start, end, position = _field(text, position, ends)
        cells.append((start, end))
        if text[position : position + 1] != delimiter:
            yield cells
            cells = []
        position += 1


def _field(text: str, position: int, ends: re.Pattern[str]) -> tuple[int, int, int]:
    """Return where a field's words stand, without its quotes, and where its end is."""
    quoted = _QUOTED.match(text, position)
    if quoted and (quoted.end() == len(text) or ends.match(text, quoted.end())):
        start, end = trim(text, quoted.start() + 1, quoted.end() - 1)
        after = quoted.end()
    else:
        following = ends.search(text, position)
        after = following.start() if following else len(text)
        start, end = trim(text, position, after)
    return (start, end, after) if start < end else (after, after, after)
