"""What printing has done to words is undone once, before any offset is counted.

Ligatures become letters, soft hyphens go, and a word that the end of a line breaks is joined: its
end moves up, so that the lines stay, but for one that held nothing else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from assistant.dictionary import is_word
from assistant.sources.lines import ROW
from assistant.sources.spans import margin

MOST_CHARS = 2_000  # of a line that a word is moved up to

_LETTERS = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
)
_SOFT = "\u00ad"
_BREAK = re.compile(rf"(?:^|[\s(\[\"'“‘„«*_])((?:[^\W\d_]+-)*)([^\W\d_]{{2,}})[-{_SOFT}]$")
_REST = re.compile(r"(([^\W\d_]{2,})\S*)[ \t]*(.*)")
_FENCES = ("```", "~~~")
_CODE_INDENT = "    "
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_BROKEN = re.compile(r"(?<![^\W\d_])[^\W\d_]+(?:-[ \t]*\n[ \t>]*[^\W\d_]+)+")
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
        fence = has_code and line.removeprefix(margin(line)).startswith(_FENCES)
        fenced ^= fence
        if not (fenced or fence or _has_form(line) or (has_code and _is_indented(line))):
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


def _has_form(line: str) -> bool:
    """Whether it is a table's line, or a heading."""
    return ROW.search(line) is not None or line[:4].lstrip(" ").startswith("#")


def _is_indented(line: str) -> bool:
    return line.startswith((_CODE_INDENT, "\t"))


def _moved_up(line: str, following: str, words: _Words) -> tuple[str, str | None] | None:
    """Return a line with the end of its last word, and the next line without it; None if whole.

    Of a line that holds nothing else, None is left.
    """
    line = line.rstrip(" \t")
    broken = _BREAK.search(line[-200:]) if line.endswith(("-", _SOFT)) else None
    if broken is None or _has_form(following):
        return None
    before = margin(following)
    rest = _REST.fullmatch(following, len(before))
    if rest is None or not rest[2].islower() or margin(line).strip() != before.strip():
        return None
    if line.endswith(_SOFT):
        hyphen = ""
    elif rest[2] in _SUSPENDED:
        return None
    else:
        hyphen = "-" if broken[1] or words.has_hyphen(broken[2], rest[2]) else ""
    return f"{line[:-1]}{hyphen}{rest[1]}", f"{before}{rest[3]}" if rest[3] else None


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
    """Whether a word in small letters, or the name that it is with a capital, is English."""
    return is_word(word) or is_word(word.capitalize())
