"""Abbreviations that texts explain in brackets: "World Health Organization (WHO)"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

_BRACKETS = re.compile(r"\(([^()\n]{2,200})\)")
_BEFORE = 200  # characters before a bracket that may hold an expansion
_BOUND = re.compile(r"[()\n.;:!?]")  # what none reaches across
_SHORT = re.compile(r"(?=(?:\w*[A-Z]){2})[^\W_][\w&/-]{1,9}")  # at most ten characters, two capital
_PLURAL = re.compile(r"(?<=[A-Z])s$")


def abbreviations(texts: Iterable[str]) -> dict[str, str]:
    """Return the abbreviations that the texts explain, each with its first expansion.

    Found as by Schwartz and Hearst (2003, "A Simple Algorithm for Identifying Abbreviation
    Definitions in Biomedical Text"), in either order: "WHO (World Health Organization)" too.

    "The World Health Organization (WHO) met." -> {"WHO": "World Health Organization"}
    """
    found: dict[str, str] = {}
    for text in texts:
        for match in _BRACKETS.finditer(text):
            inside = match[1].strip()
            before = _BOUND.split(text[max(0, match.start() - _BEFORE) : match.start()])[-1].split()
            if _SHORT.fullmatch(inside):
                most = min(len(inside) + 5, 2 * len(inside))  # words
                short, long = inside, expansion(inside, " ".join(before[-most:]))
            else:
                short = before[-1] if before and _SHORT.fullmatch(before[-1]) else ""
                long = expansion(short, inside) if short else ""
            if long:
                found.setdefault(_PLURAL.sub("", short), " ".join(long.split()))
    return found


def expansion(short: str, text: str) -> str:
    """Return the shortest end of a text that an abbreviation stands for; empty if none.

    It holds the abbreviation's letters in order, the first of them where a word begins.
    """
    letters = [letter for letter in short.lower() if letter.isalnum()]
    lower, place = text.lower(), len(text)
    if len(lower) != len(text):
        return ""  # a letter that has no lower case of its own length
    for left, letter in enumerate(reversed(letters), start=1 - len(letters)):
        place = lower.rfind(letter, 0, place)
        while left == 0 and place > 0 and lower[place - 1].isalnum():
            place = lower.rfind(letter, 0, place)
        if place < 0:
            return ""
    start = text.rfind(" ", 0, place) + 1
    long = text[start:].strip("\"'“”‘’*_ ")
    return long if len(long) > len(short) and short not in long.split() else ""


def missed(question: str, explained: Mapping[str, str], texts: Sequence[str]) -> dict[str, str]:
    """Return those abbreviations of which some text holds only the form that the question lacks."""
    found = {}
    for short, long in explained.items():
        forms = [_short_form(short), _long_form(long)]
        lacking = [not form.search(question) for form in forms]
        if any([bool(form.search(text)) for form in forms] == lacking for text in texts):
            found[short] = long
    return found


def with_both(question: str, explained: Mapping[str, str]) -> str:
    """Return the question with an abbreviation's expansion after it in brackets, or the reverse.

    "Who leads the WHO?" -> "Who leads the WHO (World Health Organization)?"
    """
    for short, long in explained.items():
        in_short, in_full = _short_form(short).search(question), _long_form(long).search(question)
        if (found := in_short or in_full) and not (in_short and in_full):
            other = long if in_short else short
            question = f"{question[: found.end()]} ({other}){question[found.end() :]}"
    return question


def _short_form(short: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(short)}s?(?!\w)")


def _long_form(long: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(long)}s?(?!\w)", re.IGNORECASE)
