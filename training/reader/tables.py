"""Tables -> examples over what the product makes of them: its own passages, as they are read.

A table is laid out as people keep such data: a table of Markdown, comma-separated text, records of
"Key: value", a list in a list, sections that hold a value alone. It is asked its own questions,
where rows can be compared, and questions made from a row and a column. Where the row or the column
is taken out, the question has no answer: other rows and columns that look like it do not give one.
"""

from __future__ import annotations

import csv
import io
import random
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from articles import json_lines
from example import Example

from assistant.embedding import DEFAULT_MODEL, count_tokens, find_model, load_tokenizer
from assistant.errors import BadSource
from assistant.reading.rendering import Rendering, rendered, rendered_alone
from assistant.sources import read
from assistant.splitting import split
from assistant.values import Passage, Span
from assistant.words import content_stems

MOST_ROWS = 24  # of a table that is laid out: of a longer one, so many rows in a row
MOST_OWN = 6  # of a table's own questions
MADE = 6  # questions made of a table, in all layouts together
ABSENT = 0.45  # of the made ones, with their row or column taken out
ALONE = 0.6  # of the questions, also over the likeliest row by itself
OTHER_PASSAGE = 0.3  # …, also over another passage of the document
MOST_CELL_CHARS = 120
NAMES = ("notes", "list", "overview", "table", "data", "export", "records", "register")

FORWARD = (
    "What is the {attr} of {key}?",
    "What is the {attr} of {key}?",
    "What was the {attr} of {key}?",
    "What {attr} does {key} have?",
    "Which {attr} is given for {key}?",
    "What is {key}'s {attr}?",
    "What {attr} is listed for {key}?",
    "{attr} of {key}",
    "{key} {attr}",
)
BACKWARD = (
    "Which {name} has the {attr} {value}?",
    "Which {name} has {value} as its {attr}?",
    "What is the {name} with the {attr} {value}?",
    "Whose {attr} is {value}?",
    "{name} with {attr} {value}",
)


@dataclass(frozen=True)
class Asked:
    text: str
    cell: tuple[int, int]  # the row and the column that answer


@dataclass(frozen=True)
class Table:
    id: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    asked: tuple[Asked, ...]


@dataclass
class Page:
    """A document in the making, and where in it each cell stands."""

    ending: str
    text: str = ""
    places: dict[tuple[int, int], Span] = field(default_factory=dict)

    def say(self, words: str) -> None:
        self.text += words

    def cell(self, row: int, column: int, words: str) -> None:
        start = len(self.text)
        self.text += words
        if words:
            self.places[row, column] = start, len(self.text)


@dataclass(frozen=True)
class Part:
    """What of a table is laid out: these rows and columns, and the column that names a row."""

    table: Table
    rows: Sequence[int]
    columns: Sequence[int]
    key: int


def load_tables(file: Path) -> list[Table]:
    """Return the tables of gzipped JSON Lines: id, header, rows, questions with their cells."""
    found = []
    for held in json_lines(file):
        rows = tuple(tuple(_clean(cell) for cell in row) for row in held["rows"])
        header = tuple(_clean(name) for name in held["header"])
        asked = tuple(
            Asked(question["question"], (question["cells"][0][0], question["cells"][0][1]))
            for question in held["questions"]
            if question["cells"]
        )
        if all(len(row) == len(header) for row in rows):
            found.append(Table(held["id"], header, rows, asked))
    return found


def of_tables(tables: Sequence[Table], chance: random.Random) -> Iterator[Example]:
    """Yield one pass over the tables: each in some of its layouts, with some questions."""
    tokenizer = load_tokenizer(find_model(DEFAULT_MODEL, Path()) / "tokenizer.json")
    with tempfile.TemporaryDirectory() as folder:
        for table in tables:
            for page, question, cell in _pages(table, chance):
                path = f"{chance.choice(NAMES)}{page.ending}"
                passages = _passages(page, Path(folder), path, tokenizer)
                place = page.places.get(cell) if cell else None
                if passages and (place or cell is None):
                    yield from _examples(question, place, passages, chance)


