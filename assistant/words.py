"""A text's words as search and reading compare them: lower case, stemmed, stop words known."""

from __future__ import annotations

import re
import threading
from functools import lru_cache
from typing import Any

_LONGEST_KEPT = 60  # characters: longer ones are no words, and would fill the memory
WORD = re.compile(r"\w+(?:[.,]\d+)*", re.UNICODE)

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
    """Return the English Snowball stem of one lower-case word: "governments" -> "govern"."""
    return _stem(word) if len(word) <= _LONGEST_KEPT else str(_stemmer().stemWord(word))


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    return str(_stemmer().stemWord(word))


def words(text: str) -> list[str]:
    """Return the text's words in order, lower case: "70,000 in all" -> 70,000, in, all."""
    return WORD.findall(text.lower())


def content_words(text: str) -> list[str]:
    """Return the text's words without stop words, in order; all of them if none is left."""
    found = words(text)
    return [word for word in found if word not in STOP_WORDS] or found


def content_stems(text: str) -> set[str]:
    """Return the stems of the text's words that carry its matter."""
    return {stem(word) for word in words(text) if word not in STOP_WORDS}
