"""What the reader of a form finds: the lines that it explains, and their blocks."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from assistant.sources.found import MOST_HIDDEN
from assistant.values import Block, Span


@dataclass
class Form:
    """Lines that one form explains, and their blocks: `above` and `group` count within these."""

    first: int
    after: int
    blocks: list[Block] = field(default_factory=list)
    hidden: list[Span] = field(default_factory=list)  # in the last block

    def add(self, block: Block) -> int:
        """Take a block in, and return its number."""
        self.close()
        self.blocks.append(block)
        return len(self.blocks) - 1

    def extend(self, end: int, *hidden: Span) -> None:
        """Let the last block go on to `end`."""
        self.blocks[-1] = replace(self.blocks[-1], end=end)
        self.hidden += hidden

    @property
    def takes_more(self) -> bool:
        """Whether the last block may hide more."""
        return len(self.hidden) < MOST_HIDDEN

    def close(self) -> None:
        if self.hidden:
            self.blocks[-1] = replace(self.blocks[-1], hidden=tuple(self.hidden))
            self.hidden.clear()
