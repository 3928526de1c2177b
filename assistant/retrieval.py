"""A question to the passages that may answer it: by meaning and by word, fused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.index import Index
from assistant.values import Hit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DEPTH = 50  # passages that each arm brings to the fusion, at least
DENSE_WEIGHT = 0.6  # best of 0.5 to 0.7 over articles, posts and search queries together


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
    convex combination of both arms,

        w * cosine² + (1 - w) * share² * BM25 / best BM25,

    where `share` is that of the question's stems which the passage of the best BM25 holds. Each arm
    weighs by how well its best passage fits, squared: where no passage says what is asked in its
    words, they weigh little, and so does meaning where none is near. A negative cosine counts as 0.
    The score lies between 0 and 1 and means the same for every question: 1 is said by a passage
    that is the question. Unlike a fusion of ranks it keeps how much better one passage is than the
    next (Bruch, Gai and Ingber 2023, "An Analysis of Fusion Functions for Hybrid Retrieval").
    """
    if limit < 1 or (documents is not None and not documents):
        return []
    depth = max(DEPTH, limit)
    cosines = index.nearest(vector, depth, documents)
    words = index.matching(question, depth, documents)
    if apart := [id for id in words if id not in cosines]:
        cosines |= index.similarities(vector, apart)
    scores = {
        id: DENSE_WEIGHT * max(cosine, 0.0) ** 2 + (1 - DENSE_WEIGHT) * words.get(id, 0.0)
        for id, cosine in cosines.items()
    }
    best = index.passages(sorted(scores, key=lambda id: (-scores[id], id)), limit)
    # Places break ties, so that the same question always gets the same order.
    ranked = sorted(best, key=lambda id: (-scores[id], best[id].document, best[id].position))
    return [Hit(best[id], scores[id], rank) for rank, id in enumerate(ranked, start=1)]
