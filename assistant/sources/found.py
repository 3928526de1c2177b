"""What a reader finds in a text, block by block."""

from __future__ import annotations

from dataclasses import dataclass, field

from assistant.values import Block

MOST_CELLS = 500  # of a row: what stands in more columns is found by its words alone
MOST_HIDDEN = 200  # stretches of a block


@dataclass
class Found:
    """The blocks of a text in its order, and the title that it gives itself."""

    title: str | None = None
    blocks: list[Block] = field(default_factory=list)

    def add(self, block: Block) -> int:
        """Take a block in, and return its number."""
        self.blocks.append(block)
        return len(self.blocks) - 1
