"""What lines of Markdown state -> the blocks that they are in plain text: fields of records, rows.

Who writes Markdown puts such lines in a paragraph, or in a fence to keep them apart. What may be
code stays code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from assistant.sources.forms import has_signs, leaders, records
from assistant.sources.lines import Line, lines_of
from assistant.sources.seen import spoken
from assistant.values import Block, Span

_NO_LANGUAGE = {"", "none", "plain", "plaintext", "text", "txt"}
_HEADER = re.compile(r"[A-Z][a-z]+(?:-[A-Z][a-z]+)+:")  # of a protocol: "Content-Type: …"
_BREAK = re.compile(
    r"(?:(?<!\\)\\|<br\s{0,9}/?>)$", re.IGNORECASE
)  # that a line of a paragraph ends with


def stated_in_paragraph(text: str, spans: Iterable[Span]) -> list[Block]:
    """Return the blocks of a paragraph of which all lines have one form; else none.

    `spans` are what is seen of it; the groups of the blocks count within these.
    """
    lines = [line for span in spans for line in _lines(text, span)]
    opened = [replace(line, opens=number == 0) for number, line in enumerate(lines)]
    return _stated(opened)


def stated_in_code(text: str, start: int, end: int, fence: str, language: str) -> list[Block]:
    """Return the blocks of code that is none, likewise; `fence` is empty where it is indented."""
    if language.lower() not in _NO_LANGUAGE:
        return []
    lines = list(_lines(text, (start, end)))
    if fence:
        closed = len(lines) > 1 and lines[-1].text.startswith(fence)
        lines = lines[1 : len(lines) - closed]
    blocks = _stated(lines)
    is_literal = all(_is_literal(text, block) for block in blocks)
    return blocks if is_literal and not (_are_fields(blocks) and _may_be_code(lines)) else []


def _lines(text: str, span: Span) -> Iterator[Line]:
    start, end = span
    for line in lines_of(text[start:end]):
        words = _BREAK.sub("", line.text).rstrip()
        first = start + line.start
        if words:
            yield replace(line, start=first, end=first + len(words), text=words)


def _stated(lines: Sequence[Line]) -> list[Block]:
    for read in (records, leaders):
        blocks: list[Block] = []
        explained = 0
        for form in read(lines):
            first = len(blocks)
            blocks += [replace(block, group=block.group + first) for block in form.blocks]
            explained += form.after - form.first
        if blocks and explained == len(lines):
            return blocks
    return []


def _are_fields(blocks: Sequence[Block]) -> bool:
    return any(block.kind == "field" for block in blocks)


def _may_be_code(lines: Sequence[Line]) -> bool:
    signs = sum(map(has_signs, lines))
    return 2 * signs >= len(lines) or any(_HEADER.match(line.text) for line in lines)


def _is_literal(text: str, block: Block) -> bool:
    """Whether nothing in it is a mark of Markdown, as which it would be read outside of code."""
    from assistant.sources.inline import see_inline  # slow to import

    words = text[block.start : block.end]
    return spoken(see_inline(text, block.start, block.end)) == " ".join(words.split())
