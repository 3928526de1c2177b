"""A question to the passages that may answer it: by meaning and by word, fused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.index import Index
from assistant.values import Hit, Passage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DEPTH = 50  # passages that each arm brings to the fusion, at least
DENSE_WEIGHT = 0.6  # best of 0.3 to 0.8 on questions over public articles, by nDCG@10


def retrieve(
    question: str,
    vector: NDArray[np.float32],
    index: Index,
    *,
    limit: int,
    documents: Sequence[str] | None = None,
) -> list[Hit]:
    """Return at most `limit` passages, best first; fewer only if the index holds fewer.

    `vector` is the question's. `documents` limits the search to those paths. The score is the
    convex combination of both arms, w * cosine + (1 - w) * BM25 / best BM25 (Bruch, Gai and Ingber
    2023, "An Analysis of Fusion Functions for Hybrid Retrieval"): unlike a fusion of ranks it
    keeps how much better one passage is than the next.
    """
    if limit < 1 or (documents is not None and not documents):
        return []
    depth = max(DEPTH, limit)
    dense = index.nearest(vector, depth, documents)
    lexical = index.matching(question, depth, documents)
    passages: dict[tuple[str, int], Passage] = {}
    for passage, _ in (*dense, *lexical):
        passages.setdefault((passage.document, passage.position), passage)
    cosines = {(p.document, p.position): cosine for p, cosine in dense}
    missing = [key for key in passages if key not in cosines]
    cosines.update(
        zip(missing, index.similarities(vector, [passages[k] for k in missing]), strict=True)
    )
    best = max((score for _, score in lexical), default=1.0)
    words = {(p.document, p.position): score / best for p, score in lexical}
    scores = {
        key: DENSE_WEIGHT * cosines[key] + (1 - DENSE_WEIGHT) * words.get(key, 0.0)
        for key in passages
    }
    # Places break ties, so that the same question always gets the same order.
    ranked = sorted(scores, key=lambda key: (-scores[key], key))[:limit]
    return [Hit(passages[key], scores[key], rank) for rank, key in enumerate(ranked, start=1)]
