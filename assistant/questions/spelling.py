"""A question with its misspelled words put right, by the words of the passages found for it.

Meaning finds the right passages in spite of a typing error; words do not, and a reader hardly does.
So the passages found for a question as typed are where its misspelled words are looked for. What is
a word of its own is not put right, however like one of the passages it is: "hypertension" is none
of "hypotension". Nor do these passages answer it, though meaning finds them all the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from difflib import SequenceMatcher, get_close_matches
from itertools import chain, takewhile

from assistant.dictionary import is_rare, is_word, parts_of_speech
from assistant.words import STOP_WORDS, WORD, stem, written_words

LEAST_LETTERS = 5  # of a word that is put right: a shorter one is like too many others
LONG_LETTERS = 9  # of words that are taken for one another: shorter ones are alike by chance
MOST_LETTERS = 40  # likewise: comparing two words takes the square of their length
MOST_WORDS = 12  # to be put right: a question of more strange words is none with typing errors
ALIKE = 0.82  # difflib's ratio: one letter in six lost, two swapped in a word of eight
MISTAKABLE = 0.8  # likewise, of two words that are taken for one another
CANDIDATES = 5  # words of the passages that are held against one of the question
TWO_SLIPS = 8  # letters, at least, of a word that is put right in two places
BETWEEN = 2  # letters, at least, from one place to the other

Known = Callable[[Sequence[str]], list[bool]]  # lower-case words -> whether each is a common word

_DOUBLED = re.compile(r"(.)\1")
_SPELLINGS = (  # British ones of stems, and what Americans write
    (re.compile("ae|oe"), "e"),
    (re.compile("ou(?=r|l)"), "o"),
    (re.compile("[cz]"), "s"),  # "licence", "organize"
    (re.compile("er$"), "r"),
    (re.compile("ph"), "f"),
    (re.compile("dgem"), "dgm"),
    (_DOUBLED, r"\1"),
)


def corrected(question: str, texts: Sequence[str], known: Known) -> str:
    """Return the question with each misspelled word replaced by the word of `texts` most like it.

    A word is misspelled that neither the texts hold nor a dictionary nor is a common one. It is
    left as it is unless it is a slip for a word of the texts, see `is_slip`, and begins like it; a
    name is only ever taken for a name.

    "What precentage of farms?", ["A percentage of farms"] -> "What percentage of farms?"
    """
    held = _held(texts)
    strange = _strange(question, held)
    if not 0 < len(strange) <= MOST_WORDS:
        return question
    common = known([word.lower() for word in strange])
    forms = _forms(held, LEAST_LETTERS - 1)
    put = {
        word: _nearest(word, forms, name=word[0].isupper() and not question.startswith(word))
        for word, is_common in zip(strange, common, strict=True)
        if not is_common
    }
    return WORD.sub(lambda match: put.get(match.group(), match.group()), question)


def mistakable(question: str, texts: Sequence[str]) -> dict[str, frozenset[str]]:
    """Return the words of the question that no text holds, each with those that are like it there.

    All are in lower case, those of the question long or rare ones of the dictionary: common short
    ones are like others by chance. They are other words than the one asked for, "hypotension" for
    "hypertension", not other forms of it, other spellings or what is derived from it by an ending.
    """
    held = _held(texts)
    strange = _strange(question, held)
    if not 0 < len(strange) <= MOST_WORDS:
        return {}
    forms = [form for form in _forms(held, LEAST_LETTERS - 1) if form not in STOP_WORDS]
    found = {}
    for word in filter(_is_telling, map(str.lower, strange)):
        alike = get_close_matches(word, forms, n=CANDIDATES, cutoff=MISTAKABLE)
        found[word] = frozenset(form for form in alike if not _same_word(word, form))
    return {word: others for word, others in found.items() if others}


def _is_telling(word: str) -> bool:
    return len(word) >= LONG_LETTERS or is_rare(word)


def mistaken(question: str, texts: Sequence[str], answering: Sequence[str]) -> bool:
    """Whether what answers speaks of what is only like a word of the question: see `mistakable`.

    `texts` are all that was found, `answering` what the answer was taken from.
    """
    others = mistakable(question, texts).values()
    held = {word.lower() for word in _held(answering)}
    return not held.isdisjoint(chain.from_iterable(others))


def is_slip(written: str, meant: str) -> bool:
    """Whether a lower-case word may be another one, mistyped.

    A letter was lost, added, put for another or swapped with the next, once, in a long word twice;
    a letter that is doubled is as good as a single one (Damerau 1964, of whose errors four in five
    are one such). Two changes at one place are no slips: they put one part of a word for another,
    "hyper" for "hypo".
    """
    written, meant = _DOUBLED.sub(r"\1", written), _DOUBLED.sub(r"\1", meant)
    distance = _distance(written, meant)
    if distance < 2:
        return distance >= 0
    if min(len(written), len(meant)) < TWO_SLIPS:
        return False
    matcher = SequenceMatcher(None, written, meant, autojunk=False)
    blocks = [block for block in matcher.get_matching_blocks() if block.size]
    inner = [block.size for block in blocks if block.a > 0 and block.a + block.size < len(written)]
    return bool(inner) and min(inner) >= BETWEEN


def _distance(one: str, other: str) -> int:
    """Return how many slips make one of the other, 0 to 2; -1 for more."""
    from symspellpy.editdistance import DistanceAlgorithm, EditDistance

    return int(EditDistance(DistanceAlgorithm.DAMERAU_OSA).compare(one, other, 2))


def _held(texts: Iterable[str]) -> dict[str, None]:
    """Return the words of the texts as they are written, each once, in order."""
    return dict.fromkeys(word for text in texts for word in written_words(text))


def _strange(question: str, held: Iterable[str]) -> list[str]:
    """Return the question's longer words that the texts hold in no form."""
    stems = {stem(word.lower()) for word in held}
    asked = dict.fromkeys(word for word in written_words(question) if _is_letters(word))
    return [
        word for word in asked if stem(word.lower()) not in stems and word.lower() not in STOP_WORDS
    ]


