"""The readings of a question's parts -> one reading that answers them all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from assistant.reading.reader import Reading
from assistant.reading.selecting import MOST_WORDS
from assistant.values import Hit, Passage, Span
from assistant.words import words

Place = tuple[Passage, Span]


def joined(readings: Sequence[Reading]) -> Reading:
    """Return one reading of what several found, in their order; each sentence is there once.

    Where all their sentences are too long together, each brings the one that answers alone. It is
    as sure as the least sure of them, and for its reasons. Words that answer one part are no answer
    to the whole: there is no `short`.
    """
    shown = _once(place for reading in readings for place in reading.sentences)
    if sum(len(words(_text(place))) for place in shown) > MOST_WORDS:
        shown = _once(reading.best for reading in readings)
    least_sure = min(readings, key=lambda reading: reading.confidence)
    return Reading(
        tuple(shown),
        readings[0].best,
        None,
        least_sure.confidence,
        _merged(hit for reading in readings for hit in reading.hits),
        least_sure.signals,
    )


def _once(places: Iterable[Place]) -> list[Place]:
    return list({(passage.document, span): (passage, span) for passage, span in places}.values())


def _text(place: Place) -> str:
    passage, span = place
    return passage.words_at(span)


def _merged(hits: Iterable[Hit]) -> list[Hit]:
    """Return each passage once, with its highest score, best first."""
    best: dict[tuple[str, int], Hit] = {}
    for hit in hits:
        key = hit.passage.document, hit.passage.start
        if key not in best or hit.score > best[key].score:
            best[key] = hit
    ranked = sorted(best.values(), key=lambda hit: -hit.score)
    return [replace(hit, rank=rank) for rank, hit in enumerate(ranked, start=1)]
