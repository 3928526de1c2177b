"""Hits -> the same, those before the others of which one sentence is near what is asked.

What a passage of a hundred words is near to is what it is about as a whole. What answers a question
in other words than the text's is one sentence of it, and by itself that is much nearer. Sentences
are embedded when a passage is first found and kept: an index of all of them would be five times as
large, and take five times as long to build.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.caching import BoundedCache
from assistant.embedding import Embedder
from assistant.values import Hit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RERANKED = 20  # hits of the search; more change nothing in which come first
WEIGHT = 0.45  # of the nearest sentence, beside the 1 of the search's score
_KEPT_BYTES = 64_000_000  # vectors of sentences: those of some 8,000 passages


class Reranker:
    """Safe for threads; keeps the vectors of the sentences that it met last."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._kept: BoundedCache[NDArray[np.float32]] = BoundedCache(
            _KEPT_BYTES, lambda vectors: vectors.nbytes
        )

    def rerank(self, vector: NDArray[np.float32], hits: Sequence[Hit]) -> list[Hit]:
        """Return the hits, best first; `vector` is the question's.

        The score of a hit becomes the mean of that of the search and the square of the cosine of
        its nearest sentence, the greatest similarity of late interaction (Khattab and Zaharia 2020)
        over sentences instead of words, weighed 1 to `WEIGHT`: it still lies between 0 and 1.
        """
        texts = [tuple(map(hit.passage.words_at, hit.passage.sentences)) for hit in hits]
        sentences = self._kept.get_all(texts, self._embedded)
        scored = []
        for hit, vectors in zip(hits, sentences, strict=True):
            nearest = max(0.0, float((vectors @ vector).max(initial=0.0)))
            score = (hit.score + WEIGHT * nearest**2) / (1 + WEIGHT)
            scored.append(replace(hit, score=score))
        ranked = sorted(scored, key=lambda hit: (-hit.score, hit.rank))
        return [replace(hit, rank=rank) for rank, hit in enumerate(ranked, start=1)]

    def _embedded(self, passages: Sequence[tuple[str, ...]]) -> list[NDArray[np.float32]]:
        """Return for each passage the vectors of its sentences, shape (sentences, dimensions)."""
        every = self._embedder.embed_passages(
            [text for texts in passages for text in texts] or [""]
        )
        found, first = [], 0
        for texts in passages:
            found.append(every[first : first + len(texts)].copy())  # not a view that keeps it all
            first += len(texts)
        return found
