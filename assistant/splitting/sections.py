"""Document -> its sections: what stands under each heading, and above the first."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.sources.spans import has_words
from assistant.values import Document

LISTED_HEADINGS = 3  # so many lines of a section, and half of all, make it a table of contents

_LETTERS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Section:
    """A stretch of a document under one heading.

    `text[start:end]` is the body, up to the next heading of any level; it may be blank.
    `text[heading_start:heading_end]` is the heading as it stands, empty where there is none.
    """

    title: str | None  # None: under the document's title only, or above the first heading
    level: int  # 1 is the highest; 0 where the title is None
    start: int
    end: int
    heading_start: int
    heading_end: int
    above: tuple[int, ...] = ()  # the blocks of the headings that it stands under, its own last


def sections(document: Document) -> list[Section]:
    """Return the sections of `document` in order: one per heading, and what stands above them.

    The heading that is the document's own title opens the section whose title is None. A document
    of nothing but headings is one section, so that its words can be cited.
    """
    text = document.text
    blocks = document.blocks
    headings = [number for number, block in enumerate(blocks) if block.kind == "heading"]
    if len(headings) == len(blocks):
        return [Section(None, 0, 0, len(text), 0, 0)] if text.strip() else []
    starts = [blocks[number].start for number in headings] + [len(text)]
    found: list[Section] = []
    above: list[int] = []
    if has_words(text[: starts[0]]):
        found.append(Section(None, 0, 0, starts[0], 0, 0))
    for number, end in zip(headings, starts[1:], strict=True):
        heading = blocks[number]
        is_title = not found and heading.title == document.title
        if is_title:
            found.append(Section(None, 0, heading.end, end, heading.start, heading.end))
            continue
        above = [*(other for other in above if blocks[other].level < heading.level), number]
        found.append(
            Section(
                heading.title,
                heading.level,
                heading.end,
                end,
                heading.start,
                heading.end,
                tuple(above),
            )
        )
    return found


def citable(document: Document) -> list[Section]:
    """Return the sections but for tables of contents, whose lines only repeat the headings.

    They would be found in place of what they point to. Where nothing else is there, all.
    """
    found = sections(document)
    titles = {_letters(section.title) for section in found if section.title}
    kept = [section for section in found if not _lists(document.text, section, titles)]
    return kept or found


def _lists(text: str, section: Section, titles: set[str]) -> bool:
    lines = filter(None, map(_letters, text[section.start : section.end].splitlines()))
    listed = [line in titles for line in lines]
    return sum(listed) >= max(LISTED_HEADINGS, len(listed) / 2)


def _letters(line: str) -> str:
    """Return the words of a line or a heading, without numbers, marks and targets of links."""
    return " ".join(_LETTERS.findall(_without_targets(line).casefold()))


def _without_targets(line: str) -> str:
    """Return a line without the targets of its links: "[Dues](dues.md)" -> "[Dues"."""
    kept, position = [], 0
    while (start := line.find("](", position)) >= 0 and (end := line.find(")", start)) >= 0:
        kept.append(line[position:start])
        position = end + 1
    return "".join([*kept, line[position:]])
