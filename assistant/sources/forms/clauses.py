"""Clauses: numbered ones and the points under each, where most sections are sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from assistant.sources.forms.form import Form
from assistant.sources.forms.leaders import leaders
from assistant.sources.lines import ROW, Line, ends_with_stop, goes_on_small, has_heading_form
from assistant.sources.numbering import CHAPTER, POINT, SECTION
from assistant.sources.titles import clean
from assistant.values import Block

_WIDEST = 100  # characters; a longer line is not cut to a width

_Numbers = Sequence[re.Match[str] | None]  # of each line, where it begins a section


def clauses(lines: Sequence[Line]) -> Iterator[Form]:
    sections = _sections(lines)
    charges = _charges(lines)
    places = [n for n, section in enumerate(sections) if section and n not in charges]
    width = _width(lines)
    sentences = sum(_is_sentence(lines, sections, number, width) for number in places)
    if len(places) < 2 or 2 * sentences <= len(places):
        yield from _chapters_of_charges(lines, sections, charges)
        return
    number = 0
    while number < len(lines):
        begins = sections[number] or _chapter(lines, sections, number)
        if begins and number not in charges:
            form = _run(lines, sections, charges, number)
            yield form
            number = form.after
        else:
            number += 1


def _sections(lines: Sequence[Line]) -> _Numbers:
    """Return the number of each line that begins a section; a wrapped line may, by chance."""
    found: list[re.Match[str] | None] = []
    for number, line in enumerate(lines):
        section = None if ROW.search(line.text) else SECTION.match(line.text)
        if section and not line.opens:
            before = lines[number - 1].text
            title = CHAPTER.match(before)
            is_title = title is not None and has_heading_form(before[title.end() :])
            if not (is_title or ends_with_stop(before) or found[-1]):
                section = None
        found.append(section)
    return found


def _charges(lines: Sequence[Line]) -> set[int]:
    """Return the numbers of lines that dots lead across: these are rows, with a number or not."""
    return {number for form in leaders(lines) for number in range(form.first, form.after)}


def _chapters_of_charges(
    lines: Sequence[Line], sections: _Numbers, charges: set[int]
) -> Iterator[Form]:
    """Chapters that hold charges alone, "2. Huts"; what dots lead to is no page, as in contents."""
    for number in sorted(charges):
        before = number - 1
        if before < 0 or before in charges or lines[number].text.split()[-1].lstrip(".").isdigit():
            continue
        if chapter := _chapter(lines, sections, before):
            found = _Clauses(Form(before, number))
            found.add_chapter(lines[before], chapter)
            yield found.form


def _is_sentence(lines: Sequence[Line], sections: _Numbers, number: int, width: int) -> bool:
    """Whether a section is no heading: by its first line, or as it goes on; or points are below."""
    if not has_heading_form(lines[number].text):
        return True
    after = number + 1
    while after < len(lines) and _goes_on(lines, sections, after):
        after += 1
    if after < len(lines) and POINT.match(lines[after].text):
        return True
    if after == number + 1 or not ends_with_stop(lines[after - 1].text):
        return False
    return goes_on_small(lines[number + 1]) or _is_full(lines[number], lines[number + 1], width)


def _goes_on(lines: Sequence[Line], sections: _Numbers, number: int) -> bool:
    """Whether a line goes on with the section before it, and is none of its points."""
    line = lines[number]
    begins = sections[number] or POINT.match(line.text) or _chapter(lines, sections, number)
    return not (line.opens or begins)


def _is_full(line: Line, following: Line, width: int) -> bool:
    """Whether a line ends where the next word, further in, would not have fitted any more."""
    word = following.text.split(maxsplit=1)[0]
    return following.indent > line.indent and _end(line) + 1 + len(word) > width


def _width(lines: Sequence[Line]) -> int:
    """Return the width that words are cut to: that of the widest line of several words."""
    ends = (_end(line) for line in lines if " " in line.text)
    return max((end for end in ends if end <= _WIDEST), default=0)


def _end(line: Line) -> int:
    return line.indent + len(line.text)


def _chapter(lines: Sequence[Line], sections: _Numbers, number: int) -> re.Match[str] | None:
    """Return the number of a chapter, where the next line is the first of its sections."""
    chapter = CHAPTER.match(lines[number].text)
    following = sections[number + 1] if number + 1 < len(lines) else None
    if chapter is None or following is None:
        return None
    is_title = has_heading_form(lines[number].text[chapter.end() :])
    return chapter if is_title and following["number"].startswith(f"{chapter[1]}.") else None


def _run(lines: Sequence[Line], sections: _Numbers, charges: set[int], first: int) -> Form:
    """Return the clauses from a line on, up to the first that goes on with none of them."""
    clauses = _Clauses(Form(first, first))
    for number in range(first, len(lines)):
        line = lines[number]
        if number in charges:
            break
        if section := sections[number]:
            clauses.add(line, section)
        elif chapter := _chapter(lines, sections, number):
            clauses.add_chapter(line, chapter)
        elif clauses.last < 0 or not clauses.goes_on(line):
            break
        clauses.form.after = number + 1
    return clauses.form


class _Point(NamedTuple):
    kind: str  # of its number
    number: str
    block: int


@dataclass
class _Clauses:
    """The clauses of a run of lines, filled line by line."""

    form: Form
    last: int = -1  # the block of the last clause; none under a chapter that has just begun
    _group: int = -1  # the first clause of the chapter
    _by_number: dict[str, int] = field(default_factory=dict)
    _points: list[_Point] = field(default_factory=list)  # the last one, and those that it is under

    def add_chapter(self, line: Line, chapter: re.Match[str]) -> None:
        words = ((line.start + chapter.end(), line.end),)
        title = clean(line.text)
        self.form.add(Block("heading", line.start, line.end, 2, title, cells=words))
        self.last = self._group = -1

    def add(self, line: Line, section: re.Match[str]) -> None:
        number = section["number"]
        above = self._by_number.get(number.rpartition(".")[0], -1)
        if self._group < 0:
            self._group = len(self.form.blocks)
        start = line.start + section.end()
        self.last = self._item(start, line.end, number.count("."), number, above)
        self._by_number[number] = self.last
        self._points = []

    def goes_on(self, line: Line) -> bool:
        """Take in a line that goes on with the last clause; say whether it does."""
        if point := POINT.match(line.text):
            self._add_point(line, point)
        elif line.opens:
            return False
        elif self._points and line.indent == 0:  # the end of the clause, under its points
            tail = Block("paragraph", line.start, line.end, above=self.last, group=self._group)
            self.form.add(tail)
            self._points = []
        else:
            self.form.extend(line.end)
        return True

    def _add_point(self, line: Line, point: re.Match[str]) -> None:
        kind = _kind_of_number(point["number"], self._points)
        while any(kind == other.kind for other in self._points):
            self._points.pop()
        above = self._points[-1].block if self._points else self.last
        level = self.form.blocks[above].level + 1
        block = self._item(line.start + point.end(), line.end, level, point["mark"], above)
        self._points.append(_Point(kind, point["number"], block))

    def _item(self, start: int, end: int, level: int, mark: str, above: int) -> int:
        item = Block("item", start, end, level, mark=mark, above=above, group=self._group)
        return self.form.add(item)


def _kind_of_number(number: str, points: Sequence[_Point]) -> str:
    """Return what numbers a point: "(i)" is a letter after "(h)", and else the first in Roman."""
    if number.isdigit():
        return "digit"
    in_roman = any(point.kind == "roman" for point in points)
    begins = number == "i" and not (points and points[-1].number == "h")
    is_roman = len(number) > 1 or begins or (in_roman and number in "vx")
    return "roman" if is_roman else "letter"
