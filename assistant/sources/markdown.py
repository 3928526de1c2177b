"""Markdown -> its blocks, by markdown-it. Only headings in no list or quotation are headings."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise
from typing import TYPE_CHECKING

from assistant.sources import html
from assistant.sources.forms import MOST_ENTRY_CHARS, is_entry, under_names
from assistant.sources.found import MOST_CELLS, MOST_HIDDEN, Found
from assistant.sources.numbering import POINT, introducing
from assistant.sources.seen import Run, spoken
from assistant.sources.spans import has_words, margin, trim
from assistant.sources.stated import stated_in_code, stated_in_paragraph
from assistant.sources.titles import HEADING_LIMIT_CHARS, clean
from assistant.values import Block, BlockKind, Span

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_QUOTED = re.compile(r"[\s>]*")
_ITEM = re.compile(r"(?:[\s>]*(?:[-*+]|\d{1,9}[.)])[ \t]+)*[\s>]*(?:\[([ xX])\][ \t]+)?")
_LABEL = re.compile(
    r"[ \t]*(?:\*\*|__)[^*_\n]{1,60}(?::(?:\*\*|__)|(?:\*\*|__):)"
)  # "**Chair:** Lie"
_FIRST_POINTS = ("(a)", "(i)", "(1)")
_FENCE = re.compile(r"(?:[ \t>]*(?:[-*+]|\d{1,9}[.)])[ \t]+)*(`{3,}|~{3,})")  # also of an item
# Marks of footnotes and what is struck out are not read; code, which is looked past, may hold both.
_UNREAD = re.compile(
    r"(?P<code>`{1,5}[^`]{1,1000}`{1,5})|\[\^[^\]\s]{1,50}\]|(?<![~\\])~~(?=[^\s~])[^~]{1,500}~~(?!~)"
)
_CELL_ENDS = re.compile(r"(?<!\\)\|")


def read_markdown(text: str) -> Found:
    """Return the blocks of `text`; its title is its first heading of level 1."""
    walk = _Walk(text)
    walk.take(_parser().parse(text, {"take": walk.take}))
    walk.found.blocks = under_names(text, walk.found.blocks)
    titles = (block.title for block in walk.found.blocks if block.level == 1 and block.title)
    walk.found.title = next(titles, None)
    return walk.found


@dataclass
class _Item:
    """An item of a list that is being read."""

    mark: str
    level: int
    above: int  # the item that its list is in
    number: int = -1  # of its first block


class _Walk:
    """The blocks of a text, filled as it is parsed, one outermost block after the other."""

    def __init__(self, text: str) -> None:
        self.found = Found()
        self._text = text
        self._line_starts = [0, *(match.end() for match in re.finditer("\n", text)), len(text)]
        self._items: list[_Item] = []
        self._list = -1  # the first block of the outermost list
        self._quotes = 0
        self._header = -1  # the first row of the table
        self._in_header = False

    def take(self, tokens: Sequence[Token]) -> None:
        """Add what whole blocks of the outermost level are made of."""
        for token, following in pairwise([*tokens, None]):
            if token is None:
                continue
            if token.type == "list_item_open":
                above = next((item.number for item in reversed(self._items)), -1)
                self._items.append(
                    _Item(f"{token.info}{token.markup}", len(self._items) + 1, above)
                )
            elif token.type == "list_item_close":
                self._items.pop()
            elif token.type in ("bullet_list_close", "ordered_list_close") and not self._items:
                self._list = -1
            elif token.type in ("blockquote_open", "blockquote_close"):
                self._quotes += token.nesting
            elif token.type in ("table_open", "table_close"):
                self._in_header = token.nesting == 1
                self._header = -1 if self._in_header else self._header
            elif token.map is not None:
                first, after = token.map  # lines
                self._open(token, following, self._line_starts[first], self._line_starts[after])

    def _open(self, token: Token, following: Token | None, start: int, end: int) -> None:
        if token.type == "heading_open" and token.level == 0 and following is not None:
            if title := clean_markdown(following.content):
                start, end = trim(self._text, start, end)
                place = self._text.find(following.content, start, end)
                words = ((place, place + len(following.content)),) if place >= 0 else ()
                level = int(token.tag[1:])
                self._add("heading", start, end, level=level, title=title, cells=words)
        elif token.type in ("paragraph_open", "heading_open"):
            self._paragraph(*trim(self._text, token.meta.get("begins", start), end))
        elif token.type in ("fence", "code_block"):
            self._code(token, start, end)
        elif token.type == "tr_open":
            self._row(*trim(self._text, start, end))
        elif token.type == "html_block":
            for piece in html.pieces(self._text, start, end):
                if piece.cells:
                    self._header = -1 if piece.opens_table else self._header
                    self._table_row(piece.start, piece.end, piece.cells)
                else:
                    self._add("paragraph", piece.start, piece.end)

    def _paragraph(self, start: int, end: int) -> None:
        item = self._items[-1] if self._items else None
        if item is None or item.number >= 0:
            kind: BlockKind = "quote" if self._quotes else "paragraph"
            start = _end(_QUOTED.match(self._text, start, end), start) if self._quotes else start
            spans = list(html.visible(self._text, start, end))
            may_state = kind == "paragraph" and not self._items
            if may_state and (stated := stated_in_paragraph(self._text, spans)):
                self._add_stated(stated)
                return
            for first, last in spans:
                self._points(kind, first, last)
            return
        mark = _ITEM.match(self._text, start, end)
        ticked = None if mark is None or mark[1] is None else mark[1] != " "
        for span in html.visible(self._text, _end(mark, start), end):
            if item.number < 0:
                self._add("item", *span, level=item.level, mark=item.mark, ticked=ticked)
            else:
                self._add("paragraph", *span)

    def _code(self, token: Token, start: int, end: int) -> None:
        language = token.info.split(maxsplit=1)[0] if token.info.strip() else ""
        outermost = not (self._items or self._quotes)
        stated = outermost and stated_in_code(self._text, start, end, token.markup, language)
        if stated and not any(self._unread(block.start, block.end) for block in stated):
            self._add_stated(stated)
        else:
            self._add("code", *trim(self._text, start, end))

    def _add_stated(self, blocks: Sequence[Block]) -> None:
        before = len(self.found.blocks)
        self._header = -1
        for block in blocks:
            group = before + block.group
            self._add(block.kind, block.start, block.end, group=group, cells=block.cells)

    def _points(self, kind: BlockKind, start: int, end: int) -> None:
        """Add a paragraph; its lines that begin with "(a)", "(b)" … are items, as in contracts.

        The first of them is an "(a)", "(i)" or "(1)"; they may be paragraphs of their own.
        """
        blocks = self.found.blocks
        last = blocks[-1] if blocks else None
        group = last.group if last and last.kind == "item" and last.mark.startswith("(") else -1
        points = [] if self._items or kind != "paragraph" else self._marks(start, end)
        if group < 0 and points and points[0][0] not in _FIRST_POINTS:
            points = []
        if not points and kind == "paragraph" and self._labelled(start, end):
            return
        lead = points[0][1] if points else end
        if self._text[start:lead].strip():
            self._add(kind, *trim(self._text, start, lead), level=self._quotes)
            group = -1
        ends = [*(begin for _, begin, _ in points[1:]), end][: len(points)]
        for (mark, _, first), after in zip(points, ends, strict=True):
            above = introducing(self._text, blocks, mark)
            if group < 0:
                group = len(blocks) if above < 0 else blocks[above].group
            level = 1 if above < 0 else blocks[above].level + 1
            span = trim(self._text, first, after)
            self._add("item", *span, level=level, mark=mark, group=group, above=above)

    def _labelled(self, start: int, end: int) -> bool:
        """Add lines that each begin with a label in bold one by one; say whether they are such."""
        lines = list(self._lines(start, end))
        if len(lines) < 2 or not all(_LABEL.match(self._text, line, end) for line in lines):
            return False
        for first, after in pairwise([*lines, end]):
            self._add("paragraph", *trim(self._text, first, after))
        return True

    def _marks(self, start: int, end: int) -> list[tuple[str, int, int]]:
        """Return the marks of points at the beginning of lines, with where each begins and ends."""
        points = (POINT.match(self._text, line, end) for line in self._lines(start, end))
        return [(point["mark"], *point.span()) for point in points if point]

    def _lines(self, start: int, end: int) -> Iterator[int]:
        """Yield where lines begin, the first at `start`."""
        while start < end:
            yield start
            start = self._text.find("\n", start, end) + 1 or end

    def _row(self, start: int, end: int) -> None:
        start = _end(_QUOTED.match(self._text, start, end), start)
        cells = cells_of(self._text, start, end)
        self._header = -1 if self._in_header else self._header
        self._table_row(start, end, cells)

    def _table_row(self, start: int, end: int, cells: tuple[Span, ...]) -> None:
        number = self._add("row", start, end, cells=cells, above=self._header, group=self._header)
        if self._header < 0 and number >= 0:
            self._header = number
            self.found.blocks[number] = replace(self.found.blocks[number], group=number)

    def _add(
        self,
        kind: BlockKind,
        start: int,
        end: int,
        *,
        level: int = 0,
        title: str = "",
        mark: str = "",
        ticked: bool | None = None,
        above: int = -1,
        group: int = -1,
        cells: tuple[Span, ...] = (),
    ) -> int:
        """Add a block unless it holds no word; return its number, -1 without one."""
        if not has_words(self._text[start:end]):
            return -1
        number = len(self.found.blocks)
        if kind != "row":
            self._header = -1
            if self._items:
                item = self._items[-1]
                self._list = number if self._list < 0 else self._list
                group = self._list
                above = item.above if item.number < 0 else item.number
                item.number = number if item.number < 0 else item.number
        whole = kind in ("item", "paragraph") and is_entry(
            self._text[start : start + MOST_ENTRY_CHARS]
        )
        hidden = () if kind in ("code", "heading") else self._unread(start, end)
        return self.found.add(
            Block(
                kind,
                start,
                end,
                level,
                title,
                mark,
                ticked,
                above,
                group,
                cells,
                whole=whole,
                hidden=hidden,
            )
        )

    def _unread(self, start: int, end: int) -> tuple[Span, ...]:
        found = _UNREAD.finditer(self._text, start, end)
        return tuple(islice((x.span() for x in found if not x["code"]), MOST_HIDDEN))


def _end(match: re.Match[str] | None, start: int) -> int:
    return match.end() if match else start


def cells_of(text: str, start: int, end: int) -> tuple[Span, ...]:
    """Return where the cells of a row stand between its bars, empty ones too."""
    found = islice(_CELL_ENDS.finditer(text, start, end), MOST_CELLS)
    bars = [bar.start() for bar in found]
    edges = [start - 1, *bars, end]
    if bars and bars[0] == start:
        edges.pop(0)
    if len(bars) > 1 and bars[-1] == end - 1:
        edges.pop()
    return tuple(_trimmed(text, left + 1, right) for left, right in pairwise(edges))


def _trimmed(text: str, start: int, end: int) -> Span:
    left, right = trim(text, start, end)
    return (left, right) if left < right else (start, start)


def clean_markdown(heading: str) -> str:
    """Return `heading` as `clean` does, and without the marks of Markdown."""
    start = heading[: 10 * HEADING_LIMIT_CHARS]
    return clean(spoken(see_markdown(start, 0, len(start)))) or clean(heading)


def see_markdown(text: str, start: int, end: int) -> list[Run]:
    """Return what is seen of the words within a block."""
    from assistant.sources.inline import see_inline  # slow to import

    return see_inline(text, start, end)


def see_code(text: str, start: int, end: int) -> list[Run]:
    """Return the lines of code, without its fences and what its block is indented by."""
    lines = text[start:end].split("\n")
    fence = _FENCE.match(lines[0])
    closed = fence and len(lines) > 1 and lines[-1].strip(" \t>").startswith(fence[1])
    column = start - text.rfind("\n", 0, start) - 1 + (fence.start(1) if fence else 0)
    runs, place = [], start
    for number, line in enumerate(lines):
        skipped = len(margin(line[:column])) if number else 0
        if not (fence and number == 0) and not (closed and number == len(lines) - 1):
            runs.append(Run(f"{line[skipped:]}\n", place + skipped, place + len(line) + 1))
        place += len(line) + 1
    if runs:
        last = runs.pop()
        runs.append(replace(last, text=last.text[:-1], end=last.end - 1))
    return runs


@functools.cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt  # slow to import

    from assistant.sources import rules

    parser = MarkdownIt("commonmark", {"maxNesting": 2 * rules.DEEPEST}).enable("table")
    parser.core.ruler.enableOnly(["block"])  # the words inside blocks are not needed
    parser.block.ruler.at("table", rules.table, {"alt": ["paragraph", "reference"]})
    parser.block.ruler.before("table", "bounds", rules.bounds)
    parser.block.ruler.before("reference", "footnote", rules.footnote, {"alt": ["paragraph"]})
    return parser
