"""Amounts: short lines that begin with one, of one thing each, as a recipe lists them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.sources.forms.form import Form
from assistant.sources.lines import LIST_MARK, ROW, STOPS, Line, runs_of
from assistant.sources.numbering import SECTION
from assistant.values import Block

_LEAST_AMOUNTS = 3
_MOST_WORDS = 8
_FRACTIONS = "¼½¾⅓⅔"


def amounts(lines: Sequence[Line]) -> Iterator[Form]:
    for first, after in runs_of(lines):
        if not _is_amount(lines[first]):  # what the list is called
            first += 1
        run = lines[first:after]
        counted = sum(map(_is_counted, run))
        if len(run) >= _LEAST_AMOUNTS and all(map(_is_amount, run)) and 2 * counted > len(run):
            items = [Block("item", line.start, line.end, 1, group=0) for line in run]
            yield Form(first, after, items)


def _is_amount(line: Line) -> bool:
    return (
        line.text[-1] not in STOPS
        and len(line.text.split()) <= _MOST_WORDS
        and (_is_counted(line) or line.text[0].islower())
        and not LIST_MARK.match(line.text)
        and not ROW.search(line.text)
        and any(map(str.isalpha, line.text))
        and not SECTION.match(line.text)
    )


def _is_counted(line: Line) -> bool:
    return line.text[0].isdecimal() or line.text[0] in _FRACTIONS
