"""What is an English word, by lists that packages carry: what a slip is not mistaken for.

Symspellpy's list, of words in both Google Books and SCOWL's spelling lists, holds hardly any common
misspelling, which lists made by frequency alone do; LemmInflect's, of the SPECIALIST Lexicon of the
U.S. National Library of Medicine, adds to it what its lemmas tell.
"""

from __future__ import annotations

from functools import cache, lru_cache
from importlib import resources

_LIST = "frequency_dictionary_en_82_765.txt"  # of symspellpy: a word and its count in each line


def is_word(word: str) -> bool:
    """Whether a lower-case word is an English one; names mostly are not."""
    return word in _listed() or bool(parts_of_speech(word))


@cache
def _listed() -> frozenset[str]:
    text = (resources.files("symspellpy") / _LIST).read_text(encoding="utf-8-sig")
    return frozenset(line.partition(" ")[0] for line in text.splitlines())


@lru_cache(maxsize=20_000)
def parts_of_speech(word: str) -> dict[str, tuple[str, ...]]:
    """Return the lemmas of a lower-case word, the commoner first, by the kind of word they are."""
    from lemminflect import getAllLemmas  # its lexicon takes a second to read

    return dict(getAllLemmas(word)) if word.isalpha() and word.islower() else {}
