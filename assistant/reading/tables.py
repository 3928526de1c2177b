"""What a row of a table needs of it, and which of its cells answers."""

from __future__ import annotations

from assistant.reading import structure
from assistant.reading.lists import Listed
from assistant.reading.matching import WORTH_ADDING, coverage, heading, word_weights
from assistant.values import Passage, Span


def of_table(question: str, passage: Passage, number: int) -> Listed:
    """Return what a row needs of its table: the header, or all of the table.

    All of it is asked for where the heading above holds more of the question's words than the row,
    and the row none that the heading lacks; a header by itself says nothing. Of a table without a
    header a row needs nothing.
    """
    block = structure.block_of(passage, number)
    if block.kind != "row":
        return Listed()
    span = passage.sentences[number]
    header = structure.above(passage, number)
    lead = tuple(structure.place_of(passage, placed) for placed in header[:1])
    if structure.leads(passage, number) or _heading_is_asked(question, passage, span):
        rows = [
            passage.sentences[other]
            for other in range(len(passage.sentences))
            if structure.block_of(passage, other).group == block.group
        ]
        places = tuple(dict.fromkeys([*lead, *rows]))
        return Listed(places, whole=len(places) > 1)
    return Listed(lead)


def _heading_is_asked(question: str, passage: Passage, row: Span) -> bool:
    above, own = heading(passage), passage.words_at(row)
    weights = word_weights(question, [above, own])
    introduced = coverage(weights, above)
    added = coverage(weights, f"{above} {own}") - introduced
    return introduced > coverage(weights, own) and added < WORTH_ADDING


def cell_of(passage: Passage, number: int, place: int) -> Span | None:
    """Return the cell of a row that holds a place of the document."""
    cells = structure.block_of(passage, number).cells
    return next((cell for cell in cells if cell[0] <= place < cell[1]), None)
