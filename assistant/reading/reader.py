"""The reader: the sentences that answer, the exact words in them, and how surely.

What the span model says is weighed against what retrieval says by `confidence.toml`, which
`training/reader/` makes from public questions; a model may bring its own in its folder.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import NamedTuple, Protocol

from assistant.errors import BadSettings
from assistant.reading.alike import answering_alike
from assistant.reading.assembling import Tell
from assistant.reading.candidates import SIGNALS, Candidate, candidates
from assistant.reading.model import SpanModel
from assistant.reading.rendering import rendered
from assistant.reading.rereading import reread
from assistant.reading.selecting import Selection, gathered, select
from assistant.reading.short import short_answer
from assistant.reading.spans import best_spans
from assistant.reading.tasks import in_asked_state
from assistant.values import Hit, Passage, Span

PASSAGES = 6  # read for a question: of 451 right answers 4 stood further down, and each takes time
REREAD = 3  # sentences, by themselves
CONFIDENCE = "confidence.toml"


class Signals(NamedTuple):
    """What tells whether the best sentence answers."""

    margin: float  # the reader's own, of the sentence read by itself
    passage: float  # retrieval's score of its passage


@dataclass(frozen=True)
class Weights:
    """How what was read is weighed: the content of a `confidence.toml`."""

    sentence: tuple[float, ...]  # which sentence answers: one for each of SIGNALS
    confidence: tuple[float, ...]  # whether it is right: one for each of `Signals`
    intercept: float
    threshold: float

    def confident(self, signals: Signals) -> float:
        """Return the probability that the answer is right, 0 to 1."""
        return 1 / (1 + math.exp(-self.intercept - _dot(self.confidence, signals)))


@dataclass(frozen=True)
class Reading:
    """The best answer that the passages hold, whether or not it is good enough to be shown."""

    sentences: tuple[tuple[Passage, Span], ...]  # to show, in order; spans are in the document
    best: tuple[Passage, Span]  # of these, the one that holds the words that answer
    short: str | None
    confidence: float  # probability that it is right, 0 to 1
    hits: list[Hit]  # all, best first by how well they answer; their scores are the reader's
    signals: Signals | None = None  # what `confidence` comes from; None where a reader has others


class Reader(Protocol):
    threshold: float  # the least confidence that should be shown as an answer

    def read(self, question: str, hits: Sequence[Hit]) -> Reading | None:
        """Return the best answer in `hits`, best hit first; None if they hold no sentence."""

    def assemble(self, tell: Tell | None = None) -> None:
        """Put together, where that was never done, what is loaded; see `assembling`."""

    def warm(self) -> None:
        """Load now what the first reading would wait for."""


class SpanReader:
    """Finds the words that answer with a small trained model, in the best passages at once.

    What it read is weighed as the model's own confidence.toml says, or ours, or `weights`.

    Raises:
        BadSettings: that file is not in order; on construction.
    """

    def __init__(self, model: SpanModel, weights: Weights | None = None) -> None:
        self._model = model
        self._weights = weights or load_weights(_weights_of(model))
        self.threshold = self._weights.threshold

    def assemble(self, tell: Tell | None = None) -> None:
        self._model.assemble(tell)

    def warm(self) -> None:
        self._model.logits("warm", [""], ["warm"])

    def read(self, question: str, hits: Sequence[Hit]) -> Reading | None:
        found = self.candidates(question, hits)
        if not found:
            return None
        again, rest = self.looked_at(question, found)
        ranked = [*again, *rest]
        tasks = in_asked_state(question, ranked, self._model, self.score)
        if tasks:
            ranked = [tasks[0], *(c for c in ranked if c.stands != tasks[0].stands)]
        best = ranked[0]
        chosen = gathered(tasks) if tasks else self._chosen(question, ranked)
        signals = Signals(best.margin, best.hit.score)
        return Reading(
            tuple(chosen.places),
            (best.passage, best.place),
            None if chosen.whole else short_answer(question, best),
            self._agreed(self._weights.confident(signals), chosen.disputed),
            _reordered(hits, [(self.score(c), c) for c in ranked]),
            signals,
        )

    def _chosen(self, question: str, ranked: Sequence[Candidate]) -> Selection:
        """Return what is shown of the best one with what belongs to it, or answers alike."""
        best, *others = ranked
        chosen = select(question, best, others)
        alike = [] if chosen.whole else answering_alike(question, best, others, self._model)
        return gathered(alike, chosen) if alike else chosen

    def _agreed(self, confidence: float, disputed: int) -> float:
        """Return how likely an answer is right, where documents give `disputed` others.

        Each is taken for as likely. Where it would be shown it still is, with the others.
        """
        each = confidence / (1 + disputed)
        return each if confidence < self.threshold else max(each, self.threshold)

    def score(self, candidate: Candidate) -> float:
        return _dot(self._weights.sentence, candidate.signals)

    def looked_at(
        self, question: str, found: Sequence[Candidate]
    ) -> tuple[list[Candidate], list[Candidate]]:
        """Return the likeliest candidates, read again by themselves, and the rest; best first."""
        ranked = sorted(found, key=lambda c: -self.score(c))
        again = reread(question, ranked[:REREAD], self._model)
        return sorted(again, key=lambda c: -self.score(c)), ranked[REREAD:]

    def candidates(self, question: str, hits: Sequence[Hit]) -> list[Candidate]:
        """Return every sentence of the best hits once, with its signals."""
        read = hits[:PASSAGES]
        seen = [rendered(hit.passage) for hit in read]
        logits = self._model.logits(question, [r.lead for r in seen], [r.text for r in seen])
        found = [
            [
                replace(best, span=rendering.place(best.span))
                for best in best_spans(
                    spoken, [(s.sentence, (s.start, s.end)) for s in rendering.stretches]
                )
            ]
            for spoken, rendering in zip(logits, seen, strict=True)
        ]
        return candidates(question, read, found)


def _reordered(hits: Sequence[Hit], ranked: Sequence[tuple[float, Candidate]]) -> list[Hit]:
    """Return the hits that were read, by the score of their likeliest sentence, then the rest.

    The rest go on from the lowest of those scores by the distances that retrieval gave them.
    """
    read: dict[int, float] = {}  # the rank of a hit -> its score
    for score, candidate in ranked:
        read.setdefault(candidate.hit.rank, score)
    by_rank = {hit.rank: hit for hit in hits}
    found = [replace(by_rank[rank], score=score) for rank, score in read.items()]
    rest = [hit for hit in hits if hit.rank not in read]
    for hit in rest:
        score = found[len(read) - 1].score - (rest[0].score - hit.score)
        found.append(replace(hit, score=score))
    return [replace(hit, rank=rank) for rank, hit in enumerate(found, start=1)]


def _dot(weights: Sequence[float], signals: Sequence[float]) -> float:
    return sum(weight * signal for weight, signal in zip(weights, signals, strict=True))


def _weights_of(model: SpanModel) -> Path | Traversable:
    """Return the file that the model brings in its folder; else the one fitted to ours."""
    own = model.folder / CONFIDENCE if model.folder else None
    return own if own and own.is_file() else resources.files("assistant.reading") / CONFIDENCE


def load_weights(file: Path | Traversable) -> Weights:
    """Return what a `confidence.toml` says.

    Raises:
        BadSettings: it cannot be read, lacks a number, or weighs a signal that there is not.
    """
    try:
        kept = tomllib.loads(file.read_text(encoding="utf-8"))
        confidence = _numbers(kept["confidence"], (*Signals._fields, "intercept"))
        sentence = _numbers(kept["sentence"], SIGNALS)
        return Weights(sentence, confidence[:-1], confidence[-1], float(kept["threshold"]))
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise BadSettings(
            f"{file} does not say how sure answers are ({type(error).__name__}: {error}). Make it "
            "again with training/reader/fit_confidence.py, or remove it."
        ) from error


def _numbers(table: dict[str, float], names: Sequence[str]) -> tuple[float, ...]:
    if unknown := sorted(table.keys() - set(names)):
        raise ValueError(f"{', '.join(unknown)}: no signal of this version")
    return tuple(float(table[name]) for name in names)