def _pages(
    table: Table, chance: random.Random
) -> Iterator[tuple[Page, str, tuple[int, int] | None]]:
    """Yield documents, each with a question, and the cell that answers it or None."""
    columns = [n for n, name in enumerate(table.header) if name]
    key = _key(table)
    own = chance.sample(table.asked, min(MOST_OWN, len(table.asked)))
    for asked in own:
        rows = _stretch(len(table.rows), asked.cell[0], chance)
        part = Part(table, rows, columns, key if key is not None else 0)
        yield chance.choice((_markdown, _comma_separated))(part), asked.text, asked.cell
    if key is None or len(table.rows) < 3 or len(columns) < 2:
        return
    for _ in range(MADE):
        row = chance.randrange(len(table.rows))
        other = chance.choice([column for column in columns if column != key])
        found = _made(table, row, key, other, chance)
        if found is None:
            continue
        question, column = found
        rows = _stretch(len(table.rows), row, chance)
        cell: tuple[int, int] | None = (row, column)
        if chance.random() < ABSENT:
            cell = None
            if len(columns) > 2 and chance.random() < 0.5:
                columns_left = [c for c in columns if c != other]
                yield chance.choice(LAYOUTS)(Part(table, rows, columns_left, key)), question, None
                continue
            rows = [n for n in rows if n != row]
        yield chance.choice(LAYOUTS)(Part(table, rows, columns, key)), question, cell


def made(table: Table, row: int, chance: random.Random) -> tuple[str, int] | None:
    """Return a question about a row, and the column that answers; None where it has no name."""
    key = _key(table)
    columns = [n for n, name in enumerate(table.header) if name and n != key]
    if key is None or not columns:
        return None
    return _made(table, row, key, chance.choice(columns), chance)


def _made(
    table: Table, row: int, key: int, other: int, chance: random.Random
) -> tuple[str, int] | None:
    """Return a question about a row and a column, and the column that answers."""
    named, value = table.rows[row][key], table.rows[row][other]
    attr, name = _in_a_sentence(table.header[other]), _in_a_sentence(table.header[key])
    if not any(letter.isalnum() for letter in value) or not named:
        return None
    alike = sum(cells[other] == value for cells in table.rows)
    if chance.random() < 0.3 and alike == 1:
        text = chance.choice(BACKWARD).format(name=name, attr=attr, value=value)
        return text, key
    if sum(cells[key] == named for cells in table.rows) > 1:
        return None
    return chance.choice(FORWARD).format(attr=attr, key=named), other


def _key(table: Table) -> int | None:
    """Return the first column that names its rows: words, hardly one of them twice."""
    for column, name in enumerate(table.header):
        cells = [row[column] for row in table.rows]
        lettered = sum(any(letter.isalpha() for letter in cell) for cell in cells)
        if name and len(set(cells)) >= 0.8 * len(cells) and lettered >= 0.8 * len(cells):
            return column
    return None


def _stretch(count: int, row: int, chance: random.Random) -> list[int]:
    first = max(0, min(row - chance.randrange(MOST_ROWS), count - MOST_ROWS))
    return list(range(first, min(count, first + MOST_ROWS)))


def _markdown(part: Part) -> Page:
    page = Page(".md")
    page.say(" | ".join(["", *(part.table.header[c] for c in part.columns), ""]).strip() + "\n")
    page.say("|" + " --- |" * len(part.columns) + "\n")
    for row in part.rows:
        page.say("|")
        for column in part.columns:
            page.say(" ")
            page.cell(row, column, part.table.rows[row][column])
            page.say(" |")
        page.say("\n")
    return page


def _comma_separated(part: Part) -> Page:
    page = Page(".csv")
    page.say(_line([part.table.header[c] for c in part.columns]))
    for row in part.rows:
        for number, column in enumerate(part.columns):
            words = part.table.rows[row][column].replace('"', "'")
            quoted = "," in words
            page.say("," * (number > 0) + '"' * quoted)
            page.cell(row, column, words)
            page.say('"' * quoted)
        page.say("\n")
    return page


@dataclass(frozen=True)
class Marks:
    """What a layout that says its rows one after the other puts before and after their words."""

    row: str  # before what names a row; {name} is that of its column
    named: str  # after it
    column: str  # before another value of the row
    value: str  # after it
    end: str = ""  # after a row
    ending: str = ".md"


RECORDS = Marks("## ", "\n\n", "{name}: ", "\n", "\n")  # each row a section, a line a value
NESTED = Marks("- ", "\n", "  - {name}: ", "\n")  # a list of the rows, each with a list
VALUES_ALONE = Marks("# ", "\n\n", "## {name}\n\n", "\n\n")  # each value a section of its row's
PLAIN_RECORDS = Marks("{name}: ", "\n", "{name}: ", "\n", "\n", ".txt")


