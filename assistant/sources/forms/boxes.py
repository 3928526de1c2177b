"""Boxes: lines in a box that is drawn around them; of several columns, it is a table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.sources.forms.form import Form
from assistant.sources.lines import Line
from assistant.sources.spans import has_words, trim
from assistant.values import Block

_EDGE = re.compile(r"[+╔┌╭╚└╰][-=─═]{3,}[+╗┐╮╝┘╯]")
_BOXED = re.compile(r"[|║│][^|║│]*[|║│]")


def boxes(lines: Sequence[Line]) -> Iterator[Form]:
    opened = -1
    for number, line in enumerate(lines):
        if _EDGE.fullmatch(line.text):
            if 0 <= opened < number - 1:
                yield _box(lines, opened, number + 1)
                opened = -1
            else:
                opened = number
        elif not _BOXED.fullmatch(line.text):
            opened = -1


def _box(lines: Sequence[Line], first: int, after: int) -> Form:
    form = Form(first, after)
    is_open = False
    right = 0  # where the line before ends, its edge included
    for line in lines[first + 1 : after - 1]:
        words = trim(line.text, 1, len(line.text) - 1)
        start, end = (line.start + place for place in words)
        if not has_words(line.text):
            is_open = False
        elif is_open and form.takes_more:
            form.extend(end, (form.blocks[-1].end, right), (line.start, start))
        else:
            form.add(Block("paragraph", start, end))
            is_open = True
        right = line.end
    return form
