"""What is shown of documents, on a page or in a terminal: by their blocks, and without marks."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from assistant.errors import AssistantError
from assistant.sources import Run, clipped, see, see_words, spoken
from assistant.values import Answer, Block, Citation, Document, Sentence

Lookup = Callable[[str], Document | None]  # by path; None where a document is not there any more


@dataclass(frozen=True)
class Said:
    """A sentence of an answer, and the block whose words it is; -1 where that is not known."""

    sentence: Sentence
    citation: Citation | None = None
    document: Document | None = None
    number: int = -1

    @property
    def block(self) -> Block | None:
        return self.document.blocks[self.number] if self.document and self.number >= 0 else None

    def runs(self) -> list[Run]:
        """Return what is seen of it, which is no row."""
        if self.document and self.citation and self.block:
            found = runs(self.document, self.block, self.citation.start, self.citation.end)
            if found:
                return found
        words = self.words()
        return [Run(words, 0, len(words))]

    def words(self) -> str:
        """Return what is seen of it, on one line; of a row its cells."""
        if self.document and self.citation and self.block:
            return words(self.document, self.citation.start, self.citation.end)
        path = self.citation.document if self.citation else ""
        return see_words(path, self.sentence.text)


def nothing_known(path: str) -> None:
    """Return no document: what is shown then is shown as it stands."""
    return None


def known(document: Callable[[str], Document]) -> Lookup:
    """Return what finds documents, each read once; one that cannot be read is not there."""

    @cache
    def find(path: str) -> Document | None:
        try:
            return document(path)
        except AssistantError:
            return None

    return find


def said(answer: Answer, lookup: Lookup) -> list[Said]:
    """Return the sentences of an answer, each with where it stands.

    A sentence in words of its own, or of a document that has changed since, stands nowhere.
    """
    citations = {citation.number: citation for citation in answer.citations}
    found = []
    for sentence in answer.sentences:
        known = [citations[number] for number in sentence.citations if number in citations]
        citation = known[0] if known else None
        document, number = None, -1
        if citation and sentence.text == " ".join(citation.quote.split()):
            document = standing(citation.document, citation.start, citation.quote, lookup)
            number = block_at(document, citation.start) if document else -1
        found.append(Said(sentence, citation, document if number >= 0 else None, number))
    return found


def lines(answer: Answer, lookup: Lookup) -> list[str]:
    """Return the sentences with the numbers of their footnotes, as lines of text.

    Each item of a list and each row of a table has a line of its own; a row has the name of its
    column before each cell, and its header none.
    """
    found: list[str] = []
    before: Said | None = None
    for here in said(answer, lookup):
        numbers = "".join(f"[{number}]" for number in here.sentence.citations)
        text = f"{here.words()} {numbers}"
        block, last = here.block, before.block if before else None
        if here.document and block and block.kind == "row":
            text = f"{labelled(here.document, here.number)} {numbers}"
        elif (
            here.document
            and block
            and block.speaker
            and not (last and last.speaker == block.speaker)
        ):
            text = f"{block.speaker}: {text}"
        same = before is not None and before.number == here.number
        flows = not any(b and (b.kind in ("heading", "row") or b.group >= 0) for b in (block, last))
        if before is not None and (same or flows):
            found[-1] += f" {text}"
        elif block and block.kind == "item":
            found.append(f"{'  ' * block.level}{mark_of(block)} {text}")
        else:
            found.append(text)
        before = here
    return found


def standing(path: str, start: int, words: str, lookup: Lookup) -> Document | None:
    """Return the document in which the words stand at that place; None where they do not."""
    document = lookup(path)
    if document is None or document.text[start : start + len(words)] != words:
        return None
    return document


def quoted(citation: Citation, lookup: Lookup) -> str:
    """Return what is seen of the words of a citation, on one line."""
    return words_there(citation.document, citation.start, citation.quote, lookup)


def words_there(path: str, start: int, quote: str, lookup: Lookup) -> str:
    """Return what is seen of words that stand, or stood, at a place of a document."""
    document = standing(path, start, quote, lookup)
    return words(document, start, start + len(quote)) if document else see_words(path, quote)


def block_at(document: Document, place: int) -> int:
    """Return the number of the block that a character belongs to; -1 where there is none."""
    number = bisect_right(document.blocks, place, key=lambda block: block.start) - 1
    return number if number >= 0 and place < document.blocks[number].end else -1


def blocks_within(document: Document, start: int, end: int) -> Iterator[tuple[int, Block]]:
    """Yield the blocks of which something stands between two places, with their numbers."""
    first = max(bisect_right(document.blocks, start, key=lambda block: block.start) - 1, 0)
    for number in range(first, len(document.blocks)):
        block = document.blocks[number]
        if block.start >= end:
            return
        if block.end > start:
            yield number, block


def runs(document: Document, block: Block, start: int, end: int) -> list[Run]:
    """Return what is seen of a block, which is no row, between two places."""
    return clipped(see(document, block), start, end)


def cells(document: Document, block: Block) -> list[list[Run]]:
    """Return what is seen of each cell of a row, the empty ones too."""
    return [see(document, block, cell) if cell[0] < cell[1] else [] for cell in block.cells]


def header_of(document: Document, number: int) -> Block | None:
    """Return the header of a row; None for the header itself and where there is none."""
    above = document.blocks[number].above
    return document.blocks[above] if above >= 0 else None


def words(document: Document, start: int, end: int) -> str:
    """Return what is seen of a stretch of a document, each block on one line.

    Where its structure is not known, that is the stretch as it stands.
    """
    shown, after_row = "", False
    for _, block in blocks_within(document, start, end):
        is_row = block.kind == "row"
        said = _row(document, block) if is_row else spoken(runs(document, block, start, end))
        shown += ("; " if after_row and is_row else " ") + said if shown else said
        after_row = is_row
    return shown or " ".join(document.text[start:end].split())


def _row(document: Document, block: Block) -> str:
    return " · ".join(filter(None, map(spoken, cells(document, block))))


def labelled(document: Document, number: int) -> str:
    """Return a row with the name of its column before each cell."""
    header = header_of(document, number)
    names = [spoken(cell) for cell in cells(document, header)] if header else []
    values = [spoken(cell) for cell in cells(document, document.blocks[number])]
    names += [""] * (len(values) - len(names))
    pairs = zip(names, values, strict=False)
    return "; ".join(f"{name}: {value}" if name else value for name, value in pairs if value)


def speaker(document: Document, number: int) -> str:
    """Return who begins to speak with a block; nothing where someone goes on, or nobody does."""
    if number < 0:
        return ""
    said = document.blocks[number].speaker
    return "" if number and document.blocks[number - 1].speaker == said else said


def mark_of(block: Block) -> str:
    """Return what an item of a list begins with where there is but text."""
    if block.ticked is not None:
        return "☑" if block.ticked else "☐"
    return block.mark if any(map(str.isalnum, block.mark)) else "•"
