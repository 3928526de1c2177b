"""A text's words as search and reading compare them: lower case, stemmed, stop words known."""

from __future__ import annotations

import re
import threading
from functools import lru_cache
from typing import Any

_LONGEST_KEPT = 60  # characters: longer ones are no words, and would fill the memory
WORD = re.compile(r"[^\W_](?:\w*[^\W_])?(?:[.,]\d+)*")  # without marks of emphasis around it
_IN_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")

# Words that say how something is asked or said rather than what: they leave a question before it
# is searched for, and never leave the index.
STOP_WORDS = frozenset(
    """
    a about above after again against all also although am an and any are as at be because been
    before being below between both but by can cannot could did do does doing down during each
    either few for from further had has have having he her here hers herself him himself his how
    however i if in into is it its itself just let me might more most must my myself neither no nor
    not of off on once only or other our ours ourselves out over own per please quite rather same
    shall she should since so some such tell than that the their theirs them themselves then there
    these they this those though through thus to too under until up upon us very was we were what
    whatever when where whether which while who whom whose why will with within without would yes
    yet you your yours yourself
    s t d ll m re ve don doesn didn isn aren wasn weren hasn haven hadn won wouldn couldn shouldn
    """.split()  # noqa: SIM905
)


_own = threading.local()  # a stemmer holds the word that it works on: each thread has its own


def _stemmer() -> Any:
    import snowballstemmer

    if not hasattr(_own, "stemmer"):
        _own.stemmer = snowballstemmer.stemmer("english")
    return _own.stemmer


def stem(word: str) -> str:
    """Return what a lower-case word is compared by: "governments" -> "govern", "18,500" -> "18500".

    It is a word's English Snowball stem, and a number without the commas between its thousands.
    """
    if _IN_THOUSANDS.fullmatch(word):
        return word.replace(",", "")
    return _stem(word) if len(word) <= _LONGEST_KEPT else str(_stemmer().stemWord(word))


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    return str(_stemmer().stemWord(word))


def written_words(text: str) -> list[str]:
    """Return the text's words in order, as they are written: "Of 2.3.1, _all_" -> Of, 2.3.1, all.

    Questions and passages are cut by this alone, so that what both hold is found in both.
    """
    return WORD.findall(text)


def words(text: str) -> list[str]:
    """Return the text's words in order, lower case: "70,000 in All" -> 70,000, in, all."""
    return [word.lower() for word in written_words(text)]


def content_words(text: str) -> list[str]:
    """Return the text's words without stop words, in order; all of them if none is left."""
    found = words(text)
    return [word for word in found if word not in STOP_WORDS] or found


def content_stems(text: str) -> set[str]:
    """Return the stems of the text's words that carry its matter."""
    return {stem(word) for word in words(text) if word not in STOP_WORDS}
