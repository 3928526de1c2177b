"""Of sentences that say alike, the one that stands under what is asked about, or all that differ.

Parts of a document that are built alike (courses of a list, rows of a table, paragraphs on one lake
after another) say the same of different things. The span model looks at what is said; what it is
said of stands above, or before, or in another cell.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.reading.candidates import Candidate
from assistant.words import words

MOST_LESS_LIKELY = 8.0  # log odds below a sentence at which one under more of the question is taken
AS_LIKELY = 3.0  # log odds below a sentence at which another document may contradict it
ALIKE = 0.6  # share of the words of two sentences, but for those that answer, that both have


def settled(ranked: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates, best first, with the one before all that the first must yield to.

    A sentence yields to the likeliest of those that say every word of the question that it says,
    and stand in and under more of them, or say more and are as much about it. That never goes
    round: who is yielded to says and is about more.
    """
    best = ranked[0]
    while over := [other for other in ranked if _yields(best, other)]:
        best = max(over, key=lambda candidate: candidate.margin)
    return [best, *(c for c in ranked if c is not best)]


def _yields(best: Candidate, other: Candidate) -> bool:
    if other.margin < best.margin - MOST_LESS_LIKELY or not best.says <= other.says:
        return False
    if best.about < other.about:
        return True
    return best.says < other.says and best.about == other.about and not other.leads


def disputing(best: Candidate, others: Sequence[Candidate]) -> list[Candidate]:
    """Return the sentences of other documents that say the same with another answer.

    Two versions of a policy, two price lists: which of them holds is not for the reader to guess.
    """
    return [
        other
        for other in others
        if other.passage.document != best.passage.document
        and other.says == best.says
        and other.margin > best.margin - AS_LIKELY
        and _answer(other) != _answer(best)
        and _same(_frame(other), _frame(best))
    ]


def _answer(candidate: Candidate) -> list[str]:
    return words(candidate.passage.words_at(candidate.answer))


def _frame(candidate: Candidate) -> set[str]:
    """Return the words of a sentence around those that answer."""
    return set(words(candidate.text)) - set(_answer(candidate))


def _same(one: set[str], other: set[str]) -> bool:
    return len(one & other) >= ALIKE * max(1, len(one | other))
