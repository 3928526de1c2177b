"""How much of a question's words a text holds."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

from assistant.abbreviations import abbreviations
from assistant.values import Passage
from assistant.words import asked_stems, cut, stems

QUESTION_MARKS = ("?", "？", "؟")
Asked = str | tuple[str, ...]  # a stem; or an abbreviation's, and those of its expansion
WordWeights = dict[Asked, float]
WORTH_ADDING = 0.15  # of the weight of the question's words, for one more sentence


def word_weights(question: str, sentences: Sequence[str]) -> WordWeights:
    """Return the question's stems, each weighted by how few of the sentences hold it.

    The weight is log(1 + N / (1 + n)), with n of N sentences holding the stem: inverse document
    frequency (Spärck Jones 1972) over the candidates at hand. An abbreviation that the question
    explains is one word: either form of it holds it.
    """
    pairs = [(*stems(short), *stems(long)) for short, long in abbreviations([question]).items()]
    explained = {stem for pair in pairs for stem in pair}
    asked: list[Asked] = [*pairs, *sorted(set(asked_stems(question)) - explained)]
    held = [set(stems(sentence)) for sentence in sentences]
    return {
        one: math.log(1 + len(held) / (1 + sum(_holds(text, one) for text in held)))
        for one in asked
    }


def held(weights: WordWeights, text: str) -> frozenset[Asked]:
    """Return what of the question the text holds."""
    found = set(stems(text))
    return frozenset(one for one in weights if _holds(found, one))


def share(weights: WordWeights, some: Collection[Asked]) -> float:
    """Return the share of the question's word weight that some of its words have, 0 to 1."""
    total = sum(weights.values())
    return sum(weight for one, weight in weights.items() if one in some) / total if total else 0.0


def coverage(weights: WordWeights, text: str) -> float:
    """Return the share of the question's word weight that the text holds, 0 to 1."""
    return share(weights, held(weights, text))


def _holds(found: set[str], asked: Asked) -> bool:
    if isinstance(asked, str):
        return asked in found
    short, *long = asked
    return short in found or found.issuperset(long)


def names_held(question: str, passage: Passage) -> set[str]:
    """Return the stems of the question's names and numbers that the passage holds."""
    return named_stems(question) & set(stems(with_headings(passage)))


def named_stems(question: str) -> set[str]:
    """Return the stems of the question's names, numbers and dates.

    A name is a capitalised word that does not begin the question; a number begins with a digit.
    """
    return {
        stem
        for place, word in enumerate(cut(question))
        if word.written[0].isdigit()
        or len(word.stems) > 1
        or (place and word.written[0].isupper() and not word.stop)
        for stem in word.stems
    }


def with_headings(passage: Passage) -> str:
    return "\n".join([passage.title, *passage.headings, passage.text])


def heading(passage: Passage) -> str:
    """Return the heading that the passage stands under, of several the lowest; may be empty."""
    return passage.headings[-1] if passage.headings else ""


def asking_heading(passage: Passage) -> str:
    """Return the heading if it is a question, as in lists of frequent ones; else nothing."""
    above = heading(passage)
    return above if above.endswith(QUESTION_MARKS) else ""


def heading_holds_more(question: str, passage: Passage, text: str) -> bool:
    """Whether the heading above holds more of the question's word weight than a text below it."""
    above = heading(passage)
    weights = word_weights(question, [above, text])
    return coverage(weights, above) > coverage(weights, text)
