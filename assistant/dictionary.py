"""What is an English word, by lists that packages carry: what a slip is not mistaken for.

Symspellpy's list, of words in both Google Books and SCOWL's spelling lists, holds hardly any common
misspelling, which lists made by frequency alone do; LemmInflect's, of the SPECIALIST Lexicon of the
U.S. National Library of Medicine, adds to it what its lemmas tell.
"""

from __future__ import annotations

import gzip
from functools import cache, lru_cache
from importlib.metadata import distribution
from pathlib import Path

COMMON = 1_000_000  # times in Google's books, at least, of a word that everyone writes
_COUNTS = "frequency_dictionary_en_82_765.txt"  # of symspellpy: a word and its count in each line
_LEMMAS = "resources/lemma_lu.csv.gz"  # of LemmInflect: a word, its kind and its lemmas


def is_word(word: str) -> bool:
    """Whether English has a word as it is written: most names have a capital."""
    return word in _listed()


def is_rare(word: str) -> bool:
    """Whether a lower-case English word is no common one, by how often books hold it."""
    return is_word(word) and _listed()[word] < COMMON


@cache
def _listed() -> dict[str, int]:
    """Return the words of both lists, with how often books hold those of the first.

    The files are read as they are: importing their packages takes as long again.
    """
    with gzip.open(_file("lemminflect", _LEMMAS), "rt", encoding="utf-8") as lines:
        words = (line.partition(",")[0] for line in lines)
        listed = {word: 0 for word in words if word.isalpha()}
    with _file("symspellpy", _COUNTS).open(encoding="utf-8-sig") as lines:
        for line in lines:
            word, _, count = line.partition(" ")
            listed[word] = int(count)
    return listed


def _file(package: str, name: str) -> Path:
    return Path(str(distribution(package).locate_file(f"{package}/{name}")))


@lru_cache(maxsize=20_000)
def parts_of_speech(word: str) -> dict[str, tuple[str, ...]]:
    """Return the lemmas of a lower-case word, the commoner first, by the kind of word they are."""
    from lemminflect import getAllLemmas  # its lexicon takes a second to read

    return dict(getAllLemmas(word)) if word.isalpha() and word.islower() else {}
