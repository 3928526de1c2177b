"""What a sentence of a passage stands in: its block, and what that block stands under."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.values import Block, Passage, Placed, Span

_UNKNOWN = Block("paragraph", 0, 0)


def block_of(passage: Passage, number: int) -> Block:
    """Return the block of a sentence; a paragraph where the structure is not known."""
    placed = _placed(passage, number_of(passage, number))
    return placed.block if placed else _UNKNOWN


def sentence_text(passage: Passage, number: int) -> str:
    return passage.words_at(passage.sentences[number])


def number_of(passage: Passage, number: int) -> int:
    """Return the number of a sentence's block in the document; -1 where it is not known."""
    return passage.numbers[number] if passage.numbers else -1


def above(passage: Passage, number: int) -> list[Placed]:
    """Return the items that a sentence's block is under, or its header or the name of its record.

    The outermost comes first.
    """
    found: list[Placed] = []
    parent = block_of(passage, number).above
    while (placed := _placed(passage, parent)) is not None:
        found.insert(0, placed)
        parent = placed.block.above
    return found


def headings(passage: Passage) -> list[Placed]:
    """Return the headings that a passage stands under but for the title, the highest first."""
    return list(passage.placed_headings)


def over(passage: Passage, number: int) -> list[Placed]:
    """Return what a sentence is under but for the title, the outermost first.

    These are headings, items, and the field that names its record.
    """
    parents = [placed for placed in above(passage, number) if placed.block.kind != "row"]
    return [*headings(passage), *parents]


def leads(passage: Passage, number: int) -> bool:
    """Whether other blocks of the passage stand under a sentence's own."""
    own = number_of(passage, number)
    return own >= 0 and any(placed.block.above == own for placed in passage.blocks)


def place_of(passage: Passage, placed: Placed) -> Span:
    """Return where a block's words stand: what is kept of them where it is not in the passage."""
    if placed.block.kind == "heading" and placed.block.cells:
        return placed.block.cells[0]
    return placed.block.start, placed.block.end


def seen(passage: Passage, number: int, span: Span) -> Iterator[Span]:
    """Return the parts of a sentence that are seen: without what its block hides."""
    start, end = span
    for first, after in block_of(passage, number).hidden:
        if start < after and first < end:
            if start < first:
                yield start, first
            start = after
    if start < end:
        yield start, end


def cells_in(passage: Passage, number: int) -> list[Span]:
    """Return the cells of a sentence that is a row, or a part of one, but for empty ones.

    Those that span it from rows above are among them where they stand in the passage.
    """
    block, (first, last) = block_of(passage, number), passage.sentences[number]
    return [
        (start, end)
        for start, end in block.cells
        if start < end
        and ((first <= start and end <= last) or (passage.start <= start and end <= block.start))
    ]


def is_structured(passage: Passage) -> bool:
    """Whether a passage is more than running text: items, rows, talk, or no whole sentence."""
    return any(
        placed.block.kind in ("item", "row", "field") or placed.block.speaker
        for placed in passage.blocks
        if placed.number in passage.numbers
    ) or all(
        not passage.words_at(span).endswith((".", "!", "?", "…", "。", "”", '"', ":", ")"))
        for span in passage.sentences
    )


def _placed(passage: Passage, number: int) -> Placed | None:
    if number < 0:
        return None
    return next((placed for placed in passage.blocks if placed.number == number), None)
