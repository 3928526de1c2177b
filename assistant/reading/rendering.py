"""A passage -> what the reader sees of it: its words, each with what it stands under before it.

The reader knows running text alone. So a row is read with the name of its column before each cell,
an item with the items above it, and a field with the first of its record, where that names it; the
headings come before everything. Where each stretch of it stands in the document is kept, so that an
answer is cited at its place, and what was put before it is never the answer.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from assistant.reading import structure
from assistant.reading.candidates import asks
from assistant.reading.entities import aligned
from assistant.reading.lists import introduction
from assistant.reading.matching import asking_heading
from assistant.reading.pointing import antecedent
from assistant.values import Passage, Span

ABOVE = -1  # in place of the number of a sentence, for what it stands under: -1, then -2 …
MOST_ABOVE_CHARS = 120  # of each item above an item


@dataclass(frozen=True)
class Stretch:
    """Words of the document within what is read."""

    sentence: int  # its number in the passage; below 0 for what one stands under
    start: int  # in the text that is read
    end: int
    place: int  # where it begins in the document


@dataclass
class Rendering:
    """What is read: `lead` names the document and never answers, `text` holds the stretches."""

    lead: str = ""
    text: str = ""
    stretches: list[Stretch] = field(default_factory=list)

    def say(self, words: str) -> None:
        """Put words in that do not answer."""
        self.text += words

    def quote(self, passage: Passage, sentence: int, span: Span) -> None:
        """Put in words of the document, as far as they are seen."""
        parts = structure.seen(passage, sentence, span) if sentence >= 0 else (span,)
        for part in parts:
            start = len(self.text)
            self.text += aligned(passage.words_at(part))
            self.stretches.append(Stretch(sentence, start, len(self.text), part[0]))

    def place(self, span: Span) -> Span:
        """Return where a span of the text, within one stretch, stands in the document."""
        for stretch in self.stretches:
            if stretch.start <= span[0] and span[1] <= stretch.end:
                start = stretch.place + span[0] - stretch.start
                return start, start + span[1] - span[0]
        raise ValueError(f"{span} lies within no stretch")


def rendered(passage: Passage) -> Rendering:
    """Return what is read of a passage."""
    title = f"{passage.title}. " if passage.title else ""
    if not structure.is_structured(passage):
        asks = asking_heading(passage)
        return _running(passage, f"{title}{asks} " if asks else title)
    found = Rendering(title)
    for placed in structure.headings(passage):
        found.say(f"{passage.words_at(structure.place_of(passage, placed))}: ")
    before = None
    for number, span in enumerate(passage.sentences):
        block = structure.block_of(passage, number)
        new = before != structure.number_of(passage, number)
        if number:
            found.say("\n" if new else " ")
        if block.kind == "row":
            _row(found, passage, number)
        else:
            if new and block.kind in ("item", "field"):
                _item(found, passage, number)
            if new and block.speaker:
                found.say(f"{block.speaker}: ")
            found.quote(passage, number, span)
        before = structure.number_of(passage, number)
    return found


def rendered_alone(passage: Passage, number: int, mark: str | None = None) -> Rendering:
    """Return what is read of one sentence by itself, under all that it stands under.

    Every heading and item above may answer here, what introduces the list that it is in, and the
    sentence that it goes on with. `mark` is what an item's mark says, if not what it always says.
    """
    found = Rendering(f"{passage.title}. " if passage.title else "")
    for place, (start, end) in enumerate(standing_over(passage, number)):
        found.quote(passage, ABOVE - place, (start, min(end, start + MOST_ABOVE_CHARS)))
        found.say(" " if found.text.endswith((":", ".", "!", "?")) else ": ")
    if structure.block_of(passage, number).kind == "row":
        _row(found, passage, number)
        return found
    if speaker := structure.block_of(passage, number).speaker:
        found.say(f"{speaker}: ")
    found.say(_mark(passage, number) if mark is None else mark)
    if number and asks(passage, number - 1):
        found.say(f"{passage.words_at(passage.sentences[number - 1])} ")
    found.quote(passage, number, passage.sentences[number])
    return found


def standing_over(passage: Passage, number: int) -> list[Span]:
    """Return where stands what a sentence is under, the outermost first: see `rendered_alone`."""
    found = [structure.place_of(passage, placed) for placed in structure.over(passage, number)]
    if (lead := introduction(passage, number)) is not None:
        found.append(lead)
    if (named := antecedent(passage, number)) is not None:
        found.append(passage.sentences[named])
    return found


def _running(passage: Passage, lead: str) -> Rendering:
    """Return the passage as it stands, but for what is hidden."""
    found = Rendering(lead)
    position = passage.start
    for number, span in enumerate(passage.sentences):
        if position < span[0]:
            found.say(passage.words_at((position, span[0])))
        found.quote(passage, number, span)
        position = span[1]
    return found


def _item(found: Rendering, passage: Passage, number: int) -> None:
    """Say what an item or a field stands under, and what its mark says."""
    for placed in structure.above(passage, number):
        words = " ".join(placed.text.split())[:MOST_ABOVE_CHARS]
        found.say(words if words.endswith(":") else f"{words}:")
        found.say(" ")
    found.say(_mark(passage, number))


def _mark(passage: Passage, number: int) -> str:
    """Return what the mark of an item says: whether it is ticked, or its number."""
    block = structure.block_of(passage, number)
    return block.box or (f"{block.mark} " if block.mark[:1].isdigit() else "")


def _row(found: Rendering, passage: Passage, number: int) -> None:
    """Put in the cells of a row, each after the name of its column; those from above are said."""
    block, (first, last) = structure.block_of(passage, number), passage.sentences[number]
    header = structure.above(passage, number)
    columns = header[0].block.cells if header else ()
    inside = set(structure.cells_in(passage, number))
    cells = [(place, cell) for place, cell in enumerate(block.cells) if cell in inside]
    if not cells:
        found.quote(passage, number, (first, last))
        return
    for place, cell in cells:
        if place < len(columns) and columns[place][0] < columns[place][1]:
            found.say(f"{passage.words_at(columns[place])}: ")
        if first <= cell[0]:
            found.quote(passage, number, cell)
        else:
            found.say(aligned(passage.words_at(cell)))
        found.say("; " if (place, cell) != cells[-1] else ".")
