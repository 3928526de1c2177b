"""What an outline is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)  # there may be a million of them
class Heading:
    """A heading as it stands in a text: `end` is after an underline, where there is one."""

    title: str  # on one line, without Markdown marks
    level: int  # 1 is the highest
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, list item, table row or code block; sentences do not reach across it."""

    start: int
    end: int
    prose: bool = True  # table rows and code are kept whole


@dataclass(frozen=True)
class Outline:
    """Headings and blocks in the order of the text; every block holds a word."""

    title: str | None  # that the text gives itself
    headings: Sequence[Heading]
    blocks: Sequence[Block]
