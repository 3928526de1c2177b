"""The best sentence to the few that are shown: with it what it needs to be understood and whole."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from assistant.reading.candidates import Candidate, asks
from assistant.reading.disputing import disputing
from assistant.reading.lists import introducing, of_list
from assistant.reading.matching import (
    WORTH_ADDING,
    asking_heading,
    coverage,
    names_held,
    word_weights,
)
from assistant.reading.pointing import points_back
from assistant.reading.structure import sentence_text
from assistant.reading.tables import of_table
from assistant.values import Passage, Span
from assistant.words import words

MOST_SENTENCES = 3  # in an answer
MOST_WORDS = 60  # in an answer of more than one sentence
MOST_ITEMS = 12  # of a list or a table, with what introduces it
MOST_ITEM_WORDS = 150  # in all of them
NEARLY_AS_LIKELY = 3.0  # log odds below the best at which another sentence may still answer
RATHER_THAN_NONE = 0.0  # log odds above which a sentence answers likelier than none does

_QUOTE_OPENS = ("“", '"', "«", "„", "‘")
_QUOTE_CLOSES = re.compile(r"[”\"»“’][,.]?\s+\w")


class Selection(NamedTuple):
    """The sentences to show, in order, each with its passage; spans are in the document."""

    places: list[tuple[Passage, Span]]
    whole: bool  # they answer together, as the steps of an instruction do: no words alone do
    disputed: int = 0  # other answers among them, of other documents


class _Shown:
    """The sentences chosen so far, each a passage and its number there."""

    def __init__(self, best: Candidate) -> None:
        self.places = [(best.passage, best.span)]

    @property
    def text(self) -> str:
        return " ".join(passage.words_at(span) for passage, span in self.places)

    def add(
        self,
        passage: Passage,
        span: Span,
        most: int = MOST_SENTENCES,
        most_words: int = MOST_WORDS,
    ) -> bool:
        """Add a sentence unless the answer grows too long; say whether it is shown."""
        spans = {(p.document, s) for p, s in self.places}
        if (passage.document, span) in spans:
            return True
        text = f"{self.text} {passage.words_at(span)}"
        if len(self.places) >= most or len(words(text)) > most_words:
            return False
        self.places.append((passage, span))
        return True


def select(question: str, best: Candidate, others: Sequence[Candidate]) -> Selection:
    """Return the sentences to show: the best and those that it needs.

    It needs the one before it when it points back ("They …"), the rest of a quotation that it is
    part of, what follows its colon, the header of its table (see `of_table`), the question that the
    document puts before it, the list that it is an item of (see `of_list`), and another sentence
    that answers nearly as likely and holds words of the question which neither it nor a heading
    that asks holds: questions of several parts draw on several sentences. Sentences of its
    section that answer nearly as likely, and likelier than none does, are shown with it too: people
    ask for more than a fact, and then several sentences answer together. What other documents say
    otherwise in the same words is shown too, and then no words alone answer. In the order of the
    document; those of other passages after those of the best one's.
    """
    shown = _Shown(best)
    whole = _with_context(question, best, shown)
    disputed = disputing(best, others)
    for other in disputed:
        shown.add(other.passage, other.span)
    weights = word_weights(question, [candidate.text for candidate in (best, *others)])
    likely = [
        c
        for c in others
        if c.margin >= best.margin - NEARLY_AS_LIKELY and _belongs(question, best, c)
    ]
    heading = asking_heading(best.passage)
    while likely:
        text = f"{heading} {shown.text}"
        covered = coverage(weights, text)
        gains = [coverage(weights, f"{text} {c.text}") - covered for c in likely]
        gain, place = max((gain, -n) for n, gain in enumerate(gains))
        if gain < WORTH_ADDING:
            break
        candidate = likely.pop(-place)
        shown.add(candidate.passage, candidate.span)
    for candidate in sorted(likely, key=lambda c: -c.margin):
        if _answers_too(best, candidate):
            shown.add(candidate.passage, candidate.span)
    return Selection(in_order(shown.places), whole or bool(disputed), len(disputed))


def gathered(together: Sequence[Candidate], chosen: Selection | None = None) -> Selection:
    """Return what answers together, with what introduces each, and what was chosen besides.

    What is too much is left out from the end, but never the first of `together`.
    """
    shown = _Shown(together[0])
    for place in introducing(together[0].passage, together[0].number):
        shown.add(together[0].passage, place, MOST_ITEMS, MOST_ITEM_WORDS)
    for one in sorted(together, key=lambda c: c.span):
        for place in (*introducing(one.passage, one.number), one.span):
            shown.add(one.passage, place, MOST_ITEMS, MOST_ITEM_WORDS)
    for passage, place in chosen.places if chosen else ():
        shown.add(passage, place, MOST_ITEMS, MOST_ITEM_WORDS)
    return Selection(in_order(shown.places), len(together) > 1)


def in_order(places: Sequence[tuple[Passage, Span]]) -> list[tuple[Passage, Span]]:
    """Return the sentences as their documents have them, those of the first one's first."""
    first = places[0][0].document
    return sorted(places, key=lambda p: (p[0].document != first, p[0].document, p[1]))


