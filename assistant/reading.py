"""A question and the passages found for it to the sentences that answer it, and how surely.

This first reader compares sentences with the question by meaning and by words. It tells questions
on other subjects from answered ones; it cannot tell a near miss from an answer. Whatever replaces
it needs only be a `Reader`.

Weights are in `reading.toml`, fitted by `training/fit_reading.py` on public questions.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Protocol

from assistant.answer_types import expected, named_stems, short_answer, spans
from assistant.embedding import Embedder
from assistant.values import Hit, Passage, Span
from assistant.words import content_stems, content_words, stem, words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PASSAGES = 5  # read for a question
MOST_SENTENCES = 3  # in an answer
MOST_WORDS = 60  # in an answer of more than one sentence
WORTH_ADDING = 0.15  # of the weight of the question's words, for one more sentence

SENTENCE_SIGNALS = ("meaning", "passage", "words", "surroundings", "type")
CONFIDENCE_SIGNALS = ("best", "meaning", "passage", "surroundings", "names")

# A sentence that begins so is only understood after the one before it: with a pronoun, or with
# something that is called "the …" in lower case as if it had been named.
_PRONOUN = re.compile(
    r"(?:(?:But|And|Yet|However,|Still,|In|By|Since|After|Before|For|While)\b[^.;:]{0,30}?\s)?"
    r"(?:he|she|it|they|his|her|its|their|this|that|these|those|such|both)\b",
    re.IGNORECASE,
)
_DEFINITE = re.compile(r"The\s([^\W\d_A-Z]+)\b")
_QUOTE_OPENS = ("“", '"', "«", "„", "‘")
_QUOTE_CLOSES = re.compile(r"[”\"»“’][,.]?\s+\w")


@dataclass(frozen=True)
class Reading:
    """The best answer that the passages hold, whether or not it is good enough to be shown."""

    passage: Passage
    sentences: tuple[Span, ...]  # in the document, in order
    short: str | None
    confidence: float  # probability that it is right, 0 to 1


class Reader(Protocol):
    threshold: float  # the least confidence that should be shown as an answer

    def read(
        self, question: str, vector: NDArray[np.float32], hits: Sequence[Hit]
    ) -> Reading | None:
        """Return the best answer in `hits`, best hit first; None if they hold no sentence."""


@dataclass(frozen=True)
class Candidate:
    """One sentence that may answer, and what speaks for it."""

    passage: Passage
    number: int  # of the sentence within the passage
    signals: tuple[float, ...]  # in the order of SENTENCE_SIGNALS

    @property
    def text(self) -> str:
        return _text(self.passage, self.number)


class SimilarityReader:
    """Chooses the sentence nearest to the question, and its neighbours where they are needed."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        weights = _weights()
        self._sentence = tuple(weights["sentence"][name] for name in SENTENCE_SIGNALS)
        self._confidence = tuple(weights["confidence"][name] for name in CONFIDENCE_SIGNALS)
        self._intercept = float(weights["confidence"]["intercept"])
        self.threshold = float(weights["threshold"])

    def read(
        self, question: str, vector: NDArray[np.float32], hits: Sequence[Hit]
    ) -> Reading | None:
        found = self.candidates(question, vector, hits)
        if not found:
            return None
        best = max(found, key=self.score)
        signals = confidence_signals(question, best, self.score(best))
        logit = self._intercept + _dot(self._confidence, signals)
        chosen = extend(question, best)
        place = short_answer(question, best.text)
        return Reading(
            best.passage,
            tuple(best.passage.sentences[number] for number in chosen),
            best.text[slice(*place)] if place else None,
            1 / (1 + math.exp(-logit)),
        )

    def score(self, candidate: Candidate) -> float:
        return _dot(self._sentence, candidate.signals)

    def candidates(
        self, question: str, vector: NDArray[np.float32], hits: Sequence[Hit]
    ) -> list[Candidate]:
        """Return every sentence of the best hits once, with its signals."""
        places: dict[tuple[str, Span], tuple[Hit, int]] = {}
        for hit in hits[:PASSAGES]:
            for number, span in enumerate(hit.passage.sentences):
                places.setdefault((hit.passage.document, span), (hit, number))
        if not places:
            return []
        sentences = [_text(hit.passage, number) for hit, number in places.values()]
        meanings = self._embedder.embed_passages(sentences) @ vector
        weights = word_weights(question, sentences)
        kind = expected(question)
        return [
            Candidate(
                hit.passage,
                number,
                (
                    float(meaning),
                    hit.score,
                    coverage(weights, sentence),
                    coverage(weights, _with_headings(hit.passage)),
                    1.0 if kind and spans(kind, sentence) else 0.0,
                ),
            )
            for (hit, number), sentence, meaning in zip(
                places.values(), sentences, meanings, strict=True
            )
        ]


