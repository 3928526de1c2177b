"""Manuals: headings in capitals at the margin, with indented text below."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from assistant.sources.forms.form import Form
from assistant.sources.lines import LIST_MARK, Line, has_heading_form
from assistant.sources.titles import clean
from assistant.values import Block

_LEAST_INDENT = 2
_LEAST_HEADINGS = 2


def manual_headings(lines: Sequence[Line]) -> Iterator[Form]:
    found = [number for number, pair in enumerate(pairwise(lines)) if _is_heading(*pair)]
    for number in found if len(found) >= _LEAST_HEADINGS else ():
        line = lines[number]
        words = ((line.start, line.end),)
        heading = Block("heading", line.start, line.end, 2, clean(line.text), cells=words)
        yield Form(number, number + 1, [heading])


def _is_heading(line: Line, below: Line) -> bool:
    return (
        line.opens
        and line.indent == 0
        and below.indent >= _LEAST_INDENT
        and line.text.isupper()
        and has_heading_form(line.text)
        and not LIST_MARK.match(below.text)
    )
