"""Logits over a passage to the best answer within each of its sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.reading.model import Logits
from assistant.values import Span

MOST_TOKENS = 30  # of an answer that is less than a sentence


@dataclass(frozen=True)
class Found:
    """The likeliest answer within one sentence.

    `margin` is the log odds, by the model, of the answer lying in this sentence against there
    being none in the passage: log of the sum over all spans of exp(start + end) less the logit of
    no answer.
    """

    sentence: int  # its number
    span: Span  # in the text that the logits are over, or in the document
    margin: float


def best_spans(logits: Logits, stretches: Sequence[tuple[int, Span]]) -> list[Found]:
    """Return the best span within each sentence that has tokens, in order.

    `stretches` are the numbers of sentences, each with a span of the same text; a sentence may have
    several, as a row has cells. An answer never crosses their ends.
    """
    found: dict[int, Found] = {}
    highest: dict[int, float] = {}
    starts, ends = logits.offsets[:, 0], logits.offsets[:, 1]
    for number, (first, last) in stretches:
        tokens = np.flatnonzero((starts < last) & (ends > first) & (ends > starts))
        if not len(tokens):
            continue
        scores = _span_scores(logits.start[tokens], logits.end[tokens])
        begin, end = np.unravel_index(int(np.argmax(scores)), scores.shape)
        span = (
            max(first, int(starts[tokens[begin]])),
            min(last, int(ends[tokens[end]])),
        )
        best = float(scores.max())
        margin = best + float(np.log(np.exp(scores - best).sum())) - logits.none
        if number in found:
            margin = float(np.logaddexp(margin, found[number].margin))
            if best <= highest[number]:
                span = found[number].span
        highest[number] = max(best, highest.get(number, best))
        found[number] = Found(number, span, margin)
    return list(found.values())


def _span_scores(start: NDArray[np.float32], end: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return start + end of every span, -inf where it is none: shape (tokens, tokens).

    A span has at most MOST_TOKENS tokens, or is the whole sentence but for a mark at its end.
    """
    count = len(start)
    length = np.arange(count)[None, :] - np.arange(count)[:, None] + 1
    allowed = (length >= 1) & (length <= MOST_TOKENS)
    allowed[0, max(0, count - 2) :] = True
    scores: NDArray[np.float32] = np.where(allowed, start[:, None] + end[None, :], -np.inf)
    return scores
