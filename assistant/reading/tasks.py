"""Tasks, which are items with a box: those in the state that a question asks for.

Whether a question asks for what is done, for what is open or for neither is read, not looked up:
the same tasks are read as done and as open, and what they say is then all the same but for that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import chain
from statistics import fmean

from assistant.reading import structure
from assistant.reading.candidates import Candidate
from assistant.reading.model import SpanModel
from assistant.reading.rereading import read_alone
from assistant.reading.short import asks_yes_or_no

# How a box is said, as done and as open; readers of questions in other words need other words.
WORDINGS = (
    ("done: ", "not done: "),
    ("Done, completed: ", "Still open, not done, remaining: "),
    ("Already done, finished, completed: ", "Not done yet, still open, to do, remaining: "),
    ("Already finished, checked off: ", "Not done yet, outstanding, pending, remaining: "),
    ("Completed: ", "Still to be done, missing: "),
)
SAMPLED = 1  # of the likeliest tasks of each state, read in every wording
ASKED = 1.5  # log odds, in the mean, by which tasks answer better in one state than in the other


def in_asked_state(
    question: str,
    ranked: Sequence[Candidate],
    model: SpanModel,
    score: Callable[[Candidate], float],
) -> list[Candidate]:
    """Return the tasks in the state that is asked for, the likeliest first; none if none is.

    Its margin is that of its likeliest wording. None are returned either where something else
    answers better, and where a task's own state is asked about. Tasks under less of what is asked
    about than the likeliest, or that say less of it, are left out. Where no task is in that state,
    the first of `ranked` is returned, with what speaks against it.
    """
    tasks = [c for c in ranked if _ticked(c) is not None]
    if not tasks or asks_yes_or_no(question):
        return []
    sample = [
        candidate
        for state in (True, False)
        for candidate in [c for c in tasks if _ticked(c) is state][:SAMPLED]
    ]
    done, still_open = _told(question, sample, model)
    preference = fmean(d - o for d, o in zip(chain(*done), chain(*still_open), strict=True))
    if abs(preference) < ASKED:
        return []
    state = preference > 0
    told = [
        replace(candidate, margin=max(margins))
        for candidate, margins in zip(sample, done if state else still_open, strict=True)
        if _ticked(candidate) is state
    ]
    if not told:
        best = ranked[0]
        return [replace(best, margin=best.margin - abs(preference))] if best in tasks else []
    first = max(told, key=score)
    if score(first) < score(ranked[0]) and ranked[0] not in tasks:
        return []
    return [first, *(c for c in tasks if _ticked(c) is state and _belongs(c, first))]


def _told(
    question: str, tasks: Sequence[Candidate], model: SpanModel
) -> tuple[list[list[float]], list[list[float]]]:
    """Return the margins of each task read as done, and as open, in each wording."""
    marks = [mark for wording in WORDINGS for mark in wording]
    margins = read_alone(question, [(task, mark) for task in tasks for mark in marks], model)
    each = [margins[n : n + len(marks)] for n in range(0, len(margins), len(marks))]
    return [one[0::2] for one in each], [one[1::2] for one in each]


def _belongs(task: Candidate, first: Candidate) -> bool:
    return (
        task.span != first.span
        and task.passage.document == first.passage.document
        and first.says <= task.says
        and first.about <= task.about
    )


def _ticked(candidate: Candidate) -> bool | None:
    return structure.block_of(candidate.passage, candidate.number).ticked
