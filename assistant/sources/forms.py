"""Runs of lines of plain text whose form says what they are; in doubt, none.

Quoted lines and signatures of mail, boxes, headings of manuals, clauses with their points, turns of
talk, fields of records, entries of references and amounts. All other lines: see `plain.py`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, islice, pairwise
from typing import NamedTuple

from assistant.sources.found import MOST_CELLS
from assistant.sources.lines import CLOSERS, LIST_MARK, ROW, STOPS, Line, has_heading_form
from assistant.sources.spans import has_words, trim
from assistant.sources.titles import clean
from assistant.values import Block, Span

_TIME = r"[\[(]?\d{1,2}:\d\d(?::\d\d)?[\])]?"
_NAME = r"(?P<name>[^\W\d_](?:[^\W_]|[ .’'\-]){0,39}?)"
_SAID = re.compile(rf"(?P<time>{_TIME}[ \t]+)?{_NAME}:[ \t]+(?=\S)")  # "[10:32] Ana: Here."
_NAMED = re.compile(rf"{_NAME}[ \t]+{_TIME}")  # "Joel Stam  00:00:20", above what he says
_FIELD = re.compile(r"(?P<label>[^\W\d_](?:\w|[ ./&’'()\-]){0,38}?)[ \t]*:[ \t]+(?P<value>\S)")
_SECTION = re.compile(r"(?P<number>\d{1,3}(?:\.\d{1,3})+)\.?[ \t]+(?=\S)")
_CHAPTER = re.compile(r"(?P<number>\d{1,3})[.)]?[ \t]+(?=\S)")
_POINT = re.compile(r"\((?P<number>[a-z]|[ivx]{2,5}|\d{1,2})\)[ \t]+(?=\S)")
_ENTRY = re.compile(  # "Holm, B. & Ek, S. (2011).", "Holm, Bea (2011)."
    r"(?:\[\d{1,3}\][ \t]+)?[^\W\d_](?:\w|[’'\- ]){0,60}, "
    r"(?:(?:[^\W\d_]\.[ -]?){1,4}[^()\n]{0,300}|[^\W\d_][^().\n]{1,80})"
    r"\((?:1[5-9]|20)\d\d[a-z]?\)[.,:]?\s"
)
_QUOTED = re.compile(r"(?:>[ \t]?)+")
_WROTE = re.compile(r"(?:.*[,\d][ \t]+)?(?P<name>[^\d,<>:]{2,60}?)(?: <[^<>]*>)?,? wrote:")
_EDGE = re.compile(r"[+╔┌╭╚└╰][-=─═]{3,}[+╗┐╮╝┘╯]")
_BOXED = re.compile(r"[|║│][^|║│]*[|║│]")
_CELL_ENDS = re.compile(r" *[\t|] *| {3,}")
_NUMBERED = re.compile(r"\d|[¼½¾⅓⅔]")

MOST_ENTRY_CHARS = 500  # within which an entry of references has its year
MOST_HIDDEN = 200  # stretches of a block
_MOST_LABEL_WORDS = 5
_LEAST_TURNS = 4
_LEAST_AMOUNTS = 3
_MOST_AMOUNT_WORDS = 8
_MOST_SIGNED = 8  # lines


@dataclass
class Form:
    """Lines that one form explains, and their blocks: `above` and `group` count within these."""

    first: int
    after: int
    blocks: list[Block] = field(default_factory=list)
    hidden: list[Span] = field(default_factory=list)  # in the last block

    def add(self, block: Block) -> int:
        self.close()
        self.blocks.append(block)
        return len(self.blocks) - 1

    def extend(self, end: int, hidden: Span | None = None) -> None:
        """Let the last block go on to `end`."""
        self.blocks[-1] = replace(self.blocks[-1], end=end)
        if hidden:
            self.hidden.append(hidden)

    def close(self) -> None:
        if self.hidden:
            self.blocks[-1] = replace(self.blocks[-1], hidden=tuple(self.hidden))
            self.hidden.clear()


def forms_of(text: str, lines: Sequence[Line]) -> list[Form]:
    """Return the forms among `lines`, in order; none of them overlap."""
    taken = bytearray(len(lines))
    found: list[Form] = []
    for read in _READERS:
        for form in read(text, lines):
            form.close()
            if not any(taken[form.first : form.after]) and form.blocks:
                taken[form.first : form.after] = b"\1" * (form.after - form.first)
                found.append(form)
    return sorted(found, key=lambda form: form.first)


def _quoted(text: str, lines: Sequence[Line]) -> Iterator[Form]:
    """Lines that a mail quotes, and whose they are where a line before says so."""
    marks = [_QUOTED.match(line.text) for line in lines]
    for is_quoted, numbers in groupby(range(len(lines)), key=lambda n: marks[n] is not None):
        run = list(numbers)
        depths = [mark[0].count(">") for n in run if (mark := marks[n])]
        if not is_quoted or min(depths) > 2:  # a prompt: ">>> "
            continue
        form = Form(run[0], run[-1] + 1)
        speakers: dict[int, str] = {}
        wrote = _WROTE.fullmatch(lines[run[0] - 1].text) if run[0] else None
        open_depth = 0
        for number, depth in zip(run, depths, strict=True):
            line, mark = lines[number], marks[number]
            assert mark is not None
            start = line.start + mark.end()
            if not has_words(line.text):
                open_depth = 0
                continue
            if said := _WROTE.fullmatch(line.text, mark.end()):
                wrote, open_depth = said, 0
                form.add(Block("quote", start, line.end, depth))
                continue
            if wrote:
                speakers[depth] = clean(wrote["name"])
                wrote = None
            if depth == open_depth and not line.opens and len(form.hidden) < MOST_HIDDEN:
                form.extend(line.end, (line.start, start))
            else:
                form.add(Block("quote", start, line.end, depth, speaker=speakers.get(depth, "")))
            open_depth = depth
        yield form


def _signed(text: str, lines: Sequence[Line]) -> Iterator[Form]:
    """The lines under "-- ", with which a mail ends."""
    for number, line in enumerate(lines):
        if line.text == "--" and number + 1 < len(lines) and not lines[number + 1].opens:
            after = number + 1
            while after < len(lines) and not lines[after].opens:
                after += 1
            if after - number - 1 <= _MOST_SIGNED:
                form = Form(number, after)
                for signed in filter(lambda line: has_words(line.text), lines[number + 1 : after]):
                    form.add(Block("paragraph", signed.start, signed.end))
                yield form


def _boxed(text: str, lines: Sequence[Line]) -> Iterator[Form]:
    """Lines within a box that is drawn around them; of several columns, it is a table."""
    opened = -1
    for number, line in enumerate(lines):
        if _EDGE.fullmatch(line.text):
            inside = lines[opened + 1 : number] if opened >= 0 else ()
            if inside:
                yield _box(text, opened, number + 1, inside)
                opened = -1
            else:
                opened = number
        elif opened >= 0 and not _BOXED.fullmatch(line.text):
            opened = -1


def _box(text: str, first: int, after: int, inside: Sequence[Line]) -> Form:
    form = Form(first, after)
    is_open = False
    right = 0  # where the line before ends, its edge included
    for line in inside:
        start, end = trim(text, line.start + 1, line.end - 1)
        if not has_words(text[start:end]):
            is_open = False
        elif is_open and len(form.hidden) < MOST_HIDDEN:
            form.hidden.append((form.blocks[-1].end, right))
            form.extend(end, (line.start, start))
        else:
            form.add(Block("paragraph", start, end))
            is_open = True
        right = line.end
    return form


def _manual(text: str, lines: Sequence[Line]) -> Iterator[Form]:
    """Headings in capitals at the margin, with indented text below, as in manuals."""
    found = [
        number
        for number, (line, below) in enumerate(pairwise(lines))
        if line.opens
        and line.text.isupper()
        and has_heading_form(line.text)
        and _indent(text, line) == 0
        and _indent(text, below) >= 2
        and not LIST_MARK.match(below.text)
    ]
    if len(found) > 1:
        for number in found:
            line = lines[number]
            words = ((line.start, line.end),)
            heading = Block("heading", line.start, line.end, 2, clean(line.text), cells=words)
            yield Form(number, number + 1, [heading])


def _clauses(text: str, lines: Sequence[Line]) -> Iterator[Form]:
    """Numbered clauses and the points under each, where most sections are sentences."""
    sections = _sections(lines)
    places = [number for number, section in enumerate(sections) if section]
    sentences = sum(
        not has_heading_form(lines[n].text) or (n + 1 < len(lines) and _is_point(lines[n + 1]))
        for n in places
    )
    if len(places) < 2 or 2 * sentences <= len(places):
        return
    number = 0
    while number < len(lines):
        if sections[number] or _heads(lines, sections, number):
            form = _clause_run(text, lines, sections, number)
            yield form
            number = form.after
        else:
            number += 1


def _sections(lines: Sequence[Line]) -> list[re.Match[str] | None]:
    """Return the number of each line that begins a section; a wrapped line may, by chance."""
    found: list[re.Match[str] | None] = []
    for number, line in enumerate(lines):
        section = None if ROW.search(line.text) else _SECTION.match(line.text)
        if section and not line.opens:
            before = lines[number - 1].text
            title = _CHAPTER.match(before)
            ends = before.rstrip(CLOSERS)[-1:] in STOPS or found[-1] is not None
            if not ends and not (title and has_heading_form(before[title.end() :])):
                section = None
        found.append(section)
    return found


class _Point(NamedTuple):
    kind: str  # of its number
    number: str
    block: int


def _is_point(line: Line) -> bool:
    return _POINT.match(line.text) is not None


def _heads(
    lines: Sequence[Line], sections: Sequence[re.Match[str] | None], number: int
) -> re.Match[str] | None:
    """Return the number of a chapter, where the next line is the first of its sections."""
    chapter = _CHAPTER.match(lines[number].text)
    following = sections[number + 1] if number + 1 < len(lines) else None
    if chapter is None or following is None:
        return None
    is_title = has_heading_form(lines[number].text[chapter.end() :])
    return chapter if is_title and following["number"].startswith(f"{chapter[1]}.") else None


def _clause_run(
    text: str, lines: Sequence[Line], sections: Sequence[re.Match[str] | None], first: int
) -> Form:
    form = Form(first, first)
    clauses: dict[str, int] = {}  # the number of a clause -> its block
    group = clause = -1
    points: list[_Point] = []  # the one before, and those that it is under
    for number in range(first, len(lines)):
        line, section = lines[number], sections[number]
        if section:
            above = clauses.get(section["number"].rpartition(".")[0], -1)
            group = len(form.blocks) if group < 0 else group
            level = section["number"].count(".")
            clause = clauses[section["number"]] = form.add(
                Block(
                    "item",
                    line.start + section.end(),
                    line.end,
                    level,
                    mark=section["number"],
                    above=above,
                    group=group,
                )
            )
            points = []
        elif chapter := _heads(lines, sections, number):
            words = ((line.start + chapter.end(), line.end),)
            title = clean(line.text)
            form.add(Block("heading", line.start, line.end, 2, title, cells=words))
            group = clause = -1
        elif clause >= 0 and (point := _POINT.match(line.text)):
            kind = _kind_of_number(point["number"], points)
            while any(kind == other.kind for other in points):
                points.pop()
            above = points[-1].block if points else clause
            start = line.start + point.end()
            level = form.blocks[above].level + 1
            mark = point[0].strip()
            added = form.add(
                Block("item", start, line.end, level, mark=mark, above=above, group=group)
            )
            points.append(_Point(kind, point["number"], added))
        elif line.opens or clause < 0:
            break
        elif points and _indent(text, line) <= _indent_at(text, form.blocks[clause].start):
            form.add(Block("paragraph", line.start, line.end, above=clause, group=group))
            points = []
        else:
            form.extend(line.end)
        form.after = number + 1
    return form


def _kind_of_number(number: str, points: Sequence[_Point]) -> str:
    """Return what numbers a point: "(i)" is a letter after "(h)", and else the first in Roman."""
    if number.isdigit():
        return "digit"
    in_roman = any(point.kind == "roman" for point in points)
    begins = number == "i" and not (points and points[-1].number == "h")
    is_roman = len(number) > 1 or begins or (in_roman and number in "vx")
    return "roman" if is_roman else "letter"


def _turns(text: str, lines: Sequence[Line]) -> Iterator[Form]:
    """Who says what: a name before it, or above it, that comes again as others' do."""
    for find in (_named_before, _named_above):
        speakers = find(text, lines)
        if speakers:
            yield _talk(lines, speakers)
            return


