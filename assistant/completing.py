"""A reading -> the same, with the rest of a list or a table that a passage holds a part of.

Passages are cut to a length, and so are the lists in them. Where all that the passage holds of one
is shown, all of it was asked for: a step that is missing is an instruction that is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from assistant.reading import Reading
from assistant.reading.selecting import MOST_ITEM_WORDS, MOST_ITEMS, in_order
from assistant.shown import Lookup, standing
from assistant.values import Document, Passage, Span
from assistant.words import words

_LISTED = ("item", "row")


def completed(reading: Reading, lookup: Lookup) -> Reading:
    """Return the reading with the items or rows that its list or table goes on with.

    Those before are added first, nearest first, then those after, while the answer is no longer
    than a whole list may be. Nothing is added to an answer of which words alone answer.
    """
    passage, _ = reading.best
    document = standing(passage.document, passage.start, passage.text, lookup)
    if reading.short is not None or document is None:
        return reading
    shown = {span for one, span in reading.sentences if one.document == passage.document}
    group = _whole_group(passage, document, shown)
    if group < 0:
        return reading
    length = sum(len(words(one.words_at(span))) for one, span in reading.sentences)
    found = list(reading.sentences)
    for number in _missing(passage, document, group):
        span = document.blocks[number].start, document.blocks[number].end
        if span in shown:  # the header of a table may be
            continue
        part = _part(passage, number, span, document.text[slice(*span)])
        length += len(words(part.text))
        if len(found) >= MOST_ITEMS or length > MOST_ITEM_WORDS:
            break
        found.append((part, span))
    return replace(reading, sentences=tuple(in_order(found)))


def _whole_group(passage: Passage, document: Document, shown: set[Span]) -> int:
    """Return the list or table of which all that the passage holds is shown, two parts or more."""
    if not passage.numbers:
        return -1
    held: dict[int, list[bool]] = {}
    for number, span in zip(passage.numbers, passage.sentences, strict=True):
        if number >= 0 and document.blocks[number].kind in _LISTED:
            held.setdefault(document.blocks[number].group, []).append(span in shown)
    return next((g for g, parts in held.items() if len(parts) > 1 and all(parts)), -1)


def _missing(passage: Passage, document: Document, group: int) -> Iterator[int]:
    """Yield the blocks of a list that the passage lacks, going away from it."""
    numbers = [n for n in passage.numbers if n >= 0 and document.blocks[n].group == group]
    for places in (range(min(numbers) - 1, -1, -1), range(max(numbers) + 1, len(document.blocks))):
        for number in places:
            if document.blocks[number].group != group:
                break
            yield number


def _part(passage: Passage, number: int, span: Span, text: str) -> Passage:
    start, end = span
    return replace(
        passage, start=start, end=end, text=text, sentences=(span,), numbers=(number,), blocks=()
    )
