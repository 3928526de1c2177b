"""One example to learn from, and how many are kept in a file until a machine has time for them."""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

EXTREME = {"id": lzma.FILTER_LZMA2, "preset": 6, "dict_size": 1 << 26}  # the same texts come again


@dataclass(frozen=True)
class Example:
    question: str
    title: str  # what is read before the text; often empty
    text: str
    span: tuple[int, int] | None  # the answer in `text`, end exclusive
    sure: bool = True  # whether a person marked the answer there


def keep(file: Path, groups: Iterable[Sequence[Example]]) -> None:
    """Write groups of examples as packed JSON Lines; within a group their order is lost."""
    with lzma.open(file, "wt", filters=[EXTREME], encoding="utf-8") as lines:
        for number, group in enumerate(groups):
            for e in sorted(group, key=lambda e: (e.text, e.question)):  # alike beside each other
                kept = [number, e.question, e.title, e.text, e.span, e.sure]
                lines.write(json.dumps(kept, ensure_ascii=False, separators=(",", ":")) + "\n")


def kept(file: Path) -> list[list[Example]]:
    """Return the groups that `keep` wrote."""
    groups: list[list[Example]] = []
    with lzma.open(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            number, question, title, text, span, sure = json.loads(line)
            while len(groups) <= number:
                groups.append([])
            place = None if span is None else (int(span[0]), int(span[1]))
            groups[number].append(Example(question, title, text, place, sure))
    return groups
