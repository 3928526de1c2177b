"""Pieces of a section -> which of them make a passage each."""

from __future__ import annotations

from itertools import accumulate

from assistant.splitting.pieces import Piece

# Sizes count tokens: 80 to 160 are about 60 to 120 English words, and they also fit scripts that
# put no spaces between words.
SHORTEST = 80  # from here on a passage ends where a paragraph does
LONGEST = 160
LONGEST_REPEATED = 40  # a sentence that two neighbours may share
SHORTEST_TAIL = 40  # the end of a section that is smaller than this joins the passage before it


def pack(text: str, pieces: list[Piece], *, limit: int) -> list[list[Piece]]:
    """Return the pieces of each passage, in order; none of more than `limit` tokens.

    `pieces` are those of one section, none of them larger than `limit`.
    """
    longest = min(LONGEST, limit)
    sums = [0, *accumulate(piece.size + piece.gap for piece in pieces)]

    def size(first: int, last: int) -> int:
        return sums[last] - sums[first] - pieces[first].gap

    ends = _ends_of_records(pieces)
    ranges: list[tuple[int, int]] = []
    first = fresh = 0  # where the passage begins, and its first piece that is in none before
    for number, piece in enumerate(pieces):
        if number > fresh and size(first, number + 1) > longest:
            ranges.append((first, number))
            repeats = (
                pieces[number - 1].block == piece.block
                and pieces[number - 1].size <= LONGEST_REPEATED
                and size(number - 1, number + 1) <= longest
            )
            first, fresh = (number - 1 if repeats else number), number
        elif (
            number > fresh
            and ends[number - 1] == number
            and size(number, ends[number]) <= longest < size(first, ends[number])
        ):
            ranges.append((first, number))  # a record that does not fit in begins the next one
            first = fresh = number
        paragraph_ends = number + 1 == len(pieces) or pieces[number + 1].block != piece.block
        if ends[number] > number + 1 and size(first, ends[number]) <= longest:
            paragraph_ends = False
        if paragraph_ends and size(first, number + 1) >= SHORTEST and text[piece.end - 1] != ":":
            ranges.append((first, number + 1))
            first = fresh = number + 1
    end = len(pieces)
    if fresh < end:
        is_tail = bool(ranges) and size(fresh, end) < SHORTEST_TAIL
        if is_tail and size(ranges[-1][0], end) <= limit:
            first = ranges.pop()[0]
        ranges.append((first, end))
    return [pieces[first:last] for first, last in ranges]


def _ends_of_records(pieces: list[Piece]) -> list[int]:
    """Return for each piece where its record ends; for one of none, the next piece."""
    ends = list(range(1, len(pieces) + 1))
    for number in range(len(pieces) - 2, -1, -1):
        if pieces[number].record >= 0 and pieces[number].record == pieces[number + 1].record:
            ends[number] = ends[number + 1]
    return ends
