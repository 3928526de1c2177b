"""Text -> HTML text: whatever comes from a document or from a reader is written by these alone.

HTML is `Markup`, a type of its own: what builds it takes text as `str` and escapes it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

from markupsafe import Markup, escape

from assistant.sources import kind_of
from assistant.web.render.emphasis import marks

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


def written(value: str, path: str, start: int = 0, end: int | None = None) -> Markup:
    """Return `value[start:end]`, words of the document at `path`, as HTML text.

    Markdown's marks of emphasis and of footnotes, found in the whole of `value`, are not laid out,
    what is struck out is so, and characters written as entities show as themselves. All stay in the
    page's text, so that a quote is still the quote.
    """
    end = len(value) if end is None else end
    parts = []
    for left, right, shown in _signs(value, path):
        left, right = max(left, start), min(right, end)
        if left < right:
            parts += [text(value[start:left]), shown(value[left:right])]
            start = right
    return Markup("").join(parts) + text(value[start:end])


def plain(value: str, path: str) -> str:
    """Return words of the document at `path` as they are read aloud."""
    parts, start = [], 0
    for left, right, shown in _signs(value, path):
        parts += [value[start:left], unescape(value[left:right]) if shown is _entity else ""]
        start = right
    return "".join([*parts, value[start:]])


_SIGN = re.compile(
    r"(?P<code>`{1,5}[^`]{1,1000}`{1,5})|(?P<footnote>\[\^[^\]\s]{1,50}\])"
    r"|(?P<struck>(?<![~\\])~~(?=[^\s~])[^~]{1,500}~~(?!~))"
    r"|(?P<entity>(?<!\\)&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|[A-Za-z]\w{1,30});)"
)
_Shown = Callable[[str], Markup]


def _signs(value: str, path: str) -> list[tuple[int, int, _Shown]]:
    """Return what is not shown as it is written, in order: where it is, and how it is shown."""
    if not kind_of(path).has_emphasis:
        return []
    shown: dict[str | None, _Shown] = {
        "footnote": _control,
        "struck": _struck,
        "entity": _entity,
    }
    found = [
        (*sign.span(), shown[sign.lastgroup])
        for sign in _SIGN.finditer(value)
        if sign.lastgroup != "code" and (sign.lastgroup != "entity" or unescape(sign[0]) != sign[0])
    ]
    found += [(left, right, _control) for pair in marks(value) for left, right in pair]
    found.sort(key=lambda sign: sign[:2])
    kept: list[tuple[int, int, _Shown]] = []
    for sign in found:
        if not kept or kept[-1][1] <= sign[0]:
            kept.append(sign)
    return kept


def _control(words: str) -> Markup:
    return html('<span class="control">{}</span>', words)


def _struck(words: str) -> Markup:
    return html("<s>{}</s>", text(words))


def _entity(words: str) -> Markup:
    return html('<span class="entity" data-shown="{}">{}</span>', unescape(words), text(words))


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
