"""HTML that stands in Markdown -> what a reader of the page sees of it, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from assistant.sources.found import MOST_CELLS
from assistant.sources.spans import has_words, trim
from assistant.values import Span

_TAG = re.compile(r"<[^<>]*>")
_HIDDEN = re.compile(r"<(?:!--|(?P<name>script|style)\b)", re.IGNORECASE)
_SEAM = re.compile(
    r"<(?:!--|(?P<name>/?(?:address|article|aside|blockquote|br|caption|center|dd|details|div|dl|dt|"
    r"figcaption|figure|footer|form|h[1-6]|header|hr|img|li|main|nav|ol|p|picture|pre|script|section|"
    r"source|style|summary|table|tbody|td|tfoot|th|thead|tr|ul|video))\b[^<>]*>)",
    re.IGNORECASE,
)
_ENDS_ROW = frozenset({"tr", "/tr", "/table", "/thead", "/tbody", "/tfoot"})
_CELL = frozenset({"td", "th"})
_SPANS = re.compile(r"\b(col|row)span\s*=\s*[\"']?\s*(\d+)", re.IGNORECASE)
_MOST_SPANNED = 16  # columns of one cell; and columns of a table with cells from rows above


@dataclass(frozen=True)
class Piece:
    """A stretch that is seen; a row of a table has cells, of which some may stand in rows above."""

    start: int
    end: int
    cells: tuple[Span, ...] = ()
    opens_table: bool = False


@dataclass
class _Row:
    """A row of a table: a cell belongs to every column and row that it spans."""

    carried: dict[
        int, tuple[Span, int]
    ]  # by column, what goes on, and for how many rows, this one too
    cells: list[Span] = field(default_factory=list)
    own: list[Span] = field(default_factory=list)  # the cells that stand in it, but for empty ones
    open_at: int | None = None  # where the cell begins that is being read
    columns: int = 1  # that it spans, and rows
    rows: int = 1

    def open(self, tag: str, at: int) -> None:
        spans = {name.lower(): int(digits[:4]) for name, digits in _SPANS.findall(tag)}
        self.columns = min(max(spans.get("col", 1), 1), _MOST_SPANNED)
        self.rows = max(spans.get("row", 1), 1)
        self.open_at = at

    def close(self, cell: Span) -> None:
        self.take_carried()
        if cell[0] < cell[1]:
            self.own.append(cell)
        for _ in range(min(self.columns, MOST_CELLS - len(self.cells))):
            if self.rows > 1 and len(self.carried) < _MOST_SPANNED:
                self.carried[len(self.cells)] = cell, self.rows
            self.cells.append(cell)
        self.open_at = None

    def take_carried(self) -> None:
        while len(self.cells) in self.carried:
            self.cells.append(self.carried[len(self.cells)][0])

    def piece(self, text: str, opens: bool) -> Piece | None:
        """Return what is seen of the row, if anything is, and leave to the next what goes on."""
        self.take_carried()
        for column, (cell, rows) in list(self.carried.items()):
            self.carried[column] = cell, rows - 1
            if rows == 1:
                del self.carried[column]
        if not any(has_words(text[slice(*cell)]) for cell in self.own):
            return None
        return Piece(self.own[0][0], self.own[-1][1], tuple(self.cells), opens)


def visible(text: str, start: int, end: int) -> Iterator[Span]:
    """Return what is seen of a paragraph: what lies between comments, scripts and styles."""
    while tag := _HIDDEN.search(text, start, end):
        if has_words(text[start : tag.start()]):
            yield trim(text, start, tag.start())
        start = _after_hidden(text, tag, end)
    if has_words(text[start:end]):
        yield trim(text, start, end)


def pieces(text: str, start: int, end: int) -> Iterator[Piece]:
    """Return what is seen of a block of HTML; tags within a sentence stay in it."""
    row: _Row | None = None
    carried: dict[int, tuple[Span, int]] = {}
    opens = False
    for name, left, right in _seams(text, start, end):
        if row is None:
            piece = _without_tags(text, start, left)
            if has_words(text[piece.start : piece.end]):
                yield piece
        else:
            if row.open_at is not None and (name.lstrip("/") in _CELL or name in _ENDS_ROW):
                inside = _without_tags(text, row.open_at, left)
                row.close((inside.start, inside.end))
            if name in _CELL:
                row.open(text[left:right], right)
            if name in _ENDS_ROW:
                if found := row.piece(text, opens):
                    yield found
                    opens = False
                row = None
        if name == "table":
            opens, carried = True, {}
        if name == "tr":
            row = _Row(carried)
        start = right
    if row is None:
        piece = _without_tags(text, start, end)
        if has_words(text[piece.start : piece.end]):
            yield piece
    elif found := row.piece(text, opens):
        yield found


def _seams(text: str, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    """Return name and span of what is not seen, and of tags that end a line or a paragraph."""
    while tag := _SEAM.search(text, start, end):
        name = (tag["name"] or "").lower()
        start = tag.end()
        if name in ("", "script", "style"):
            hidden = _HIDDEN.match(text, tag.start(), end)
            assert hidden is not None
            start = _after_hidden(text, hidden, end)
        yield name, tag.start(), start


def _after_hidden(text: str, tag: re.Match[str], end: int) -> int:
    """Return where what is hidden ends; at `end` where it is left open."""
    closing = "-->" if tag["name"] is None else f"</{tag['name'].lower()}"
    if tag["name"] is None:
        found = text.find(closing, tag.end(), end)
    else:
        closed = re.compile(re.escape(closing), re.IGNORECASE).search(text, tag.end(), end)
        found = closed.start() if closed else -1
    if found < 0:
        return end
    after = found + len(closing)
    if tag["name"] is None:
        return after
    bracket = text.find(">", after, end)
    return end if bracket < 0 else bracket + 1


def _without_tags(text: str, start: int, end: int) -> Piece:
    """Return the stretch without the tags around all of it."""
    start, end = trim(text, start, end)
    while lead := _TAG.match(text, start, end):
        tail = _last_tag(text, lead.end(), end)
        if tail is None and lead.end() < end:
            break
        start, end = trim(text, lead.end(), end if tail is None else tail)
    return Piece(start, end)


def _last_tag(text: str, start: int, end: int) -> int | None:
    """Return where the tag begins with which a stretch ends; None if it ends with none."""
    if start >= end or text[end - 1] != ">":
        return None
    opening = text.rfind("<", start, end)
    closed = text.find(">", opening, end) == end - 1
    return opening if opening >= 0 and closed else None
