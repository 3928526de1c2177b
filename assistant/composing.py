"""A reading -> the answer that is shown: its sentences, each proved by the words that it cites."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from assistant.reading import Reading
from assistant.shown import Lookup, lines, standing
from assistant.values import Answer, Citation, Hit, Passage, Sentence

NOT_FOUND = "The documents do not say."


def quoted(question: str, reading: Reading, lookup: Lookup) -> Answer | None:
    """Return the answer with its citations; None if a quote is not what the document says."""
    sentences, citations = [], []
    for number, (passage, (start, end)) in enumerate(reading.sentences, start=1):
        quote = passage.words_at((start, end))
        if not quote or standing(passage.document, start, quote, lookup) is None:
            return None  # changed, or removed, since it was found
        sentences.append(Sentence(" ".join(quote.split()), [number], "verbatim"))
        citations.append(_citation(number, quote, passage, start, end))
    answer = Answer(
        "answer",
        "",
        question,
        sentences=sentences,
        short=" ".join(reading.short.split()) if reading.short else None,
        confidence=reading.confidence,
        citations=citations,
        hits=reading.hits,
    )
    return _worded(answer, lookup)


def declined(question: str, hits: list[Hit], confidence: float) -> Answer:
    """Return the answer that there is none, with the nearest passages."""
    return Answer("not_found", NOT_FOUND, question, confidence=confidence, hits=hits)


def growing(answer: Answer, lookup: Lookup) -> Iterator[Answer]:
    """Yield the answer as it grows, sentence by sentence; the last one is the answer itself."""
    for count in range(1, len(answer.sentences)):
        sentences = answer.sentences[:count]
        used = {number for sentence in sentences for number in sentence.citations}
        citations = [c for c in answer.citations if c.number in used]
        yield _worded(replace(answer, sentences=sentences, citations=citations), lookup)
    yield answer


def _worded(answer: Answer, lookup: Lookup) -> Answer:
    """Return the answer with its text: its sentences as their documents lay them out."""
    return replace(answer, text="\n".join(lines(answer, lookup)))


def _citation(number: int, quote: str, passage: Passage, start: int, end: int) -> Citation:
    return Citation(
        number, quote, passage.document, passage.title, passage.section, passage.page, start, end
    )
