"""Document -> pieces: its sentences, measured in tokens, and those that are too long cut."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from assistant.errors import BadSource
from assistant.sources.spans import last_space, trim
from assistant.splitting.sections import Section, citable
from assistant.splitting.sentences import sentence_spans
from assistant.values import Block, Document

CountTokens = Callable[[Sequence[str]], list[int]]  # n texts -> n counts, special tokens left out

MOST_SENTENCES = 1_000_000  # of a document: each takes about a kilobyte while it is split
CHARS_PER_TOKEN = 8  # a text counts as at least one token for so many characters (see `_sizes`)


@dataclass(frozen=True, slots=True)
class Piece:
    """What passages are made of: a sentence, or a part of one that is too long."""

    start: int
    end: int
    section: Section
    block: int  # the number of its block in the document
    size: int = 0
    record: int = -1  # the first block of the record that it is a field of
    gap: int = 0  # size of what stands between the piece before and this one


def pieces_of(document: Document) -> list[Piece]:
    """Return the sentences of `document` in order, not measured yet.

    Raises:
        BadSource: there are more than a million.
    """
    text = document.text
    blocks = document.blocks
    if all(block.kind == "heading" for block in blocks):
        blocks = (Block("paragraph", *trim(text, 0, len(text))),)
    pieces: list[Piece] = []
    for section in citable(document):
        first = bisect_left(blocks, section.start, key=lambda block: block.start)
        last = bisect_left(blocks, section.end, key=lambda block: block.start)
        for number in range(first, last):
            block = blocks[number]
            if block.kind == "heading":
                continue
            inside = text[block.start : block.end]
            whole = block.whole or block.kind in ("row", "field", "code")
            record = block.group if block.kind == "field" else -1
            for start, end in [(0, len(inside))] if whole else sentence_spans(inside):
                place = block.start + start, block.start + end
                pieces.append(Piece(*place, section, number, record=record))
            if len(pieces) > MOST_SENTENCES:
                raise BadSource(
                    f"It has more than {MOST_SENTENCES:,} sentences: break it into several files."
                )
    return pieces


def measured(
    text: str, pieces: list[Piece], count_tokens: CountTokens, *, size: int, limit: int
) -> list[Piece]:
    """Return the pieces with their sizes, those above `limit` in parts of about `size` tokens."""
    fitting: list[Piece] = []
    pending = pieces
    while pending:
        sizes = _sizes([text[piece.start : piece.end] for piece in pending], count_tokens, limit)
        cut: list[Piece] = []
        for piece, found in zip(pending, sizes, strict=True):
            if found <= limit or piece.end - piece.start == 1:
                fitting.append(replace(piece, size=found))
            else:
                cut.extend(_cut(text, piece, parts=1 + found // size))
        pending = cut
    return _with_gaps(text, sorted(fitting, key=lambda piece: piece.start), count_tokens, limit)


def _sizes(texts: Sequence[str], count_tokens: CountTokens, limit: int) -> list[int]:
    """Return the tokens of each text, and at least one for every eight characters.

    A tokenizer may make a single unknown token of a word of any length, and none of white space:
    by tokens alone such a text could be a passage of a million characters. What is above `limit` by
    its characters is not counted: a tokenizer takes a hundred bytes for each of them.
    """
    least = [math.ceil(len(text) / CHARS_PER_TOKEN) for text in texts]
    short = [text for text, size in zip(texts, least, strict=True) if size <= limit]
    counts = iter(count_tokens(short) if short else [])
    return [max(next(counts), size) if size <= limit else size for size in least]


def _cut(text: str, piece: Piece, *, parts: int) -> Iterator[Piece]:
    """Return `piece` in about so many even parts, two at least, cut at white space if there is."""
    step = max(1, math.ceil((piece.end - piece.start) / max(2, parts)))
    start = piece.start
    while start < piece.end:
        end = min(start + step, piece.end)
        if end < piece.end:
            end = last_space(text, start + step // 2, end) or end
        trimmed = trim(text, start, end)
        if trimmed[0] < trimmed[1]:
            yield replace(piece, start=trimmed[0], end=trimmed[1])
        start = end


def _with_gaps(
    text: str, pieces: list[Piece], count_tokens: CountTokens, limit: int
) -> list[Piece]:
    """Return the pieces with the sizes of what stands between them: list marks, rules, comments."""
    gaps = ["", *(text[before.end : after.start] for before, after in pairwise(pieces))]
    counted = sorted({gap for gap in gaps if gap.strip() or len(gap) > CHARS_PER_TOKEN})
    sizes = dict(zip(counted, _sizes(counted, count_tokens, limit), strict=True))
    return [replace(piece, gap=sizes.get(gap, 0)) for piece, gap in zip(pieces, gaps, strict=True)]
