"""What the steps hand on to one another: small frozen values, no behaviour beyond their own shape.

Offsets everywhere count characters (Unicode code points) of `Document.text`; `end` is exclusive.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["answer", "not_found", "reply"]
Mode = Literal["extractive", "written"]
Verdict = Literal["verbatim", "supported", "weak", "unsupported"]
Span = tuple[int, int]
BlockKind = Literal["heading", "paragraph", "item", "row", "field", "turn", "code", "quote"]


@dataclass(frozen=True, slots=True)  # there may be a million of them
class Block:
    """A part of a document as its reader sees it: sentences do not reach across it.

    Blocks stand in the order of the text and do not overlap. `above` and `group` are numbers of
    other blocks of the document, counted from 0; -1 is none.
    """

    kind: BlockKind
    start: int  # where its words begin, after the mark of an item
    end: int
    level: int = 0  # of a heading, 1 the highest; of an item or a quote, how deep it lies, from 1
    title: str = ""  # of a heading: on one line, without marks
    mark: str = ""  # of an item: its bullet or number as it stands, such as "-" or "2."
    ticked: bool | None = None  # of an item with a box
    above: int = -1  # the item that it is under; of a row the header, of a field the name
    group: int = -1  # the first block of the list, table or record that it is a part of
    cells: tuple[Span, ...] = ()  # of a row; of a field its label and value; of a heading its words
    speaker: str = ""  # of a turn of talk, or of quoted lines: whose they are, where that is said
    whole: bool = False  # one statement, whatever full stops are in it, as an entry of a reference
    hidden: tuple[Span, ...] = ()  # what a reader does not see, or sees struck out

    @property
    def box(self) -> str:
        """What the box of an item says, in words; empty where it has none."""
        return {None: "", True: "done: ", False: "not done: "}[self.ticked]


@dataclass(frozen=True, slots=True)
class Placed:
    """A block with its number in its document; with its words where a passage stands under it."""

    number: int
    block: Block
    text: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a document that has pages."""

    number: int  # from 1
    start: int
    end: int
    label: str = ""  # as it is printed, such as "iv", where that is not the number


@dataclass(frozen=True)
class Document:
    """One source, decoded and normalised once; every offset counts characters of `text`."""

    path: str  # under sources/, with "/" between folders, such as "guides/setup.md"
    title: str
    text: str
    digest: str  # SHA-256 of the file's bytes, in hexadecimal
    metadata: Mapping[str, str] = field(default_factory=dict)  # date, author, publisher, url
    blocks: Sequence[Block] = ()  # as the index keeps them: each is read when it is looked at
    pages: tuple[Page, ...] = ()  # in order; none where the source has none
    encoding: str = ""  # that the file was found to be in, if not UTF-8; not kept in the index

    def to_dict(self) -> dict[str, Any]:
        """Return the document without its text, JSON-ready; `length` counts characters."""
        return {
            "path": self.path,
            "title": self.title,
            "digest": self.digest,
            "length": len(self.text),
            "metadata": dict(self.metadata),
        }


@dataclass(frozen=True)
class Passage:
    """A stretch of one document, kept so that it can be cited.

    `document.text[start:end] == text` always holds. The same words in two documents are two
    passages. `sentences` are the spans, in the document, of the sentences that the passage is
    made of: they lie within `start` and `end`, in order, and do not overlap; `numbers` are those
    of the blocks that each is of. `blocks` are these, and what they stand under: title and
    headings, the items above an item, the header of a row, wherever in the document these are.
    """

    document: str  # the document's path
    start: int
    end: int
    text: str
    section: str | None  # the nearest heading above
    page: int | None  # from 1, in documents that have pages
    position: int  # from 0, in the order of the document
    title: str = ""  # the document's title: part of what is embedded, never of what is cited
    sentences: tuple[Span, ...] = ()
    numbers: tuple[int, ...] = ()  # as many as `sentences`; none where the structure is not known
    blocks: tuple[Placed, ...] = ()  # in the order of the document

    @property
    def headings(self) -> tuple[str, ...]:
        """The headings above but for the title, the highest first, each on one line."""
        return tuple(placed.block.title for placed in self.placed_headings)

    @property
    def placed_headings(self) -> tuple[Placed, ...]:
        """These headings, as blocks; one further down may be worded like the title."""
        return tuple(
            placed
            for placed in self.blocks
            if placed.block.title and (placed.number, placed.block.title) != (0, self.title)
        )

    @property
    def searched(self) -> str:
        """The text that is searched, where the box of a task is said in words as well."""
        said, written = [], self.start
        for placed in self.blocks:
            block = placed.block
            if block.box and self.start <= block.start < self.end:
                said += [self.words_at((written, block.start)), block.box]
                written = block.start
        return "".join([*said, self.words_at((written, self.end))])

    def words_at(self, span: Span) -> str:
        """Return the document's words there: within the passage, or within one of `blocks`."""
        start, end = span
        if self.start <= start and end <= self.end:
            return self.text[start - self.start : end - self.start]
        for placed in self.blocks:
            if placed.text and placed.block.start <= start and end <= placed.block.end:
                return placed.text[start - placed.block.start : end - placed.block.start]
        raise ValueError(f"{span} lies neither in the passage nor in what it stands under")

    def to_dict(self) -> dict[str, Any]:
        return {
            "document": self.document,
            "title": self.title,
            "section": self.section,
            "page": self.page,
            "position": self.position,
            "start": self.start,
            "end": self.end,
            "text": self.text,
        }


