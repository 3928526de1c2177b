"""Every sentence that was read, once, with what speaks for its being the answer."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.reading import structure
from assistant.reading.lists import introduction
from assistant.reading.matching import QUESTION_MARKS, Asked, held, share, word_weights
from assistant.reading.pointing import antecedent
from assistant.reading.spans import Found
from assistant.reading.structure import sentence_text
from assistant.values import BlockKind, Hit, Passage, Span

SIGNALS = ("margin", "passage", "words", "surroundings")


@dataclass(frozen=True)
class Candidate:
    """One sentence that may answer."""

    hit: Hit
    number: int  # of the sentence within the passage
    answer: Span  # the likeliest words of it, or of what it stands under, in the document
    margin: float  # see `Found`; of one that was read again by itself, see `rereading`, that
    words: float  # share of the weight of the question's words that speak in it, 0 to 1
    surroundings: float  # the same of what it stands in and under
    says: frozenset[Asked] = frozenset()  # the question's stems in the sentence
    about: frozenset[Asked] = frozenset()  # and in what it stands in and under
    over: Span | None = None  # what it stands under, where the words that answer lie in that

    @property
    def passage(self) -> Passage:
        return self.hit.passage

    @property
    def span(self) -> Span:
        """Where it stands in the document."""
        return self.passage.sentences[self.number]

    @property
    def stands(self) -> tuple[str, Span]:
        """Where it stands, in which document: a sentence is there once, however it is read."""
        return self.passage.document, self.span

    @property
    def series(self) -> tuple[object, ...] | None:
        """What it is one of several in, if it is: a table, a list, the fields of one label."""
        block = structure.block_of(self.passage, self.number)
        document = self.passage.document
        if block.kind in ("row", "item"):
            return document, block.kind, block.group, block.above
        if block.kind == "field" and block.cells and self.passage.start <= block.cells[0][0]:
            return document, block.kind, self.passage.words_at(block.cells[0]).lower()
        return None

    @property
    def place(self) -> Span:
        """Where the words that answer stand: in the sentence, or in something above it."""
        return self.over or self.span

    @property
    def text(self) -> str:
        return sentence_text(self.passage, self.number)

    @property
    def signals(self) -> tuple[float, ...]:
        """What chooses among sentences, in the order of SIGNALS."""
        return self.margin, self.hit.score, self.words, self.surroundings

    @property
    def kind(self) -> BlockKind:
        """What kind of block it is of."""
        return structure.block_of(self.passage, self.number).kind


def candidates(
    question: str, hits: Sequence[Hit], found: Sequence[Sequence[Found]]
) -> list[Candidate]:
    """Return the sentences of the hits, in order; `found` holds what was read in each hit.

    A sentence that stands in two overlapping passages is taken from where it reads better. A
    sentence that asks is none; see `_answering`.
    """
    read = [
        (hit, best)
        for hit, bests in zip(hits, found, strict=True)
        for best in _answering(hit.passage, bests)
    ]
    weights = word_weights(question, [sentence_text(hit.passage, b.sentence) for hit, b in read])
    known: dict[str, frozenset[Asked]] = {}  # headings and paragraphs come with each sentence

    def asked_in(text: str) -> frozenset[Asked]:
        if text not in known:
            known[text] = held(weights, text)
        return known[text]

    kept: dict[tuple[str, Span], Candidate] = {}
    for hit, best in read:
        place = hit.passage.document, hit.passage.sentences[best.sentence]
        if place not in kept or best.margin > kept[place].margin:
            says = asked_in(speaking(hit.passage, best.sentence))
            under = says | asked_in(over(hit.passage, best.sentence))
            about = under | asked_in(around(hit.passage, best.sentence))
            words = under if structure.is_structured(hit.passage) else says
            kept[place] = Candidate(
                hit,
                best.sentence,
                best.span,
                best.margin,
                share(weights, words),
                share(weights, about),
                says,
                about,
            )
    return list(kept.values())


def asks(passage: Passage, number: int) -> bool:
    """Whether a sentence is a question, as in lists of frequent ones; it may be emphasised."""
    return sentence_text(passage, number).rstrip("*_").endswith(QUESTION_MARKS)


def _answering(passage: Passage, found: Sequence[Found]) -> Iterator[Found]:
    """Yield what was read in sentences that do not ask.

    A document's own question does not answer the reader's, however alike they are: what follows it
    does, and takes over its margin where that is higher. Nor does a number by itself in running
    text ("14.2."); under a heading of its own it does.
    """
    values = structure.is_structured(passage) and bool(passage.headings)
    asked = -math.inf
    for best in found:
        if asks(passage, best.sentence):
            asked = max(asked, best.margin)
            continue
        if values or any(map(str.isalpha, sentence_text(passage, best.sentence))):
            yield replace(best, margin=max(asked, best.margin))
        asked = -math.inf


def speaking(passage: Passage, number: int) -> str:
    """Return a sentence with what it speaks of.

    That is the question that the document puts before it, or the sentence that it points back to
    ("It holds …").
    """
    block = structure.block_of(passage, number)
    cells = structure.cells_in(passage, number) if block.kind == "row" else ()
    text = " ".join(map(passage.words_at, cells))
    text = text or sentence_text(passage, number)
    if number > 0 and asks(passage, number - 1):
        return f"{sentence_text(passage, number - 1)} {text}"
    named = antecedent(passage, number)
    return text if named is None else f"{sentence_text(passage, named)} {text}"


def over(passage: Passage, number: int) -> str:
    """Return what a sentence is under: headings, items, what introduces its list, its header."""
    lead = introduction(passage, number)
    introduced = [] if lead is None else [passage.words_at(lead)]
    above = [placed.text for placed in structure.above(passage, number)]
    return " ".join([*passage.headings, *introduced, *above])


def around(passage: Passage, number: int) -> str:
    """Return the title and the paragraph, or whatever it is, that a sentence stands in."""
    block = structure.number_of(passage, number)
    if block < 0:
        return f"{passage.title} {passage.text}"
    own = (span for n, span in zip(passage.numbers, passage.sentences, strict=True) if n == block)
    return " ".join([passage.title, *map(passage.words_at, own)])
