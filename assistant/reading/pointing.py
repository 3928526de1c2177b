"""Which sentence another one speaks of: "It holds 70 litres" says nothing by itself."""

from __future__ import annotations

import re

from assistant.reading import structure
from assistant.values import Passage
from assistant.words import content_stems, stem

# A sentence that begins so is only understood after the one before it: with a pronoun, or with
# something that is called "the …" in lower case as if it had been named.
_PRONOUN = re.compile(
    r"(?:(?:But|And|Yet|However,|Still,|In|By|Since|After|Before|For|While)\b[^.;:]{0,30}?\s)?"
    r"(?:he|she|it|they|his|her|its|their|this|that|these|those|such|both)\b",
    re.IGNORECASE,
)
_DEFINITE = re.compile(r"The\s([^\W\d_A-Z]+)\b")


def points_back(question: str, sentence: str) -> bool:
    """Whether the sentence speaks of something that neither it nor the question names."""
    definite = _DEFINITE.match(sentence)
    if definite is not None:
        return stem(definite[1]) not in content_stems(question)
    return _PRONOUN.match(sentence) is not None


def antecedent(passage: Passage, number: int) -> int | None:
    """Return the number of the sentence that one which begins with a pronoun goes on with.

    That is the nearest before it, of the same block, that names what it speaks of; None for others.
    """
    if number <= 0 or not _begins_with_pronoun(passage, number):
        return None
    block = structure.number_of(passage, number)
    for before in range(number - 1, -1, -1):
        if structure.number_of(passage, before) != block:
            return None
        if not _begins_with_pronoun(passage, before):
            return before
    return None


def _begins_with_pronoun(passage: Passage, number: int) -> bool:
    return _PRONOUN.match(passage.words_at(passage.sentences[number])) is not None
