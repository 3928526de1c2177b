"""Plain text -> its blocks, from the form of its lines: lines -> forms, stretches -> blocks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby, islice, takewhile

from assistant.sources.forms import Form, cells_of_line, forms_of, is_running_text, under_names
from assistant.sources.found import MOST_CELLS, Found
from assistant.sources.lines import (
    LIST_MARK,
    QUESTION_MARKS,
    ROW,
    Line,
    Stretch,
    ends_statement,
    ends_with_stop,
    goes_on_small,
    has_heading_form,
    lines_of,
    stretches_of,
)
from assistant.sources.numbering import CHAPTER, POINT, SECTION, introducing
from assistant.sources.spans import has_words
from assistant.sources.titles import clean
from assistant.values import Block

_BYLINE = re.compile(r"by\s|.*\b(?:1[5-9]|20)\d\d\b", re.IGNORECASE)
_LABEL = re.compile(
    r"(?P<name>[^\W\d_]+)(?:(?<=\b.)\d{0,3}| \d{1,3})[.:][ \t]+"
)  # "Q: ", "Question 3: "
_TITLE_LABELS = {"subject", "title"}
_HEADING_LINES = 3  # of one with a number
_MOST_NAME_WORDS = 4  # of what a list is called that begins in small letters right under it
_DEEPEST_LEVEL = 6  # as in Markdown: a path of headings without end would be copied to each of them
_LIST_LENGTH = 3  # so many heading-like lines in a row are a list, a poem or a table


def read_plain(text: str) -> Found:
    """Return the blocks of `text`.

    Its title is its first line, if that has the form of one, or what the record that it begins
    with gives as such: a mail has a subject.
    """
    lines = lines_of(text)
    forms = forms_of(lines)
    stretches = sorted(
        [*stretches_of(_without(lines, forms)), *(_stretch(lines, form) for form in forms)],
        key=lambda stretch: stretch.lines[0].start,
    )
    by_start = {lines[form.first].start: form for form in forms}
    found = Found()
    for number, (stretch, is_heading) in enumerate(zip(stretches, _marked(stretches), strict=True)):
        if stretch.has_form:
            _add_form(found, by_start[stretch.lines[0].start])
        elif is_heading:
            heading = clean(" ".join(line.text for line in stretch.lines))
            if not any(block.title for block in found.blocks) and not has_words(
                text[: stretch.lines[0].start]
            ):
                found.title = heading
            level = 1 if number == 0 else _level(stretch)
            start = stretch.lines[0].start
            words = ((start, stretch.lines[-1].end),)
            found.add(Block("heading", start, stretch.end, level, heading, cells=words))
        else:
            _add(found, text, stretch)
    found.blocks = under_names(text, found.blocks)
    if found.title is None:
        found.title = _named_in_record(text, found.blocks)
    if found.title is None and len(lines) == 1 and has_heading_form(lines[0].text):
        found.title = clean(lines[0].text)
    return found


def _named_in_record(text: str, blocks: Sequence[Block]) -> str | None:
    for block in takewhile(lambda block: block.kind == "field" and block.group == 0, blocks):
        (start, end), (first, last) = block.cells
        if text[start:end].lower() in _TITLE_LABELS:
            return clean(text[first:last]) or None
    return None


def _without(lines: list[Line], forms: list[Form]) -> list[Line]:
    """Return the lines that no form explains; the one after a form begins anew."""
    kept: list[Line] = []
    position = 0
    for form in forms:
        kept += _opened(lines[position : form.first], position > 0)
        position = form.after
    return kept + _opened(lines[position:], position > 0)


def _opened(lines: list[Line], opens: bool) -> list[Line]:
    return [replace(lines[0], opens=True), *lines[1:]] if lines and opens else lines


def _stretch(lines: list[Line], form: Form) -> Stretch:
    own = tuple(lines[form.first : form.after])
    return Stretch(own, own[-1].end, has_form=True)


def _add_form(found: Found, form: Form) -> None:
    before = len(found.blocks)
    for block in form.blocks:
        above = block.above + before if block.above >= 0 else -1
        group = block.group + before if block.group >= 0 else -1
        found.add(replace(block, above=above, group=group))


def _marked(stretches: list[Stretch]) -> list[bool]:
    """Return for each stretch whether it is a heading."""
    marks: list[bool] = []
    known = _numbered(stretches) | _questions(stretches)
    alike = [x.heading_like or number in known for number, x in enumerate(stretches)]
    for like_heading, group in groupby(zip(alike, stretches, strict=True), key=lambda x: x[0]):
        run = [stretch for _, stretch in group]
        short = len(run) < _LIST_LENGTH
        marks.extend(like_heading and (short or bool(stretch.underline)) for stretch in run)
    if len(stretches) > 1 and stretches[0].heading_like:
        second = stretches[1]
        # A list without a blank line under its first item has no title.
        marks[0] = second.lines[0].opens or not all(x.heading_like for x in stretches)
        marks[1] = marks[1] and bool(second.underline or not _BYLINE.match(second.lines[0].text))
    around = zip([None, *stretches], stretches, [*stretches[1:], None], strict=False)
    marks = [mark and not _is_within(*near) for mark, near in zip(marks, around, strict=True)]
    # What has no text under it is no heading: not the last lines of a text.
    last_text = max((number for number, mark in enumerate(marks) if not mark), default=-1)
    # Nor is who signs a mail one, above what it quotes.
    before_quotes = {number for number, stretch in enumerate(stretches[1:]) if stretch.is_quoted}
    return [
        mark and number < last_text and number not in before_quotes
        for number, mark in enumerate(marks)
    ]


def _is_within(before: Stretch | None, stretch: Stretch, after: Stretch | None) -> bool:
    """Say whether a line that looks like a heading is a part of the text around it."""
    line = stretch.lines[0]
    if before is None or after is None or stretch.underline:
        return False
    last, following = before.lines[-1], after.lines[0]
    if not line.opens and line.indent > last.indent:  # what the line above is about
        return True
    if not following.opens and goes_on_small(following):
        return len(line.text.split()) > _MOST_NAME_WORDS
    return line.indent > following.indent and line.indent == last.indent


def _numbered(stretches: list[Stretch]) -> set[int]:
    """Return the places of the headings that only their numbers tell from items and paragraphs.

    They are "6. Committee" where "6.1. Powers" follows, and "6.2. …" that takes two or three lines.
    """
    found = set()
    following = ""  # the chapter of the next numbered section
    for number in reversed(range(len(stretches))):
        stretch = stretches[number]
        if stretch.has_form:
            continue
        first = stretch.lines[0].text
        chapter, section = CHAPTER.match(first), SECTION.match(first)
        if section and (stretch.heading_like or _is_long_heading(*stretches[number : number + 2])):
            following = section["number"].partition(".")[0]
            found.add(number)
        elif (
            chapter
            and chapter["number"] == following
            and len(stretch.lines) == 1
            and has_heading_form(first[chapter.end() :])
        ):
            found.add(number)
    return found


def _questions(stretches: list[Stretch]) -> set[int]:
    """Return the places of questions with a label, "Q: …", over a few lines if need be."""
    labels = {
        number: label["name"]
        for number, stretch in enumerate(stretches)
        if not stretch.has_form and (label := _LABEL.match(stretch.lines[0].text))
    }
    asking = {n for n in labels if stretches[n].lines[-1].text.endswith(QUESTION_MARKS)}
    every, asked = Counter(labels.values()), Counter(labels[number] for number in asking)
    return {
        number
        for number in asking
        if len(stretches[number].lines) <= _HEADING_LINES
        and 2 * asked[labels[number]] > every[labels[number]]  # not "A: …", where some ask back
    }


def _is_long_heading(stretch: Stretch, below: Stretch | None = None) -> bool:
    """Say whether it is left open, but not for points: "1.5. … means", and "(a) …" below it."""
    lines = stretch.lines
    if not 1 < len(lines) <= _HEADING_LINES or ends_statement(lines[-1].text):
        return False
    return below is None or POINT.match(below.lines[0].text) is None


def _level(stretch: Stretch) -> int:
    """Return 1 for a double underline, 2 for others, one more for each further number: "6.3"."""
    if stretch.underline == "=":
        return 1
    section = SECTION.match(stretch.lines[0].text)
    return min(2 + (section["number"].count(".") if section else 0), _DEEPEST_LEVEL)


def _add(found: Found, text: str, stretch: Stretch) -> None:
    """Add paragraph, list items and table rows of a stretch that is no heading."""
    lines = stretch.lines
    if _are_rows(lines):
        _add_rows(found, lines)
        return
    first = 0
    for number in range(1, len(lines) + 1):
        if number == len(lines) or _is_item(lines[number - 1], lines[number], lines[first]):
            _add_words(found, text, lines[first], lines[number - 1].end)
            first = number


def _are_rows(lines: Sequence[Line]) -> bool:
    """Say whether lines of any number of cells are a table: several have, and none is prose."""
    rows = sum(bool(ROW.search(line.text)) for line in lines)
    return rows > 1 and len(lines) <= 2 * rows and not is_running_text(lines)


def _add_rows(found: Found, lines: Sequence[Line]) -> None:
    first = len(found.blocks)
    for line in filter(lambda line: has_words(line.text), lines):
        header = first if len(found.blocks) > first else -1
        filled = (cell for cell in cells_of_line(line) if cell[0] < cell[1])
        cells = tuple(islice(filled, MOST_CELLS))
        found.add(Block("row", line.start, line.end, above=header, group=first, cells=cells))


def _add_words(found: Found, text: str, line: Line, end: int) -> None:
    """Add an item, if `line` begins with the mark of one, or a paragraph."""
    mark = LIST_MARK.match(line.text)
    start = line.start + (mark.end() if mark else 0)
    if not has_words(text[start:end]):
        return
    if mark is None:
        found.add(Block("paragraph", start, end))
        return
    before = found.blocks[-1] if found.blocks else None
    group = before.group if before and before.kind == "item" else len(found.blocks)
    said = mark.group().strip()
    above = introducing(text, found.blocks, said)
    level = 1 if above < 0 else 2
    found.add(Block("item", start, end, level, mark=said, group=group, above=above))


def _is_item(before: Line, line: Line, first: Line) -> bool:
    """Say whether `line` begins a list item; a wrapped line may begin with "12." by chance."""
    if not LIST_MARK.match(line.text):
        return False
    return ends_with_stop(before.text) or LIST_MARK.match(first.text) is not None
