"""Boxes: lines in a box that is drawn around them; of several columns, it is a table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.sources.forms.form import Form
from assistant.sources.lines import Line
from assistant.sources.spans import has_words, trim
from assistant.sources.titles import clean
from assistant.values import Block

_EDGE = re.compile(r"[+╔┌╭╚└╰][-=─═]{3,}[+╗┐╮╝┘╯]|/?\*{8,}/?|#{8,}")
_BOXED = re.compile(r"[|║│][^|║│]*[|║│]|\*(?:.*\*)?|#(?:.*#)?")
_RULE = re.compile(r"-{3,}|={3,}|~{3,}")  # under a heading


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
    open_lines = 0  # of the last paragraph, where the next line goes on with it
    title = ""  # what a rule below would make of the last line
    right = 0  # where the line before ends, its edge included
    for line in lines[first + 1 : after - 1]:
        words = trim(line.text, 1, len(line.text) - 1)
        start, end = (line.start + place for place in words)
        if open_lines == 1 and _RULE.fullmatch(line.text, *words):
            form.blocks[-1] = _heading(form.blocks[-1], title, line.text[words[0]])
            open_lines = 0
        elif not has_words(line.text):
            open_lines = 0
        elif open_lines and form.takes_more:
            form.extend(end, (form.blocks[-1].end, right), (line.start, start))
            open_lines += 1
        else:
            form.add(Block("paragraph", start, end))
            open_lines, title = 1, clean(line.text[slice(*words)])
        right = line.end
    return form


def _heading(block: Block, title: str, rule: str) -> Block:
    words = ((block.start, block.end),)
    return Block("heading", block.start, block.end, 1 if rule == "=" else 2, title, cells=words)
