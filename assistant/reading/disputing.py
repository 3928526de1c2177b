"""Sentences of other documents that say the same with another answer."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.reading.candidates import Candidate
from assistant.words import words

AS_LIKELY = 3.0  # log odds below a sentence at which another document may contradict it
ALIKE = 0.6  # share of the words of two sentences, but for those that answer, that both have


def disputing(best: Candidate, others: Sequence[Candidate]) -> list[Candidate]:
    """Return those of `others` that contradict the best one.

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
