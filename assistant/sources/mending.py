"""What printing has done to words is undone once, before any offset is counted.

Ligatures become letters, soft hyphens go, and a word that the end of a line breaks is joined: its
end moves up, so that the lines stay, but for one that held nothing else.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path

MOST_CHARS = 2_000  # of a line that a word is moved up to

_LETTERS = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
)
_SOFT = "\u00ad"
_BREAK = re.compile(rf"(?:^|[\s(\[\"'“‘„«*_])((?:[^\W\d_]+-)*)([^\W\d_]{{2,}})[-{_SOFT}]$")
_REST = re.compile(r"([ \t]*(?:>[> \t]*)?)(([^\W\d_]{2,})\S*)[ \t]*(.*)")
_QUOTES = re.compile(r"[ \t]*(?:>[> \t]*)?")
_FORM = re.compile(r"[|\t]|\S {3,}\S|^[ ]{0,3}#")  # a table's line, or a heading
_FENCE = re.compile(r"[ \t>]*(```|~~~)")
_CODE_INDENT = "    "
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_BROKEN = re.compile(r"(?<![^\W\d_])[^\W\d_]+(?:-[ \t]*\n[ \t>]*[^\W\d_]+)+")
_WORDS = "frequency_dictionary_en_82_765.txt"
_LEMMAS = "resources/lemma_lu.csv.gz"
_SUSPENDED = frozenset({"and", "or", "to"})  # "short- and long-term"


def without_marks_of_print(text: str) -> str:
    """Return the text with letters for ligatures, and without soft hyphens within lines."""
    return re.sub(f"{_SOFT}(?!\n)", "", text.translate(_LETTERS))


def joined(text: str, *, has_code: bool) -> str:
    """Return the text with the words whole that are broken at the end of a line.

    A hyphen stays where the document writes the word so elsewhere, or where both of its halves are
    words and the whole is none, by the document and the dictionary. Nothing is joined before a
    capital or a digit, in tables and headings and, where a text `has_code`, in code.
    """
    if "-\n" not in text and f"{_SOFT}\n" not in text:
        return text
    words = _Words(text)
    lines = text.split("\n")
    kept: list[str] = []
    number, fenced = 0, False
    while number < len(lines):
        line = lines[number]
        number += 1
        fence = has_code and _FENCE.match(line)
        fenced ^= bool(fence)
        if not (fenced or fence or _FORM.search(line) or (has_code and _is_indented(line))):
            while (
                number < len(lines)
                and len(line) < MOST_CHARS
                and (found := _moved_up(line, lines[number], words))
            ):
                line, rest = found
                if rest is not None:
                    lines[number] = rest
                    break
                number += 1
        kept.append(line.rstrip(_SOFT))
    return "\n".join(kept)


def _is_indented(line: str) -> bool:
    return line.startswith((_CODE_INDENT, "\t"))


def _moved_up(line: str, following: str, words: _Words) -> tuple[str, str | None] | None:
    """Return a line with the end of its last word, and the next line without it; None if whole.

    Of a line that holds nothing else, None is left.
    """
    line = line.rstrip(" \t")
    broken = _BREAK.search(line[-200:]) if line.endswith(("-", _SOFT)) else None
    rest = _REST.fullmatch(following) if broken else None
    if broken is None or rest is None or not rest[3].islower() or _FORM.search(following):
        return None
    if _QUOTES.match(line)[0].strip() != rest[1].strip():  # type: ignore[index]  # matches ""
        return None
    if line.endswith(_SOFT):
        hyphen = ""
    elif rest[3] in _SUSPENDED:
        return None
    else:
        hyphen = "-" if broken[1] or words.has_hyphen(broken[2], rest[3]) else ""
    return f"{line[:-1]}{hyphen}{rest[2]}", f"{rest[1]}{rest[4]}" if rest[4] else None


@dataclass(frozen=True)
class _Words:
    """What a document writes in one word, and what with a hyphen."""

    text: str

    @cached_property
    def _all(self) -> frozenset[str]:
        whole = _BROKEN.sub(" ", self.text)
        return frozenset(word.lower() for word in _WORD.findall(whole))

    def has_hyphen(self, first: str, rest: str) -> bool:
        first = first.lower()
        if f"{first}{rest}" in self._all:
            return False
        if f"{first}-{rest}" in self._all:
            return True
        return not _is_word(f"{first}{rest}") and self._holds(first) and self._holds(rest)

    def _holds(self, word: str) -> bool:
        return word in self._all or _is_word(word)


def _is_word(word: str) -> bool:
    """Whether English has a word, by the lists that `assistant.dictionary` goes by."""
    return word in _lexicon()


@cache
def _lexicon() -> frozenset[str]:
    """Read the lists without importing their packages, one of which loads NumPy."""
    return frozenset((*_listed("symspellpy", _WORDS), *_listed("lemminflect", _LEMMAS)))


def _listed(package: str, name: str) -> Iterator[str]:
    """Yield the words of a package's list; none where it is not there."""
    found = find_spec(package)
    for folder in (found.submodule_search_locations or ()) if found else ():
        file = Path(folder, name)
        if file.is_file():
            unpack = gzip.open if file.suffix == ".gz" else open
            with unpack(file, "rt", encoding="utf-8-sig") as lines:
                yield from (re.split("[, ]", line, maxsplit=1)[0].lower() for line in lines)
