"""A text's words as search and reading compare them: in one form, stemmed, stop words known."""

from __future__ import annotations

import re
import threading
import unicodedata
from functools import lru_cache
from typing import Any, NamedTuple

from assistant.dates import DATE, date_stems

_LONGEST_KEPT = 60  # characters: longer ones are no words, and would fill the memory
# Without marks of emphasis around it; a comma parts thousands, or what stands beside one another.
WORD = re.compile(r"[^\W_](?:\w*[^\W_])?(?:\.\d+|,\d{3}(?!\d))*")
_DIGIT = re.compile(r"\d")
_INITIALS = r"(?<!\w)[^\W\d_](?:\.[^\W\d_])+(?!\w)"  # "U.S", "a.m"
# "18 500" with any space or an apostrophe; a longer row of digits is no number but a telephone's.
_SPACED = (
    r"(?<![\w.,+'’-])(?<!\d\s)[1-9]\d{0,2}(?P<space>[ \u00a0\u2009\u202f'’])\d{3}"
    r"(?:(?P=space)\d{3})*(?:[.,]\d+)?(?![\w'’-]|\s\d)"
)
_IN_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)")
_SPACES = re.compile(r"[\s'’]")

# In two, since most sentences hold no digit, and looking for dates at each letter takes its time.
_WITHOUT_DIGITS = re.compile(f"(?P<initials>{_INITIALS})|{WORD.pattern}")
_WITH_DIGITS = re.compile(
    f"(?P<date>{DATE})|(?P<spaced>{_SPACED})|(?P<initials>{_INITIALS})|{WORD.pattern}"
)
_AROUND = 2  # words on either side that tell whether a text is in capitals

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


class Word(NamedTuple):
    """A word of a text, or a date or a number of several."""

    written: str  # as it stands in the text
    stems: tuple[str, ...]  # what it is compared by: one, of a date several
    stop: bool  # whether it is a stop word: never what is asked for


_own = threading.local()  # a stemmer holds the word that it works on: each thread has its own


def _stemmer() -> Any:
    import snowballstemmer

    if not hasattr(_own, "stemmer"):
        _own.stemmer = snowballstemmer.stemmer("english")
    return _own.stemmer


def stem(word: str) -> str:
    """Return what a lower-case word is compared by: "governments" -> "govern", "18,500" -> "18500".

    It is a word's English Snowball stem without accents, and a number without the commas between
    its thousands or the letters of an ordinal: "3rd" -> "3".
    """
    return _stem(word) if len(word) <= _LONGEST_KEPT else _stemmed(word)


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    return _stemmed(word)


def _stemmed(word: str) -> str:
    if word[:1].isdigit():
        if _IN_THOUSANDS.fullmatch(word):
            return word.replace(",", "")
        ordinal = _ORDINAL.fullmatch(word)
        return ordinal[1] if ordinal else word
    if not word.isascii():
        parts = unicodedata.normalize("NFD", word)
        word = unicodedata.normalize("NFC", re.sub("[\u0300-\u036f]", "", parts))
    return str(_stemmer().stemWord(word))


def cut(text: str) -> list[Word]:
    """Return the text's words in order, each with what it is compared by.

    Questions, passages and the word index are cut by this alone, so that what two of them hold is
    found in both. A date is one word, and compared by its parts: see `dates`. An acronym that would
    be a stop word but for its capitals keeps them in its stem: "WHO", "US". "U.S." is "US", and
    "18 500" is "18500".
    """
    cutting = _WITH_DIGITS if _DIGIT.search(text) else _WITHOUT_DIGITS
    found: list[Word] = []
    doubtful: list[int] = []  # places of stop words in capitals
    for match in cutting.finditer(text):
        written = match.group()
        kind = match.lastgroup
        if kind == "date" and (parts := date_stems(match)):
            found.append(Word(written, parts, False))
            continue
        if kind == "date":  # such as the 31st of February
            found += map(_word, WORD.findall(written))
        elif kind == "spaced":
            found.append(Word(written, (_SPACES.sub("", written),), False))
        elif kind == "initials":
            found.append(_word(written.replace(".", ""), written))
        else:
            found.append(_word(written))
        if found[-1].stop and len(written) > 1 and written.isupper():
            doubtful.append(len(found) - 1)
    for place in doubtful:
        if _is_acronym(found, place):
            written = found[place].written
            found[place] = Word(written, (written.replace(".", "").upper(),), False)
    return found


def _word(written: str, shown: str = "") -> Word:
    lower = written.lower()
    return Word(shown or written, (stem(lower),), lower in STOP_WORDS)


def _is_acronym(found: list[Word], place: int) -> bool:
    """Whether a stop word in capitals is an acronym: not in a heading all in capitals."""
    near = found[max(0, place - _AROUND) : place] + found[place + 1 : place + 1 + _AROUND]
    around = [word.written for word in near if any(map(str.isalpha, word.written))]
    return not around or any(not word.isupper() for word in around)


def written_words(text: str) -> list[str]:
    """Return the text's words in order, as they are written: "Of 2.3.1, all" -> Of, 2.3.1, all."""
    return WORD.findall(text)


def words(text: str) -> list[str]:
    """Return the text's words in order, lower case: "70,000 in All" -> 70,000, in, all."""
    return [word.lower() for word in written_words(text)]


def stems(text: str) -> list[str]:
    """Return the stems of all the text's words, in order."""
    return [stem for word in cut(text) for stem in word.stems]


def asked_stems(question: str) -> list[str]:
    """Return the stems of a question without stop words, in order; of all words if none is left."""
    found = cut(question)
    asked = [stem for word in found if not word.stop for stem in word.stems]
    return asked or [stem for word in found for stem in word.stems]


def content_stems(text: str) -> set[str]:
    """Return the stems of the text's words that carry its matter."""
    return {stem for word in cut(text) if not word.stop for stem in word.stems}
