"""A reading -> the answer that is shown: its sentences, each proved by the words that it cites."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from assistant.errors import UnknownDocument
from assistant.reading import Reading
from assistant.values import Answer, Citation, Hit, Passage, Sentence

NOT_FOUND = "The documents do not say."


def quoted(question: str, reading: Reading, text_of: Callable[[str], str]) -> Answer | None:
    """Return the answer with its citations; None if a quote is not what the document says.

    `text_of` gives a document's text by its path, and raises UnknownDocument where it is gone.
    """
    sentences, citations = [], []
    for number, (passage, (start, end)) in enumerate(reading.sentences, start=1):
        quote = passage.words_at((start, end))
        try:
            text = text_of(passage.document)
        except UnknownDocument:
            return None  # removed since it was found
        if not quote or text[start:end] != quote:
            return None
        sentences.append(Sentence(" ".join(quote.split()), [number], "verbatim"))
        citations.append(_citation(number, quote, passage, start, end))
    return Answer(
        "answer",
        _marked(sentences),
        question,
        sentences=sentences,
        short=" ".join(reading.short.split()) if reading.short else None,
        confidence=reading.confidence,
        citations=citations,
        hits=reading.hits,
    )


def declined(question: str, hits: list[Hit], confidence: float) -> Answer:
    """Return the answer that there is none, with the nearest passages."""
    return Answer("not_found", NOT_FOUND, question, confidence=confidence, hits=hits)


def growing(answer: Answer) -> Iterator[Answer]:
    """Yield the answer as it grows, sentence by sentence; the last one is the answer itself."""
    for count in range(1, len(answer.sentences)):
        sentences = answer.sentences[:count]
        used = {number for sentence in sentences for number in sentence.citations}
        yield replace(
            answer,
            text=_marked(sentences),
            sentences=sentences,
            citations=[c for c in answer.citations if c.number in used],
        )
    yield answer


def _citation(number: int, quote: str, passage: Passage, start: int, end: int) -> Citation:
    return Citation(
        number, quote, passage.document, passage.title, passage.section, passage.page, start, end
    )


def _marked(sentences: Sequence[Sentence]) -> str:
    return " ".join(
        f"{sentence.text} {''.join(f'[{number}]' for number in sentence.citations)}"
        for sentence in sentences
    )
