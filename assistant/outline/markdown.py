"""Markdown -> Outline, by markdown-it. Only headings that stand in no list or quotation count."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from assistant.outline.blocks import Block, Heading, Outline
from assistant.outline.spans import has_words, trim
from assistant.outline.titles import HEADING_LIMIT_CHARS, clean

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_LIST_OR_QUOTE_MARK = re.compile(r"[\s>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?)?")
_UNSEEN = re.compile(r"\s*<(?:!--|script|style)", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_LAST_TAG = re.compile(r"<[^<>]*>\Z")
_BLOCK_TAG = re.compile(
    r"<!--.*?-->|</?(?:address|article|aside|blockquote|br|caption|center|dd|details|div|dl|dt|"
    r"figcaption|figure|footer|form|h[1-6]|header|hr|img|li|main|nav|ol|p|picture|pre|section|source|"
    r"summary|table|tbody|td|tfoot|th|thead|tr|ul|video)\b[^<>]*>",
    re.IGNORECASE | re.DOTALL,
)


def markdown_outline(text: str) -> Outline:
    """Return the outline of `text`; its title is the first heading of level 1."""
    line_starts = [0, *(match.end() for match in re.finditer("\n", text)), len(text)]
    headings: list[Heading] = []
    blocks: list[Block] = []
    for token, following in pairwise([*_parser().parse(text), None]):
        if token is None or token.map is None:
            continue
        first, after = token.map  # lines
        start, end = trim(text, line_starts[first], line_starts[after])
        if token.type == "heading_open" and token.level == 0 and following is not None:
            if title := clean_markdown(following.content):
                headings.append(Heading(title, int(token.tag[1:]), start, end))
        elif token.type in {"paragraph_open", "heading_open"}:
            mark = _LIST_OR_QUOTE_MARK.match(text, start, end) if token.level else None
            blocks.append(Block(mark.end() if mark else start, end))
        elif token.type in {"fence", "code_block", "tr_open"}:
            blocks.append(Block(start, end, prose=False))
        elif token.type == "html_block" and not _UNSEEN.match(token.content):
            blocks.extend(_between_tags(text, start, end))
    return Outline(
        next((heading.title for heading in headings if heading.level == 1), None),
        headings,
        [block for block in blocks if has_words(text[block.start : block.end])],
    )


def clean_markdown(heading: str) -> str:
    """Return `heading` as `clean` does, and without the marks of Markdown."""
    tokens: list[Token] = []
    parser = _parser()
    parser.inline.parse(heading[: 10 * HEADING_LIMIT_CHARS], parser, {}, tokens)
    return clean("".join(map(_visible, tokens))) or clean(heading)


def _visible(token: Token) -> str:
    if token.type in {"softbreak", "hardbreak"}:
        return " "
    return "" if token.type == "html_inline" else token.content


def _between_tags(text: str, start: int, end: int) -> Iterator[Block]:
    """Return what a reader of an HTML block sees of it; tags within a sentence stay in it."""
    for tag in _BLOCK_TAG.finditer(text, start, end):
        yield _within_tags(text, start, tag.start())
        start = tag.end()
    yield _within_tags(text, start, end)


def _within_tags(text: str, start: int, end: int) -> Block:
    """Return the stretch without the tags around all of it."""
    start, end = trim(text, start, end)
    while lead := _TAG.match(text, start, end):
        tail = _LAST_TAG.search(text, lead.end(), end)
        if tail is None and lead.end() < end:
            break
        start, end = trim(text, lead.end(), tail.start() if tail else end)
    return Block(start, end)


@functools.cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt  # slow to import

    parser = MarkdownIt("commonmark", {"maxNesting": 100}).enable("table")
    parser.core.ruler.enableOnly(["normalize", "block"])  # the words inside blocks are not needed
    return parser
