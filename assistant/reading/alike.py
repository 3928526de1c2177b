"""Parts of a document that answer alike: rows, items, fields of one label, each by itself.

Among its neighbours the likeliest row takes most of what speaks for all of them. Each read by
itself tells whether the others answer too.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.reading.candidates import Candidate
from assistant.reading.model import SpanModel
from assistant.reading.rereading import read_alone
from assistant.reading.short import asks_yes_or_no

MOST_READ = 24  # by themselves
AS_LIKELY = 4.0  # log odds below the best, each by itself, at which another answers as well


def answering_alike(
    question: str, best: Candidate, others: Sequence[Candidate], model: SpanModel
) -> list[Candidate]:
    """Return what answers as the best one does, that one included; none where it alone does.

    Those are of its table, list or label, and say of the question what it says: where it holds the
    name that is asked for, it is the only one. Where most of them answer as likely as the best,
    all do that answer at all: a list with a gap is worse than one with an item more.
    """
    if best.over or asks_yes_or_no(question):
        return []
    alike = [best, *(other for other in others if _alike(best, other))]
    if len(alike) == 1:
        return []
    alike = sorted(alike, key=lambda c: abs(c.span[0] - best.span[0]))[:MOST_READ]
    margins = read_alone(question, [(candidate, None) for candidate in alike], model)
    least = margins[0] - AS_LIKELY
    if sum(margin >= least for margin in margins) > len(margins) / 2:
        least = min(least, 0.0)
    found = [c for c, margin in zip(alike, margins, strict=True) if c is best or margin >= least]
    return found if len(found) > 1 else []


def _alike(best: Candidate, other: Candidate) -> bool:
    return (
        best.series is not None
        and other.series == best.series
        and other.span != best.span
        and best.says <= other.says
        and best.about <= other.about
    )