_Speakers = dict[int, tuple[str, int]]  # a line -> who speaks, and where in it the words begin


def _named_before(text: str, lines: Sequence[Line]) -> _Speakers:
    said = {number: _SAID.match(line.text) for number, line in enumerate(lines)}
    found = {n: x for n, x in said.items() if x and _may_be_name(x["name"])}
    names = Counter(x["name"] for x in found.values())
    again = sum(count for count in names.values() if count > 1)
    spoken = sum(
        bool(x["time"])
        or lines[n].text.rstrip(CLOSERS)[-1:] in STOPS
        or _goes_on(text, lines, n, n + 1 in found)
        for n, x in found.items()
    )
    repeated = [name for name, count in names.items() if count > 1]
    if (
        len(found) < _LEAST_TURNS
        or len(repeated) < 2
        or 4 * again < 3 * len(found)
        or 2 * spoken <= len(found)
    ):
        return {}
    return {n: (clean(x["name"]), x.end()) for n, x in found.items()}


def _goes_on(text: str, lines: Sequence[Line], number: int, is_last: bool) -> bool:
    """Whether what is said goes on in the next line, at the margin: further in, a field's value."""
    if is_last or number + 1 == len(lines) or lines[number + 1].opens:
        return False
    return _indent(text, lines[number + 1]) <= _indent(text, lines[number])


