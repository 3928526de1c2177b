"""CSV and TSV -> the rows of a table, its first row the header.

The standard library's reader gives values and not where they stand, so that fields are found here:
as RFC 4180 writes them, with another delimiter where that parts more of the first line. A field
whose quotes are broken is taken as it stands, to the next delimiter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.sources.found import MOST_CELLS, Found
from assistant.sources.seen import Run, all_of_it
from assistant.sources.spans import has_words, trim
from assistant.values import Block, Span

_DELIMITERS = ",;\t|"
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
