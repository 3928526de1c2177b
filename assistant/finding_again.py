"""A quote and where it stood -> where it stands now, after its document's text was mended or moved.

Facts, earlier runs, conversations and feedback name places by offsets and keep the words beside
them. The words find the place again: as they are or, where `sources` mends texts otherwise than it
did, in the form that they have in common.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable
from functools import cached_property

from assistant.values import Span

LARGEST_MENDED_CHARS = 5_000_000  # of a larger text, only the very words are looked for
_TIMES_NEARER = 4  # than any other place, of words that stand at several

_LIGATURES = {chr(code): unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)}
# What a text is mended in: hyphens of words that may be broken at a line's end, white space.
_MENDED = re.compile(
    rf"(?P<hyphen>\u00ad\s*|(?<=\w)[-\u2010\u2011](?:[^\S\n]*\n\s*)?(?=\w))|(?P<space>\s+)"
    rf"|(?P<ligature>[{''.join(_LIGATURES)}])"
)


class Places:
    """Finds quotes in one text."""

    def __init__(self, text: str) -> None:
        self.text = text

    def find(self, quote: str, start: int) -> Span | None:
        """Return where the words of a quote stand that began at `start`.

        None where they do not, or where it cannot be told which of several places is meant.
        """
        if not quote.strip():
            return None
        if start >= 0 and self.text.startswith(quote, start):
            return start, start + len(quote)
        found = _nearest(self.text, quote, start)
        if found is not None:
            return found, found + len(quote)
        if quote in self.text or len(self.text) > LARGEST_MENDED_CHARS:
            return None
        return self._mended_place(quote, start)

    def _mended_place(self, quote: str, start: int) -> Span | None:
        mended, places = self._mended
        wanted = _mend(unicodedata.normalize("NFC", quote))[0].strip()
        found = _nearest(mended, wanted, start) if wanted else None
        if found is None:
            return None
        first, last = found, found + len(wanted) - 1
        return _origin(places, first)[0], _origin(places, last)[1]

    @cached_property
    def _mended(self) -> tuple[str, list[tuple[int, int, int, int]]]:
        return _mend(self.text)


def finder(text_of: Callable[[str], str | None]) -> Callable[[str, str, int], Span | None]:
    """Return what finds a quote in a document, by its path; each text is mended once."""
    known: dict[str, Places | None] = {}

    def find(path: str, quote: str, start: int) -> Span | None:
        if path not in known:
            text = text_of(path)
            known[path] = None if text is None else Places(text)
        places = known[path]
        return places.find(quote, start) if places else None

    return find


def _nearest(text: str, words: str, start: int) -> int | None:
    """Return the only place of the words, or one that is much nearer to `start` than others."""
    start = max(start, 0)
    after, before = text.find(words, start), text.rfind(words, 0, start + len(words) - 1)
    around = [place for place in (before, after) if place >= 0]
    if not around:
        return None
    best = min(around, key=lambda place: abs(place - start))
    others = [place for place in around if place != best]
    others += [
        text.find(words, best + 1) if best >= start else text.rfind(words, 0, best + len(words) - 1)
    ]
    distance = _TIMES_NEARER * abs(best - start)
    return best if all(place < 0 or abs(place - start) > distance for place in others) else None


def _mend(text: str) -> tuple[str, list[tuple[int, int, int, int]]]:
    """Return the text in the form that all ways of mending have in common, and its pieces.

    A piece is where it begins in that form, and from where to where it reaches in the text, and how
    many characters it has in that form; those of a piece that is as long in both stand one by one.
    """
    parts: list[str] = []
    pieces: list[tuple[int, int, int, int]] = []
    length = done = 0

    def add(words: str, start: int, end: int) -> None:
        nonlocal length
        if words:
            parts.append(words)
            pieces.append((length, start, end, len(words)))
            length += len(words)

    for mark in _MENDED.finditer(text):
        add(text[done : mark.start()], done, mark.start())
        if mark["space"]:
            add(" ", mark.start(), mark.end())
        elif mark["ligature"]:
            add(_LIGATURES[mark["ligature"]], mark.start(), mark.end())
        done = mark.end()
    add(text[done:], done, len(text))
    return "".join(parts), pieces


def _origin(pieces: list[tuple[int, int, int, int]], place: int) -> Span:
    """Return from where to where the character stands in the text."""
    begins, start, end, size = pieces[bisect_right(pieces, place, key=lambda piece: piece[0]) - 1]
    if end - start != size:
        return start, end
    return start + place - begins, start + place - begins + 1