def _named_above(text: str, lines: Sequence[Line]) -> _Speakers:
    """Find names by themselves on a line: with a time, or of words that all have capitals."""
    timed = {n: x for n, line in enumerate(lines) if (x := _NAMED.fullmatch(line.text))}
    named = {n: x["name"] for n, x in timed.items()} or {
        n: line.text for n, line in enumerate(lines) if _is_name(line.text)
    }
    counts = Counter(named.values())
    named = {n: name for n, name in named.items() if timed or counts[name] > 1}
    silent = any(
        n + 1 >= len(lines) or n + 1 in named or LIST_MARK.match(lines[n + 1].text) for n in named
    )
    enough = len(named) >= _LEAST_TURNS and len(set(named.values())) > 1
    if not enough or silent or not (timed or 3 * len(named) >= len(lines)):
        return {}
    return {n: (clean(name), len(lines[n].text)) for n, name in named.items()}


def _may_be_name(name: str) -> bool:
    return name[0].isupper() and len(name.split()) <= _MOST_LABEL_WORDS


def _is_name(line: str) -> bool:
    parts = line.split()
    return (
        1 < len(parts) <= 4
        and all(part[0].isupper() for part in parts)
        and all(part.replace(".", "").replace("-", "").isalpha() for part in parts)
        and has_heading_form(line)
    )


