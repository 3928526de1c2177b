"""A question with its misspelled words put right, by the words of the passages found for it.

Meaning finds the right passages in spite of a typing error; words do not, and a reader hardly does.
So the passages found for a question as typed are where its misspelled words are looked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import get_close_matches

from assistant.words import WORD, stem, written_words

LEAST_LETTERS = 5  # of a word that is put right: a shorter one is like too many others
MOST_LETTERS = 40  # likewise: comparing two words takes the square of their length
MOST_WORDS = 12  # to be put right: a question of more strange words is none with typing errors
ALIKE = 0.82  # difflib's ratio: one letter in six lost, two swapped in a word of eight

Known = Callable[[Sequence[str]], list[bool]]  # lower-case words -> whether each is a common word


def corrected(question: str, texts: Sequence[str], known: Known) -> str:
    """Return the question with each misspelled word replaced by the word of `texts` most like it.

    A word is misspelled that neither the texts hold nor is a common one. It is left as it is when
    no word of the texts is like it and begins like it; a name is only ever taken for a name.

    "What precentage of farms?", ["A percentage of farms"] -> "What percentage of farms?"
    """
    asked = [word for word in written_words(question) if _is_letters(word, LEAST_LETTERS)]
    held = dict.fromkeys(word for text in texts for word in written_words(text))
    stems = {stem(word.lower()) for word in held}
    strange = [word for word in dict.fromkeys(asked) if stem(word.lower()) not in stems]
    if not 0 < len(strange) <= MOST_WORDS:
        return question
    forms: dict[str, str] = {}  # lower-case word -> the way it is written: a name, or small
    for word in held:
        if _is_letters(word, LEAST_LETTERS - 1) and (word.islower() or word.lower() not in forms):
            forms[word.lower()] = word
    common = known([word.lower() for word in strange])
    put = {
        word: _nearest(word, forms, name=word[0].isupper() and not question.startswith(word))
        for word, is_common in zip(strange, common, strict=True)
        if not is_common
    }
    return WORD.sub(lambda match: put.get(match.group(), match.group()), question)


def _is_letters(word: str, least: int) -> bool:
    """Whether it is a word of letters alone, so many at least: names with digits are left alone."""
    return least <= len(word) <= MOST_LETTERS and word.isalpha()


def _nearest(word: str, forms: dict[str, str], *, name: bool) -> str:
    lower = word.lower()
    alike = [
        form
        for form, written in forms.items()
        if form[0] == lower[0] and (written[0].isupper() or not name)
    ]
    found = get_close_matches(lower, alike, n=1, cutoff=ALIKE)
    return forms[found[0]] if found else word
