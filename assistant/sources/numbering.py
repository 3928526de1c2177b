"""Numbers that chapters, sections, clauses and points begin with, and what introduces points."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.values import Block

CHAPTER = re.compile(r"(?P<number>\d{1,3})[.)]?\s+")  # "6. Committee"
# "6.3. Powers", "A.1 Proposal": a section of chapter 6, or of annex A.
SECTION = re.compile(r"(?P<number>(?:\d{1,3}|[A-Z])(?:\.\d{1,3})+)\.?\s+")
# "(a) the river is low;"
POINT = re.compile(r"[ \t]*(?P<mark>\((?P<number>[a-z]|[ivx]{2,5}|\d{1,2})\))[ \t]+(?=\S)")


def introducing(text: str, blocks: Sequence[Block], mark: str) -> int:
    """Return the item that one after `blocks` is under: one with another mark that is left open.

    "4. The tenant shall not:" is, with "(a) …" and "(b) …" after it.
    """
    before = blocks[-1] if blocks else None
    if before is None or before.kind != "item" or not mark.startswith("("):
        return -1
    if before.mark.startswith("("):
        return before.above
    return -1 if text[before.end - 1] in ".!?" else len(blocks) - 1