def _talk(lines: Sequence[Line], speakers: _Speakers) -> Form:
    first, last = min(speakers), max(speakers)
    form = Form(first, first)
    speaker = ""
    new = True
    for number in range(first, len(lines)):
        line = lines[number]
        if number > last + 1 and line.opens:
            break
        start = line.start
        if number in speakers:
            speaker, offset = speakers[number]
            start, new = line.start + offset, True
        elif line.opens:
            new = True
        if start < line.end and has_words(line.text):
            if new:
                form.add(Block("turn", start, line.end, speaker=speaker))
            else:
                form.extend(line.end)
            new = False
        form.after = number + 1
    return form


def _fields(text: str, lines: Sequence[Line]) -> Iterator[Form]:
    """Records: lines of a label and a value, in runs that blank lines divide."""
    for first, after in _runs(lines):
        form = Form(first, after)
        labels: set[str] = set()
        values = 0
        for line in lines[first:after]:
            found = _FIELD.match(line.text)
            if found and found["label"][0].isupper() and found["label"] not in labels:
                if len(found["label"].split()) > _MOST_LABEL_WORDS:
                    break
                labels.add(found["label"])
                values += line.text[-1] not in ".!?" or len(line.text.split()) <= 8
                label = line.start, line.start + found.end("label")
                value = line.start + found.start("value"), line.end
                form.add(Block("field", line.start, line.end, group=0, cells=(label, value)))
            elif (
                found is None and form.blocks and _indent(text, line) > _indent(text, lines[first])
            ):
                form.extend(line.end)
                cells = form.blocks[-1].cells[0], (form.blocks[-1].cells[1][0], line.end)
                form.blocks[-1] = replace(form.blocks[-1], cells=cells)
            else:
                break
        else:
            if len(form.blocks) > 1 and 2 * values > len(form.blocks):
                yield form


