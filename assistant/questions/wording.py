"""A question's numbers and dates, in the form in which the passages found for it write them.

Words are compared in one form, but a reader sees them as they stand: that 1250000 is 1,250,000, and
2011-05-17 the 17th of May, it hardly knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.words import Word, cut

MOST_FIGURES = 12  # in a question: each is held against all of the texts
LEAST_DIGITS = 4  # of a number that is written in more than one way


def as_written(question: str, texts: Sequence[str]) -> str:
    """Return the question with each number and date written as in `texts`, if it is not there so.

    A date without a year is taken for that of a year if the texts hold but one such. What the texts
    write in several ways is written as where it stands first.

    "Who came on April 3rd?", ["3 April 2023: Ada came."] -> "Who came on 3 April 2023?"
    """
    asked = list(_figures(question))
    if not 0 < len(asked) <= MOST_FIGURES:
        return question
    held = [word for text in texts for word in _figures(text)]
    for word in asked:
        same = [other for other in held if _same(word.stems, other.stems)]
        equal = [other for other in same if len(other.stems) == len(word.stems)]
        if word in held or not (equal or len({other.stems for other in same}) == 1):
            continue
        written = rf"(?<!\w){re.escape(word.written)}(?!\w)"
        question = re.sub(written, (equal or same)[0].written, question, count=1)
    return question


def _same(asked: tuple[str, ...], held: tuple[str, ...]) -> bool:
    """Whether both may be one: a date may have a second reading, and the asked one no year."""
    dated = len(held) > 3  # day, month, both together, and the year
    return set(asked) <= set(held) or (dated and set(held) <= set(asked))


def _figures(text: str) -> Iterator[Word]:
    """Yield the text's longer numbers and its dates with a day."""
    for word in cut(text):
        number = word.stems[0].isdecimal() and len(word.stems[0]) >= LEAST_DIGITS
        if number or len(word.stems) > 2:
            yield word
