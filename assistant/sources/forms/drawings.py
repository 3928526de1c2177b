"""Drawings: boxes and lines that join them, which are shown as they stand and read as no table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.sources.forms.form import Form
from assistant.sources.lines import Line, runs_of
from assistant.values import Block

_BAR = re.compile(r"[|│┃║]")
_JOINT = re.compile(r"[─━═┌┐└┘├┤┬┴┼╔╗╚╝╠╣╦╩╬╭╮╯╰]|\+-{2,}|-{2,}\+|-{2,}>|<-{2,}")
_STEM = re.compile(r"[|│┃║▲▼↑↓^v/\\](?:\s+[|│┃║▲▼↑↓^v/\\])?")  # one or two of them, and no more
_LEAST_LINES = 3


def drawings(lines: Sequence[Line]) -> Iterator[Form]:
    for first, after in runs_of(lines):
        run = lines[first:after]
        if len(run) >= _LEAST_LINES and _is_drawing(run):
            yield Form(first, after, [Block("code", run[0].start, run[-1].end)])


def _is_drawing(run: Sequence[Line]) -> bool:
    """Whether most lines are drawn, and stems lead from one thing to another: no table has them."""
    if 4 * sum(line.text.startswith("|") for line in run) >= 3 * len(run):
        return False  # a table, or the margin of what is quoted
    drawn = sum(bool(_JOINT.search(line.text) or _BAR.search(line.text)) for line in run)
    has_joints = any(_JOINT.search(line.text) for line in run)
    return 2 * drawn > len(run) and has_joints and any(_STEM.fullmatch(line.text) for line in run)
