"""What is an English word, by lists that packages carry: what a slip is not mistaken for.

Symspellpy's list, of words in both Google Books and SCOWL's spelling lists, holds hardly any common
misspelling, which lists made by frequency alone do; LemmInflect's, of the SPECIALIST Lexicon of the
U.S. National Library of Medicine, adds to it what its lemmas tell.
"""

from __future__ import annotations

from functools import cache, lru_cache
from importlib import resources

COMMON = 1_000_000  # times in Google's books, at least, of a word that everyone writes
_LIST = "frequency_dictionary_en_82_765.txt"  # of symspellpy: a word and its count in each line


def is_word(word: str) -> bool:
    """Whether a lower-case word is an English one; names mostly are not."""
    return word in _listed() or bool(parts_of_speech(word))


def is_rare(word: str) -> bool:
    """Whether a lower-case English word is no common one, by how often books hold it."""
    return is_word(word) and _listed().get(word, 0) < COMMON


@cache
def _listed() -> dict[str, int]:
    text = (resources.files("symspellpy") / _LIST).read_text(encoding="utf-8-sig")
    pairs = (line.partition(" ") for line in text.splitlines())
    return {word: int(count) for word, _, count in pairs}


@lru_cache(maxsize=20_000)
def parts_of_speech(word: str) -> dict[str, tuple[str, ...]]:
    """Return the lemmas of a lower-case word, the commoner first, by the kind of word they are."""
    from lemminflect import getAllLemmas  # its lexicon takes a second to read

    return dict(getAllLemmas(word)) if word.isalpha() and word.islower() else {}