def confidence_signals(question: str, best: Candidate, score: float) -> tuple[float, ...]:
    """Return what tells whether the best sentence answers, in the order of CONFIDENCE_SIGNALS."""
    meaning, passage, _, surroundings, _ = best.signals
    return score, meaning, passage, surroundings, names_found(question, best.passage)


def names_found(question: str, passage: Passage) -> float:
    """Return the share of the question's names and numbers that the passage holds; 1 if none."""
    stems = named_stems(question)
    if not stems:
        return 1.0
    held = {stem(word) for word in words(_with_headings(passage))}
    return len(stems & held) / len(stems)


def word_weights(question: str, sentences: Sequence[str]) -> dict[str, float]:
    """Return the question's stems, each weighted by how few of the sentences hold it.

    The weight is log(1 + N / (1 + n)), with n of N sentences holding the stem: inverse document
    frequency (Spärck Jones 1972) over the candidates at hand.
    """
    held = Counter(s for sentence in sentences for s in {stem(word) for word in words(sentence)})
    asked = {stem(word) for word in content_words(question)}
    return {s: math.log(1 + len(sentences) / (1 + held[s])) for s in sorted(asked)}


def coverage(weights: dict[str, float], text: str) -> float:
    """Return the share of the question's word weight that the text holds, 0 to 1."""
    total = sum(weights.values())
    held = {stem(word) for word in words(text)}
    return sum(weight for s, weight in weights.items() if s in held) / total if total else 0.0


def extend(question: str, best: Candidate) -> list[int]:
    """Return the numbers of the sentences to show: the best and those that it needs, in order.

    It needs the one before it when it points back ("They …"), the rest of a quotation that it is
    part of, what follows its colon, and a sentence of its passage that holds words of the question
    which it lacks.
    """
    passage = best.passage
    chosen = [best.number]
    count = len(passage.sentences)
    first, last = best.number, best.number
    if first > 0 and (_continues_quote(passage, first) or _points_back(question, best.text)):
        _add(passage, chosen, first - 1)
    while last + 1 < count and (
        _continues_quote(passage, last + 1) or _text(passage, last).endswith(":")
    ):
        last += 1
        if not _add(passage, chosen, last):
            break
    weights = word_weights(question, [_text(passage, number) for number in range(count)])
    while len(chosen) < MOST_SENTENCES:
        shown = " ".join(_text(passage, number) for number in chosen)
        covered = coverage(weights, shown)
        gains = {
            number: coverage(weights, f"{shown} {_text(passage, number)}") - covered
            for number in range(count)
            if number not in chosen
        }
        number = max(gains, key=lambda n: (gains[n], -abs(n - best.number)), default=None)
        if number is None or gains[number] < WORTH_ADDING or not _add(passage, chosen, number):
            break
    return sorted(chosen)


def _points_back(question: str, sentence: str) -> bool:
    """Whether the sentence speaks of something that neither it nor the question names."""
    definite = _DEFINITE.match(sentence)
    if definite is not None:
        return stem(definite[1]) not in content_stems(question)
    return _PRONOUN.match(sentence) is not None


def _continues_quote(passage: Passage, number: int) -> bool:
    """Whether the sentence goes on with a quotation that the one before it attributes."""
    before, this = _text(passage, number - 1), _text(passage, number)
    return this.startswith(_QUOTE_OPENS) and bool(
        before.startswith(_QUOTE_OPENS) and _QUOTE_CLOSES.search(before, 1)
    )


def _add(passage: Passage, chosen: list[int], number: int) -> bool:
    """Add a sentence unless the answer grows too long with it; say whether it was added."""
    length = sum(len(words(_text(passage, n))) for n in [*chosen, number])
    if number in chosen or len(chosen) >= MOST_SENTENCES or length > MOST_WORDS:
        return False
    chosen.append(number)
    return True


def _text(passage: Passage, number: int) -> str:
    start, end = passage.sentences[number]
    return passage.text[start - passage.start : end - passage.start]


def _with_headings(passage: Passage) -> str:
    return f"{passage.title}\n{passage.section or ''}\n{passage.text}"


def _dot(weights: Sequence[float], signals: Sequence[float]) -> float:
    return sum(weight * signal for weight, signal in zip(weights, signals, strict=True))


@cache
def _weights() -> dict[str, Any]:
    text = (resources.files("assistant") / "reading.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