@dataclass(frozen=True)
class Hit:
    """A passage that retrieval found."""

    passage: Passage
    score: float  # higher is better; comparable within one question
    rank: int  # from 1

    def to_dict(self) -> dict[str, Any]:
        return {"rank": self.rank, "score": self.score, "passage": self.passage.to_dict()}


@dataclass(frozen=True)
class Citation:
    """The exact words of a document that prove a sentence: `document.text[start:end] == quote`."""

    number: int  # from 1, in order of first use
    quote: str
    document: str
    title: str
    section: str | None
    page: int | None
    start: int
    end: int

    def to_dict(self) -> dict[str, Any]:
        return dict(vars(self))


@dataclass(frozen=True)
class Sentence:
    """One sentence of an answer, without its markers, and the numbers of what proves it."""

    text: str
    citations: list[int]
    verdict: Verdict

    def to_dict(self) -> dict[str, Any]:
        return {"text": self.text, "citations": list(self.citations), "verdict": self.verdict}


@dataclass(frozen=True)
class Answer:
    """What a question gets: the words that answer it, with their proof, or an honest no.

    `confidence` is the probability, from 0 to 1, that the answer is right; when nothing was found
    it is that of the best answer that was rejected. `citations` is empty unless `answered`. `text`
    holds the sentences as a reader of their documents sees them, each followed by the numbers of
    what proves it ("[1]"); an item of a list and a row of a table have a line each.
    """

    kind: Kind
    text: str
    question: str  # the stand-alone question that was searched for
    sentences: list[Sentence] = field(default_factory=list)
    short: str | None = None
    confidence: float = 0.0
    citations: list[Citation] = field(default_factory=list)
    hits: list[Hit] = field(default_factory=list)
    mode: Mode = "extractive"

    @property
    def answered(self) -> bool:
        return self.kind == "answer"

    def to_dict(self) -> dict[str, Any]:
        """Return the answer JSON-ready: the same shape on the command line and over HTTP."""
        return {
            "kind": self.kind,
            "answered": self.answered,
            "question": self.question,
            "text": self.text,
            "short": self.short,
            "confidence": self.confidence,
            "mode": self.mode,
            "sentences": [sentence.to_dict() for sentence in self.sentences],
            "citations": [citation.to_dict() for citation in self.citations],
            "hits": [hit.to_dict() for hit in self.hits],
        }


@dataclass(frozen=True)
class Refusal:
    """A file that could not be read, and why, in words that say what to do."""

    path: str
    reason: str


@dataclass(frozen=True)
class Decoded:
    """A file that was read and is not in UTF-8, and the encoding that it was found to be in."""

    path: str
    encoding: str  # such as "Windows-1252"


@dataclass(frozen=True)
class SyncReport:
    """What one sync did, by document path."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    refused: tuple[Refusal, ...] = ()
    decoded: tuple[Decoded, ...] = ()  # of those that were read just now
    mended: str = ""  # what was wrong with the index, where it was built again for that

    def to_dict(self) -> dict[str, Any]:
        return {
            "added": list(self.added),
            "changed": list(self.changed),
            "removed": list(self.removed),
            "unchanged": list(self.unchanged),
            "refused": [dict(vars(refusal)) for refusal in self.refused],
            "decoded": [dict(vars(decoded)) for decoded in self.decoded],
            "mended": self.mended,
        }


@dataclass(frozen=True)
class Progress:
    """How far a sync is, told after each piece of work."""

    document: str  # the path being worked on
    done: int  # documents finished
    total: int  # documents to index
    fraction: float  # of all the work, 0 to 1, by size
