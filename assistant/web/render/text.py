"""Text -> HTML text: whatever comes from a document or from a reader is written by these alone.

HTML is `Markup`, a type of its own: what builds it takes text as `str` and escapes it.
"""

from __future__ import annotations

import re

from markupsafe import Markup, escape

_DIRECTION_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_NOT_LAID_OUT = Markup(r'<span class="control">\g<0></span>')
_HALVES = re.compile("[\ud800-\udfff]")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def html(template: str, *values: Markup | str | float) -> Markup:
    """Return `template`, HTML that stands in the program, with `values` in place of each `{}`.

    What is no Markup is text, and fit for an attribute too.
    """
    given = (
        attribute(value) if isinstance(value, str) and not isinstance(value, Markup) else value
        for value in values
    )
    return Markup(template).format(*given)


def text(value: str) -> Markup:
    """Return `value` as HTML text that reads and copies as it stands.

    Characters that turn the direction of what follows them (U+202E and its like) stay in the
    page's text, so that a quote is still the quote, but are not laid out: they cannot disguise a
    word. The parser would drop NUL and other control characters, and halves
    of surrogate pairs (bytes of a file's name) cannot be sent: they show as U+FFFD.
    """
    escaped = str(escape(_UNPRINTABLE.sub("\ufffd", value)))  # or `sub` would escape again
    return Markup(_DIRECTION_CONTROLS.sub(str(_NOT_LAID_OUT), escaped))


def attribute(value: str) -> Markup:
    """Return `value` fit to stand between the double quotes of an attribute."""
    return escape(_DIRECTION_CONTROLS.sub("", _UNPRINTABLE.sub("\ufffd", value)))


def printable(value: str) -> str:
    """Return `value` as it can be sent: halves of surrogate pairs become U+FFFD."""
    return _HALVES.sub("\ufffd", value)


def preview(value: str, limit_chars: int = 160) -> str:
    """Return `value` on one line, cut after a whole word where that is possible."""
    line = " ".join(value.split())
    if len(line) <= limit_chars:
        return line
    cut = line[: limit_chars - 1]
    head, space, _ = cut.rpartition(" ")
    return (head if space and len(head) > limit_chars // 2 else cut) + "…"


def counted(number: int, noun: str) -> str:
    """Return "1 document", "3 documents", "1,200 documents"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
