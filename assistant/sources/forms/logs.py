"""Logs of changes: version after version at the margin, an indented list under each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.sources.forms.form import Form
from assistant.sources.lines import LIST_MARK, Line, ends_statement
from assistant.sources.spans import has_words
from assistant.sources.titles import clean
from assistant.values import Block

_BULLET = re.compile(r"[-*+•–◦▪‣·][ \t]+")
_GROUP = re.compile(r"\[ .+ \]")  # "[ Una Lie ]", whose changes follow
_LEAST_VERSIONS = 2
_MOST_CHARS = 100
_DEEPEST = 6  # levels of a list


def logs(lines: Sequence[Line]) -> Iterator[Form]:
    outer = [n for n, line in enumerate(lines) if line.indent == 0 and line.opens]
    heads = [n for n in outer if _is_head(lines, n)]
    if len(heads) < _LEAST_VERSIONS or 2 * len(heads) <= len(outer):
        return
    for number, head in enumerate(heads):
        after = heads[number + 1] if number + 1 < len(heads) else len(lines)
        yield _version(lines, head, after)


def _is_head(lines: Sequence[Line], number: int) -> bool:
    """Whether a line is of one version: it has a number, and a list or who made it is under it."""
    if number + 1 == len(lines):
        return False
    line, below = lines[number], lines[number + 1]
    return (
        below.indent > 0
        and len(line.text) <= _MOST_CHARS
        and line.text[0].isalnum()
        and any(map(str.isdigit, line.text))
        and not ends_statement(line.text)
        and not LIST_MARK.match(line.text)
        and (_BULLET.match(below.text) or _GROUP.fullmatch(below.text)) is not None
    )


def _version(lines: Sequence[Line], head: int, after: int) -> Form:
    """Return a version: its heading, and what is under it up to the next line at the margin."""
    line = lines[head]
    words = ((line.start, line.end),)
    form = Form(head, head + 1)
    form.add(Block("heading", line.start, line.end, 2, clean(line.text), cells=words))
    open_items: list[tuple[int, int]] = []  # the indent and the block of each that is not ended
    goes_on = False
    for line in lines[head + 1 : after]:
        if line.indent == 0:
            break
        form.after += 1
        if bullet := _BULLET.match(line.text):
            while open_items and open_items[-1][0] >= line.indent:
                open_items.pop()
            del open_items[_DEEPEST - 1 :]
            goes_on = _add_item(form, line, bullet, open_items)
        elif goes_on and not line.opens and not _GROUP.fullmatch(line.text):
            form.extend(line.end)
        elif has_words(line.text):
            form.add(Block("paragraph", line.start, line.end))
            open_items.clear()
            goes_on = True
    return form


def _add_item(
    form: Form, line: Line, bullet: re.Match[str], open_items: list[tuple[int, int]]
) -> bool:
    """Add an item under the last of those that are open; say whether it has words."""
    start = line.start + bullet.end()
    if not any(map(str.isalnum, bullet.string[bullet.end() :])):
        return False
    above = open_items[-1][1] if open_items else -1
    last = form.blocks[-1]
    group = last.group if last.kind == "item" else len(form.blocks)
    level, mark = len(open_items) + 1, bullet.group().strip()
    item = Block("item", start, line.end, level, mark=mark, above=above, group=group)
    open_items.append((line.indent, form.add(item)))
    return True
