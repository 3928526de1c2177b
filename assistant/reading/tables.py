"""What a row of a Markdown table needs of it, and which of its cells answers."""

from __future__ import annotations

import re

from assistant.reading.candidates import sentence_text
from assistant.reading.lists import Listed, between
from assistant.reading.matching import heading_holds_more
from assistant.values import Passage
from assistant.words import content_stems

_CELL_ENDS = re.compile(r"(?<!\\)\|")


def of_table(question: str, passage: Passage, number: int) -> Listed:
    """Return what a row needs of its table: the header, or all of the table.

    All of it is asked for where the heading above holds more of the question's words than the row;
    a header by itself says nothing.
    """
    rows = _rows(passage, number)
    if not rows:
        return Listed()
    row = sentence_text(passage, number)
    if number == rows[0] or heading_holds_more(question, passage, row):
        return Listed(tuple(rows), whole=True)
    return Listed((rows[0],))


def asked_cell(question: str, passage: Passage, number: int) -> str | None:
    """Return the cell of a row whose column is asked for by name; None where that is not one.

    A cell that the question names itself says which row is meant.
    """
    rows = _rows(passage, number)
    if not rows or number == rows[0]:
        return None
    asked = content_stems(question)
    header, row = sentence_text(passage, rows[0]), sentence_text(passage, number)
    columns = zip(cells(header), cells(row), strict=False)
    found = [
        cell
        for name, cell in columns
        if not asked.isdisjoint(content_stems(name)) and not content_stems(cell) <= asked
    ]
    return found[0] if len(found) == 1 else None


def _rows(passage: Passage, number: int) -> range:
    """Return the rows of the table that a sentence is a row of, its header first; maybe none."""
    first = last = number
    while first >= 0 and _is_row(passage, first):
        first -= 1
    while last < len(passage.sentences) and _is_row(passage, last):
        last += 1
    rows = range(first + 1, last)
    return rows if len(rows) > 1 and "---" in between(passage, rows[1]) else range(0)


def _is_row(passage: Passage, number: int) -> bool:
    return sentence_text(passage, number).startswith("|")


def cells(row: str) -> list[str]:
    """Return what stands between the bars of a row, as it is written."""
    return [cell.strip() for cell in _CELL_ENDS.split(row)[1:-1]]