def _is_letters(word: str, least: int = LEAST_LETTERS) -> bool:
    """Whether it is a word of letters alone, so many at least: names with digits are left alone."""
    return least <= len(word) <= MOST_LETTERS and word.isalpha()


def _forms(held: Iterable[str], least: int) -> dict[str, str]:
    """Return the words of so many letters, in lower case, each as it is written: small, if so."""
    forms: dict[str, str] = {}
    for word in held:
        if _is_letters(word, least) and (word.islower() or word.lower() not in forms):
            forms[word.lower()] = word
    return forms


def _nearest(word: str, forms: dict[str, str], *, name: bool) -> str:
    lower = word.lower()
    alike = [
        form
        for form, written in forms.items()
        if form[0] == lower[0] and (written[0].isupper() or not name)
    ]
    found = get_close_matches(lower, alike, n=CANDIDATES, cutoff=ALIKE)
    slips = [form for form in found if is_slip(lower, form)]
    return forms[slips[0]] if slips and not is_word(lower) else word


def _same_word(one: str, other: str) -> bool:
    """Whether two like words are forms of one, or one is made of the other by an ending."""
    first, second = _spelled(stem(one)), _spelled(stem(other))
    pairs = zip(first, second, strict=False)
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    ends = first[shared:][-1:], second[shared:][-1:]
    return "" in ends or ends[0] != ends[1] or not _lemmas(one).isdisjoint(_lemmas(other))


def _lemmas(word: str) -> set[str]:
    return {lemma for lemmas in parts_of_speech(word).values() for lemma in lemmas}


def _spelled(stem: str) -> str:
    for british, american in _SPELLINGS:
        stem = british.sub(american, stem)
    return stem
