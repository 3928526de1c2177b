"""Document -> its sections: what stands under each heading, and above the first."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.outline import outline_of
from assistant.outline.blocks import Heading
from assistant.outline.spans import has_words
from assistant.values import Document


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
    path: tuple[str, ...] = ()  # the headings that it stands under, its own last


def sections(document: Document) -> list[Section]:
    """Return the sections of `document` in order: one per heading, and what stands above them.

    The heading that is the document's own title opens the section whose title is None. A document
    of nothing but headings is one section, so that its words can be cited.
    """
    text = document.text
    outline = outline_of(document.path, text)
    if not outline.blocks:
        return [Section(None, 0, 0, len(text), 0, 0)] if text.strip() else []
    starts = [heading.start for heading in outline.headings] + [len(text)]
    found: list[Section] = []
    above: list[Heading] = []
    if has_words(text[: starts[0]]):
        found.append(Section(None, 0, 0, starts[0], 0, 0))
    for heading, end in zip(outline.headings, starts[1:], strict=True):
        is_title = not found and heading.title == document.title
        if is_title:
            found.append(Section(None, 0, heading.end, end, heading.start, heading.end))
            continue
        above = [*(other for other in above if other.level < heading.level), heading]
        path = tuple(other.title for other in above)
        found.append(
            Section(
                heading.title, heading.level, heading.end, end, heading.start, heading.end, path
            )
        )
    return found
