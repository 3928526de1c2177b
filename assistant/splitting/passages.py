"""Document -> Passage, and what of a passage is embedded."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby, islice

from assistant.errors import BadSettings
from assistant.splitting.packing import LONGEST, pack
from assistant.splitting.pieces import CountTokens, Piece, measured, pieces_of
from assistant.splitting.sections import Section
from assistant.values import Block, Document, Passage, Placed

SPECIAL_TOKENS = 2  # what an encoder puts around a text
SMALLEST_ROOM = 16
BELOW = " › "  # between a heading and one below it
ABOVE_CHARS = 1_000  # of what a passage stands under, each
EMBEDDED_HEADING_PARTS = 28  # title and section each; together about a quarter of 256 tokens


def split(
    document: Document, *, count_tokens: CountTokens, token_limit: int = 256
) -> list[Passage]:
    """Return the passages of `document`, in its order, each of consecutive sentences of a section.

    A passage has about 80 to 160 tokens and ends with a paragraph where it can. Where a paragraph
    is cut, the next passage repeats the last sentence if that is short. A sentence that does not
    fit is cut at white space or, with none, between characters.

    `count_tokens` is called a few times, with many texts each. The tokens of `embedded_text`, with
    the special ones, never exceed `token_limit`.

    Raises:
        BadSettings: `token_limit` leaves no room beside title and section.
        ModelMissing: the data that sentences are found with is not there.
    """
    pieces = pieces_of(document)
    if not pieces:
        return []
    allowed = token_limit - SPECIAL_TOKENS
    named = {
        _headings(document, section)
        for section, _ in groupby(pieces, key=lambda piece: piece.section)
    }
    headings = {_embedded(document.title, names, "") for names in named}
    room = allowed - max(count_tokens(list(headings)))
    while True:
        passages = _passages(document, pieces, count_tokens, room)
        over = max(count_tokens([embedded_text(passage) for passage in passages])) - allowed
        if over <= 0:
            return passages
        room -= over  # a tokenizer whose parts do not add up to the whole


def embedded_text(passage: Passage) -> str:
    """Return what is embedded for `passage`: title, section and text, a line each.

    Over-long titles and sections are shortened by words, so that they leave room for the text.
    """
    return _embedded(passage.title, passage.headings, passage.searched)


def _embedded(title: str, headings: Sequence[str], text: str) -> str:
    heads = (_shorten(title), _shorten_path(headings))
    return "\n".join([*filter(None, heads), text])


# A part of a word that is about a token; characters of other scripts count one each.
_PART = re.compile(r"[A-Za-z0-9]{1,3}|[^\sA-Za-z0-9]")


def _shorten(heading: str) -> str:
    """Return as many words of `heading` as make about 28 tokens; of one word, the beginning."""
    over = next(islice(_PART.finditer(heading), EMBEDDED_HEADING_PARTS, None), None)
    if over is None:
        return heading
    words = heading[: over.start() + 1].rsplit(maxsplit=1)
    return words[0] if len(words) == 2 else heading[: over.start()]


def _headings(document: Document, section: Section) -> tuple[str, ...]:
    """Return the headings that a passage stands under, the highest first."""
    return tuple(document.blocks[number].title for number in section.above)


def _shorten_path(headings: Sequence[str]) -> str:
    """Return as many of the last headings as are short enough together; of one, the beginning."""
    if not headings:
        return ""
    *others, kept = headings
    while others and _is_short(longer := f"{others.pop()}{BELOW}{kept}"):
        kept = longer
    return _shorten(kept)


def _is_short(heading: str) -> bool:
    return _shorten(heading) == heading


def _passages(
    document: Document, pieces: list[Piece], count_tokens: CountTokens, room: int
) -> list[Passage]:
    """Return the passages, none of more than `room` tokens if those of its parts add up."""
    if room < SMALLEST_ROOM:
        raise BadSettings(
            "The token limit leaves no room for text beside title and section: raise it to 128 or "
            "more, or choose a model that reads longer texts."
        )
    text = document.text
    pieces = measured(text, pieces, count_tokens, size=min(LONGEST, room), limit=room)
    parts = [
        (section, part)
        for section, group in groupby(pieces, key=lambda piece: piece.section)
        for part in pack(text, list(group), limit=room)
    ]
    return [
        Passage(
            document=document.path,
            start=part[0].start,
            end=part[-1].end,
            text=text[part[0].start : part[-1].end],
            section=BELOW.join(_headings(document, section)) or None,
            page=_page(document, part[0].start),
            position=position,
            title=document.title,
            sentences=tuple((piece.start, piece.end) for piece in part),
            numbers=tuple(piece.block for piece in part),
            blocks=_placed(document, section, part),
        )
        for position, (section, part) in enumerate(parts)
    ]


def _page(document: Document, place: int) -> int | None:
    """Return the number of the page that a place lies on; None where there are no pages."""
    number = bisect_right(document.pages, place, key=lambda page: page.start)
    return document.pages[max(0, number - 1)].number if document.pages else None


def _placed(document: Document, section: Section, part: Sequence[Piece]) -> tuple[Placed, ...]:
    """Return the blocks of some sentences, and all that these stand under: the title, too."""
    if not any(block.kind != "heading" for block in document.blocks):
        return ()
    own = {piece.block for piece in part}
    start, end = part[0].start, part[-1].end
    placed = {
        number: Placed(number, _within(document.blocks[number], start, end)) for number in own
    }
    first = document.blocks[0]
    titled = first.kind == "heading" and first.title == document.title
    above = [*([0] if titled else ()), *section.above]
    for number in own:
        parent = document.blocks[number].above
        while parent >= 0 and parent not in above:
            above.append(parent)
            parent = document.blocks[parent].above
    placed.update((number, _above(document, number)) for number in above)
    return tuple(placed[number] for number in sorted(placed))


def _within(block: Block, start: int, end: int) -> Block:
    """Return a block with what is hidden in a passage alone: each of many would bring it all."""
    if not block.hidden:
        return block
    return replace(block, hidden=tuple(x for x in block.hidden if x[0] < end and start < x[1]))


def _above(document: Document, number: int) -> Placed:
    """Return a block that others stand under, cut where it is long: each of them brings it."""
    block = document.blocks[number]
    end = min(block.end, block.start + ABOVE_CHARS)
    cells = tuple(cell for cell in block.cells if cell[1] <= end)
    shown = replace(block, end=end, cells=cells) if end < block.end else block
    return Placed(number, shown, document.text[block.start : end])
