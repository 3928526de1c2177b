"""Markdown -> Outline, by markdown-it. Only headings that stand in no list or quotation count."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from assistant.outline.blocks import Block, Heading, Outline
from assistant.outline.spans import has_words, trim
from assistant.outline.titles import HEADING_LIMIT_CHARS, clean
from assistant.values import Span

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_LIST_OR_QUOTE_MARK = re.compile(r"[\s>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?)?")
_UNSEEN = re.compile(r"\s*<(?:!--|script|style)", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_COMMENT = "<!--"
_BLOCK_TAG = re.compile(
    rf"{_COMMENT}|</?(?:address|article|aside|blockquote|br|caption|center|dd|details|div|dl|dt|"
    r"figcaption|figure|footer|form|h[1-6]|header|hr|img|li|main|nav|ol|p|picture|pre|section|source|"
    r"summary|table|tbody|td|tfoot|th|thead|tr|ul|video)\b[^<>]*>",
    re.IGNORECASE,
)


def markdown_outline(text: str) -> Outline:
    """Return the outline of `text`; its title is the first heading of level 1."""
    found = _Found(text)
    found.take(_parser().parse(text, {"take": found.take}))
    return Outline(
        next((heading.title for heading in found.headings if heading.level == 1), None),
        found.headings,
        found.blocks,
    )


class _Found:
    """The headings and blocks of a text, filled as it is parsed."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._line_starts = [0, *(match.end() for match in re.finditer("\n", text)), len(text)]
        self.headings: list[Heading] = []
        self.blocks: list[Block] = []

    def take(self, tokens: Sequence[Token]) -> None:
        """Add what whole blocks of the outermost level are made of."""
        for token, following in pairwise([*tokens, None]):
            if token is None or token.map is None:
                continue
            first, after = token.map  # lines
            start, end = self._line_starts[first], self._line_starts[after]
            if token.type == "heading_open" and token.level == 0 and following is not None:
                if title := clean_markdown(following.content):
                    place = trim(self._text, start, end)
                    self.headings.append(Heading(title, int(token.tag[1:]), *place))
                continue
            for block in _blocks(token, self._text, start, end):
                if has_words(self._text[block.start : block.end]):
                    self.blocks.append(block)


def _blocks(token: Token, text: str, start: int, end: int) -> Iterator[Block]:
    if token.type in {"paragraph_open", "heading_open"}:
        start, end = trim(text, start, end)
        mark = _LIST_OR_QUOTE_MARK.match(text, start, end) if token.level else None
        yield Block(mark.end() if mark else start, end)
    elif token.type in {"fence", "code_block", "tr_open"}:
        yield Block(*trim(text, start, end), prose=False)
    elif token.type == "html_block" and not _UNSEEN.match(token.content):
        yield from _between_tags(text, start, end)


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
    for seam_start, seam_end in _seams(text, start, end):
        yield _within_tags(text, start, seam_start)
        start = seam_end
    yield _within_tags(text, start, end)


def _seams(text: str, start: int, end: int) -> Iterator[Span]:
    """Return the spans of comments, and of the tags that end a line or a paragraph."""
    comments_end = True
    while tag := _BLOCK_TAG.search(text, start, end):
        start = tag.end()
        if tag.group() != _COMMENT:
            yield tag.span()
        elif comments_end:  # once one is left open, so is every later one
            closing = text.find("-->", start, end)
            comments_end = closing >= 0
            if comments_end:
                start = closing + len("-->")
                yield tag.start(), start


def _within_tags(text: str, start: int, end: int) -> Block:
    """Return the stretch without the tags around all of it."""
    start, end = trim(text, start, end)
    while lead := _TAG.match(text, start, end):
        tail = _last_tag(text, lead.end(), end)
        if tail is None and lead.end() < end:
            break
        start, end = trim(text, lead.end(), end if tail is None else tail)
    return Block(start, end)


def _last_tag(text: str, start: int, end: int) -> int | None:
    """Return where the tag begins with which a stretch ends; None if it ends with none."""
    if start == end or text[end - 1] != ">":
        return None
    opening = text.rfind("<", start, end)
    closed = text.find(">", opening, end) == end - 1
    return opening if opening >= 0 and closed else None


@functools.cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt  # slow to import

    from assistant.outline import rules

    parser = MarkdownIt("commonmark", {"maxNesting": 2 * rules.DEEPEST}).enable("table")
    parser.core.ruler.enableOnly(["block"])  # the words inside blocks are not needed
    parser.block.ruler.at("table", rules.table, {"alt": ["paragraph", "reference"]})
    parser.block.ruler.before("table", "bounds", rules.bounds)
    return parser