def _belongs(question: str, best: Candidate, other: Candidate) -> bool:
    """Whether a sentence may stand with the best: of another document, it must name what is asked.

    It then holds a name or number of the question that the best one's passage lacks.
    """
    if other.passage.document == best.passage.document:
        return True
    return not names_held(question, other.passage) <= names_held(question, best.passage)


def _answers_too(best: Candidate, other: Candidate) -> bool:
    """Whether a sentence of those that answer nearly as likely answers beside the best.

    It stands in the same section, and speaks of all that the best one says of the question: of
    barley where wheat was asked for it does not. Rows, items and fields that answer alike are found
    otherwise, see `alike`.
    """
    return (
        other.margin > RATHER_THAN_NONE
        and other.kind == best.kind == "paragraph"
        and (other.passage.document, other.passage.section)
        == (best.passage.document, best.passage.section)
        and best.says <= other.about
    )


def _with_context(question: str, best: Candidate, shown: _Shown) -> bool:
    """Add what the best sentence needs around it; say whether that is a list that answers whole."""
    passage, first, last = best.passage, best.number, best.number
    shown.add(passage, best.place, most_words=MOST_ITEM_WORDS)
    if first > 0 and (
        asks(passage, first - 1)
        or _is_word(passage, first - 1)
        or _continues_quote(passage, first)
        or points_back(question, best.text)
    ):
        shown.add(passage, passage.sentences[first - 1])
    listed = of_table(question, passage, first)
    if not listed.places:
        listed = of_list(question, passage, first)
    for place in listed.places:
        if not shown.add(passage, place, MOST_ITEMS, MOST_ITEM_WORDS):
            break
    while last + 1 < len(passage.sentences) and (
        _continues_quote(passage, last + 1)
        or _leaves_quote_open(passage, first, last)
        or (not listed.places and sentence_text(passage, last).endswith(":"))
        or (last == first and _is_word(passage, last))
    ):
        last += 1
        if not shown.add(passage, passage.sentences[last]):
            break
    return listed.whole


def _is_word(passage: Passage, number: int) -> bool:
    """Whether a sentence is but a word ("No.", "A: No."), which says little without the next.

    A heading ends without a full stop.
    """
    text = sentence_text(passage, number)
    return (
        text.endswith((".", "!", "。"))
        and sum(len(word) > 1 or word.isdigit() for word in words(text)) == 1
    )


def _leaves_quote_open(passage: Passage, first: int, last: int) -> bool:
    """Whether a quotation that opens in these sentences is not closed in them."""
    text = passage.text[
        passage.sentences[first][0] - passage.start : passage.sentences[last][1] - passage.start
    ]
    return any(
        text.count(opening) > text.count(closing) for opening, closing in ("“”", "«»", "„“")
    ) or (text.count('"') % 2 == 1 and re.search(r'(?:^|[\s(])"', text) is not None)


def _continues_quote(passage: Passage, number: int) -> bool:
    """Whether the sentence goes on with a quotation that the one before it attributes."""
    before, this = sentence_text(passage, number - 1), sentence_text(passage, number)
    return this.startswith(_QUOTE_OPENS) and bool(
        before.startswith(_QUOTE_OPENS) and _QUOTE_CLOSES.search(before, 1)
    )
