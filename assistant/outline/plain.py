"""Plain text -> Outline, from the form of its lines: lines -> stretches -> headings and blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from assistant.outline.blocks import Block, Heading, Outline
from assistant.outline.lines import (
    CLOSERS,
    LIST_MARK,
    ROW,
    STOPS,
    Line,
    Stretch,
    has_heading_form,
    lines_of,
    stretches_of,
)
from assistant.outline.spans import has_words
from assistant.outline.titles import clean

_BYLINE = re.compile(r"by\s|.*\b(?:1[5-9]|20)\d\d\b", re.IGNORECASE)
_LIST_LENGTH = 3  # so many heading-like lines in a row are a list, a poem or a table


def plain_outline(text: str) -> Outline:
    """Return the outline of `text`; its title is its first line, if that has the form of one."""
    lines = lines_of(text)
    stretches = stretches_of(lines)
    headings: list[Heading] = []
    blocks: list[Block] = []
    for number, (stretch, is_heading) in enumerate(zip(stretches, _marked(stretches), strict=True)):
        if is_heading:
            level = 1 if number == 0 or stretch.underline == "=" else 2
            first = stretch.lines[0]
            headings.append(Heading(clean(first.text), level, first.start, stretch.end))
        else:
            blocks.extend(_blocks(stretch))
    title = None
    if headings and not has_words(text[: headings[0].start]):
        title = headings[0].title
    elif len(lines) == 1 and has_heading_form(lines[0].text):
        title = clean(lines[0].text)
    return Outline(
        title, headings, [block for block in blocks if has_words(text[block.start : block.end])]
    )


def _marked(stretches: list[Stretch]) -> list[bool]:
    """Return for each stretch whether it is a heading."""
    marks: list[bool] = []
    for alike, group in groupby(stretches, key=lambda stretch: stretch.heading_like):
        run = list(group)
        short = len(run) < _LIST_LENGTH
        marks.extend(alike and (short or bool(stretch.underline)) for stretch in run)
    if len(stretches) > 1 and stretches[0].heading_like:
        second = stretches[1]
        # A list without a blank line under its first item has no title.
        marks[0] = second.lines[0].opens or not all(x.heading_like for x in stretches)
        marks[1] = marks[1] and bool(second.underline or not _BYLINE.match(second.lines[0].text))
    # What has no text under it is no heading: not the last lines of a text.
    last_text = max((number for number, mark in enumerate(marks) if not mark), default=-1)
    return [mark and number < last_text for number, mark in enumerate(marks)]


def _blocks(stretch: Stretch) -> Iterator[Block]:
    """Return paragraph, list items and table rows of a stretch that is no heading."""
    lines = stretch.lines
    if len(lines) > 1 and 2 * sum(bool(ROW.search(line.text)) for line in lines) >= len(lines):
        yield from (Block(line.start, line.end, prose=False) for line in lines)
        return
    first = 0
    for number in range(1, len(lines) + 1):
        if number == len(lines) or _is_item(lines[number - 1], lines[number], lines[first]):
            mark = LIST_MARK.match(lines[first].text)
            start = lines[first].start + (mark.end() if mark else 0)
            yield Block(start, lines[number - 1].end)
            first = number


def _is_item(before: Line, line: Line, first: Line) -> bool:
    """Say whether `line` begins a list item; a wrapped line may begin with "12." by chance."""
    if not LIST_MARK.match(line.text):
        return False
    ends = before.text.rstrip(CLOSERS)[-1:] in STOPS
    return ends or LIST_MARK.match(first.text) is not None
