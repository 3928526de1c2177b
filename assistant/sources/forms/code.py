"""Code: indented lines with its signs, under a line that ends with a colon."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.sources.forms.form import Form
from assistant.sources.lines import LIST_MARK, Line
from assistant.values import Block

_SIGNS = re.compile(
    r"[=;{}$<>\\|]|^[#>%] |(?:^|\s)--?[a-zA-Z]|\w\(|^(?:\.{0,2}|~)/\w|\w_\w|\*\)",
)
_ADDRESS = re.compile(r"@|://")  # whose signs are no code's
_SENTENCE_END = re.compile(r"\w[)\"'”’]*[.!?]$")
_BULLET = re.compile(r"o\s")
_PLAIN_WORDS = 5  # of a line of words with signs among them
_LEAST_INDENT = 2  # further in than what introduces it


def code(lines: Sequence[Line]) -> Iterator[Form]:
    number = 1
    while number < len(lines):
        after = number
        if lines[number - 1].text.endswith(":"):
            margin = _margin(lines[number - 1]) + _LEAST_INDENT
            while (end := _run_end(lines, after, margin)) > after and _is_code(lines[after:end]):
                after = end
        if after > number:
            words = Block("code", lines[number].start, lines[after - 1].end)
            yield Form(number, after, [words])
        number = max(after, number + 1)


def _margin(line: Line) -> int:
    """Return where the words of a line begin, after the mark of an item."""
    mark = LIST_MARK.match(line.text)
    return line.indent + (mark.end() if mark else 0)


def _run_end(lines: Sequence[Line], first: int, margin: int) -> int:
    """Return the end of the lines from `first` that are that far in and no blank line parts."""
    number = first
    while number < len(lines) and lines[number].indent >= margin:
        if number > first and lines[number].opens:
            break
        number += 1
    return number


def _is_code(run: Sequence[Line]) -> bool:
    if any(_is_item(line) or _SENTENCE_END.search(line.text) for line in run):
        return False
    return 2 * sum(map(has_signs, run)) >= len(run)


def _is_item(line: Line) -> bool:
    return (LIST_MARK.match(line.text) or _BULLET.match(line.text)) is not None


def has_signs(line: Line) -> bool:
    """Whether it has signs of code, and not many plain words around them."""
    if _SIGNS.search(line.text) is None or _ADDRESS.search(line.text):
        return False
    words = line.text.split()
    plain = sum(map(str.isalpha, words))
    return plain < _PLAIN_WORDS or 2 * plain <= len(words)