def _entries(text: str, lines: Sequence[Line]) -> Iterator[Form]:
    """Entries of a list of references: two or more in a row, each one statement."""
    number = 0
    while number < len(lines):
        form = Form(number, number)
        for line in islice(lines, number, None):
            if is_entry(line.text):
                form.add(Block("item", line.start, line.end, 1, group=0, whole=True))
            elif form.blocks and not line.opens:
                form.extend(line.end)
            else:
                break
            form.after += 1
        if len(form.blocks) > 1:
            yield form
        number = max(form.after, number + 1)


def is_entry(words: str) -> bool:
    """Whether words begin as an entry of references does: "Holm, B. (2011)."."""
    return _ENTRY.match(words) is not None


def _amounts(text: str, lines: Sequence[Line]) -> Iterator[Form]:
    """Short lines that begin with an amount, one of each thing, as a recipe lists them."""
    for first, after in _runs(lines):
        run = lines[first:after]
        if run and not _is_amount(run[0]):  # what the list is called
            first, run = first + 1, run[1:]
        counted = sum(_NUMBERED.match(line.text) is not None for line in run)
        if len(run) >= _LEAST_AMOUNTS and all(map(_is_amount, run)) and 2 * counted > len(run):
            items = [Block("item", line.start, line.end, 1, group=0) for line in run]
            yield Form(first, after, items)


def _is_amount(line: Line) -> bool:
    return (
        line.text[-1] not in STOPS
        and len(line.text.split()) <= _MOST_AMOUNT_WORDS
        and (_NUMBERED.match(line.text) is not None or line.text[0].islower())
        and not LIST_MARK.match(line.text)
        and not ROW.search(line.text)
        and any(map(str.isalpha, line.text))
        and _SECTION.match(line.text) is None
    )


def _tables(text: str, lines: Sequence[Line]) -> Iterator[Form]:
    """Lines of as many cells each, between bars, tabs or wide gaps; the first names the columns.

    Two are enough where they are ruled or between bars, else three.
    """
    for first, after in _runs(lines):
        rows = [cells_of_line(line) if has_words(line.text) else [] for line in lines[first:after]]
        start = 0
        while start < len(rows):
            width, end = len(rows[start]), start + 1
            while end < len(rows) and len(rows[end]) in (width, 0):
                end += 1
            filled = [number for number in range(start, end) if rows[number]]
            barred = all("|" in lines[first + number].text for number in filled)
            if width > 1 and len(filled) >= (2 if barred or len(filled) < end - start else 3):
                form = Form(first + start, first + end)
                for number in filled:
                    line, above = lines[first + number], -1 if number == filled[0] else 0
                    cells = tuple(rows[number][:MOST_CELLS])
                    form.add(Block("row", line.start, line.end, above=above, group=0, cells=cells))
                yield form
            start = end


def cells_of_line(line: Line) -> list[Span]:
    """Return where the cells of a line stand, empty ones too, those beyond outer bars left out."""
    edges = [0]
    for gap in _CELL_ENDS.finditer(line.text):
        edges += gap.span()
    edges.append(len(line.text))
    cells = [
        (line.start + left, line.start + right)
        for left, right in zip(edges[::2], edges[1::2], strict=True)
    ]
    if len(cells) > 1 and cells[0][0] == cells[0][1]:
        cells.pop(0)
    if len(cells) > 1 and cells[-1][0] == cells[-1][1]:
        cells.pop()
    return cells


def _runs(lines: Sequence[Line]) -> Iterator[Span]:
    """Return the numbers of lines that no blank line divides: the first, and after the last."""
    first = 0
    for number in range(1, len(lines) + 1):
        if number == len(lines) or lines[number].opens:
            yield first, number
            first = number


def _indent(text: str, line: Line) -> int:
    return _indent_at(text, line.start)


def _indent_at(text: str, place: int) -> int:
    """Return how many characters white space stands before the words of a line."""
    begins = text.rfind("\n", 0, place) + 1
    return len(text[begins:place]) if text[begins:place].isspace() else 0


_READERS: tuple[Callable[[str, Sequence[Line]], Iterator[Form]], ...] = (
    _quoted,
    _signed,
    _boxed,
    _tables,
    _clauses,
    _turns,
    _fields,
    _entries,
    _amounts,
    _manual,
)