def _row_by_row(part: Part, marks: Marks) -> Page:
    """Return a document that says the rows one after the other, empty values left out."""
    page = Page(marks.ending)
    names = part.table.header
    for row in part.rows:
        page.say(marks.row.format(name=names[part.key]))
        page.cell(row, part.key, part.table.rows[row][part.key])
        page.say(marks.named)
        for column in _others(part, row):
            page.say(marks.column.format(name=names[column]))
            page.cell(row, column, part.table.rows[row][column])
            page.say(marks.value)
        page.say(marks.end)
    return page


LAYOUTS: tuple[Callable[[Part], Page], ...] = (
    _markdown,
    _markdown,
    _comma_separated,
    *(partial(_row_by_row, marks=m) for m in (RECORDS, NESTED, VALUES_ALONE, PLAIN_RECORDS)),
)


def _others(part: Part, row: int) -> list[int]:
    return [c for c in part.columns if c != part.key and part.table.rows[row][c]]


def _passages(page: Page, folder: Path, path: str, tokenizer: object) -> list[Passage]:
    """Return the passages of a document; none where its text is not read as it was written."""
    (folder / path).write_text(page.text, encoding="utf-8")
    try:
        document = read(folder, path)
    except BadSource:
        return []
    if document.text != page.text:
        return []
    return split(document, count_tokens=lambda texts: count_tokens(tokenizer, texts))


def _examples(
    question: str, place: Span | None, passages: Sequence[Passage], chance: random.Random
) -> Iterator[Example]:
    holding = [p for p in passages if place and p.start <= place[0] and place[1] <= p.end]
    others = [p for p in passages if p not in holding]
    if holding and place:
        passage = chance.choice(holding)
        yield from _example(question, passage, rendered(passage), place)
        number = _sentence_of(passage, place)
        if number is not None and chance.random() < ALONE:
            yield from _example(question, passage, rendered_alone(passage, number), place)
        if chance.random() < ALONE:
            yield from _likest_alone(question, passage, number)
        if others and chance.random() < OTHER_PASSAGE:
            other = _likest(question, others)
            yield Example(question, other.title, rendered(other).text, None)
    elif place is None:
        passage = _likest(question, others)
        yield Example(question, passage.title, rendered(passage).text, None)
        if chance.random() < ALONE:
            yield from _likest_alone(question, passage, None)


def _example(
    question: str, passage: Passage, rendering: Rendering, place: Span
) -> Iterator[Example]:
    """Yield the example where what is read holds the cell; where it is only said, it is none."""
    for stretch in rendering.stretches:
        start = stretch.start + place[0] - stretch.place
        end = start + place[1] - place[0]
        if stretch.start <= start and end <= stretch.end:
            yield Example(question, passage.title, rendering.text, (start, end))
            return


def _likest_alone(question: str, passage: Passage, but: int | None) -> Iterator[Example]:
    """Yield the row that shares the most words with the question, but for one, by itself."""
    asked = content_stems(question)
    numbers = [number for number in range(len(passage.sentences)) if number != but]
    if numbers:
        alone = [rendered_alone(passage, number) for number in numbers]
        likest = max(alone, key=lambda r: len(asked & content_stems(r.text)))
        yield Example(question, passage.title, likest.text, None)


def _likest(question: str, passages: Sequence[Passage]) -> Passage:
    asked = content_stems(question)
    return max(passages, key=lambda p: len(asked & content_stems(rendered(p).text)))


def _sentence_of(passage: Passage, place: Span) -> int | None:
    for number, (start, end) in enumerate(passage.sentences):
        if start <= place[0] and place[1] <= end:
            return number
    return None


def _in_a_sentence(name: str) -> str:
    """ "Release Date" -> "release date", but "RPM" stays."""
    return " ".join(word if word.isupper() else word.lower() for word in name.split())


def _clean(cell: str) -> str:
    words = " ".join(cell.split()).replace("|", "/")
    return words if len(words) <= MOST_CELL_CHARS else words[:MOST_CELL_CHARS].rsplit(" ", 1)[0]


def _line(cells: Sequence[str]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerow(cells)
    return written.getvalue()
