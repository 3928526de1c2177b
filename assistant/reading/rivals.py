"""Of sentences that say alike, the one that stands under what is asked about.

Parts of a document that are built alike (courses of a list, rows of a table, paragraphs on one lake
after another) say the same of different things. The span model looks at what is said; what it is
said of stands above, or before, or in another cell.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.reading.candidates import Candidate

MOST_LESS_LIKELY = 8.0  # log odds below a sentence at which one under more of the question is taken


def settled(ranked: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates, best first, with the one before all that the first must yield to.

    A sentence yields to another that says every word of the question that it says, and stands in
    and under more of them.
    """
    best, *others = ranked
    while True:
        over = next((other for other in others if _yields(best, other)), None)
        if over is None:
            return [best, *(c for c in ranked if c is not best)]
        best = over


def _yields(best: Candidate, other: Candidate) -> bool:
    return (
        other.margin > best.margin - MOST_LESS_LIKELY
        and best.says <= other.says
        and best.about < other.about | other.says
    )
