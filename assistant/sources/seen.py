"""A stretch of a document -> the words of it that its reader sees, each with its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from assistant.values import Span

Style = Literal["strong", "em", "s", "code", "break"]


@dataclass(frozen=True, slots=True)
class Run:
    """Words as they are seen, and the characters of the document's text that they stand for.

    These are the same characters, but where a mark names another: "&ndash;" is seen as a dash.
    """

    text: str
    start: int
    end: int
    styles: tuple[Style, ...] = ()  # "break": a line ends here

    @property
    def verbatim(self) -> bool:
        return len(self.text) == self.end - self.start


See = Callable[[str, int, int], list[Run]]  # of the whole text, from and to


def all_of_it(text: str, start: int, end: int) -> list[Run]:
    """Return a stretch as it stands: nothing in it is a mark."""
    return [Run(text[start:end], start, end)] if start < end else []


def clipped(runs: Iterable[Run], start: int, end: int) -> list[Run]:
    """Return what is seen of the characters from `start` to `end`."""
    found = []
    for run in runs:
        left, right = max(run.start, start), min(run.end, end)
        if left >= right:
            continue
        if (left, right) == (run.start, run.end):
            found.append(run)
        elif run.verbatim:
            words = run.text[left - run.start : right - run.start]
            found.append(replace(run, text=words, start=left, end=right))
        elif left == run.start:
            found.append(run)
    return found


def without(runs: Iterable[Run], hidden: Sequence[Span]) -> Iterator[Run]:
    """Yield what is seen but for what is hidden; of that, what is struck out shows as such."""
    for run in runs:
        if "s" in run.styles or not run.verbatim:
            yield run
            continue
        place = run.start
        for start, end in hidden:
            if place < end and start < run.end:
                yield from clipped([run], place, start)
                place = end
        yield from clipped([run], place, run.end)


def spoken(runs: Iterable[Run]) -> str:
    """Return the words on one line, without what is struck out."""
    return " ".join("".join(run.text for run in runs if "s" not in run.styles).split())
