"""Mail: lines that it quotes, and the signature that it ends with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby, takewhile

from assistant.sources.forms.form import Form
from assistant.sources.lines import Line
from assistant.sources.spans import has_words, margin
from assistant.sources.titles import clean
from assistant.values import Block

_WROTE = re.compile(r"(?:.*[,\d][ \t]+)?(?P<name>[^\d,<>:]{2,60}?)(?: <[^<>]*>)?,? wrote:")
_DEEPEST = 2  # of all lines of a quotation; with more marks, it is a prompt: ">>> "
_MOST_SIGNED = 8  # lines


def quoted(lines: Sequence[Line]) -> Iterator[Form]:
    """Lines that a mail quotes, and whose they are where a line before says so."""
    first = 0
    for is_quoted, group in groupby(lines, key=lambda line: line.text.startswith(">")):
        run = list(group)
        if is_quoted and min(map(_depth, run)) <= _DEEPEST:
            form = Form(first, first + len(run))
            _quote(form, run, lines[first - 1].text if first else "")
            yield form
        first += len(run)


def _quote(form: Form, run: Sequence[Line], before: str) -> None:
    speakers: dict[int, str] = {}  # how deep they are quoted -> who wrote
    wrote = _WROTE.fullmatch(before)
    open_depth = 0  # of the last block, where a line may go on with it
    for line in run:
        depth, start = _depth(line), line.start + len(margin(line.text))
        if not has_words(line.text):
            open_depth = 0
        elif said := _WROTE.fullmatch(line.text, start - line.start):
            wrote, open_depth = said, 0
            form.add(Block("quote", start, line.end, depth))
        else:
            if wrote:
                speakers[depth] = clean(wrote["name"])
                wrote = None
            if depth == open_depth and not line.opens and form.takes_more:
                form.extend(line.end, (line.start, start))
            else:
                form.add(Block("quote", start, line.end, depth, speaker=speakers.get(depth, "")))
            open_depth = depth


def _depth(line: Line) -> int:
    return margin(line.text).count(">")


def signed(lines: Sequence[Line]) -> Iterator[Form]:
    """The lines under "-- ", with which a mail ends."""
    for number, line in enumerate(lines):
        if line.text == "--":
            below = lines[number + 1 : number + 2 + _MOST_SIGNED]
            under = list(takewhile(lambda line: not line.opens, below))
            if 0 < len(under) <= _MOST_SIGNED:
                form = Form(number, number + 1 + len(under))
                for words in filter(lambda line: has_words(line.text), under):
                    form.add(Block("paragraph", words.start, words.end))
                yield form
