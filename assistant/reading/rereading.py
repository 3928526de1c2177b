"""The likeliest sentences, each read once more by itself, under all that it stands under.

Among its neighbours a sentence is taken for what one of them says; by itself, under its headings
and parents, it answers or it does not. There a heading may answer too: a date, a name, a version.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from assistant.reading.candidates import Candidate
from assistant.reading.model import SpanModel
from assistant.reading.rendering import ABOVE, Rendering, rendered_alone, standing_over
from assistant.reading.spans import Found, best_spans

CLEARLY = 2.0  # log odds by which what stands above must be likelier, to answer


def reread(question: str, chosen: Sequence[Candidate], model: SpanModel) -> list[Candidate]:
    """Return the candidates as they read by themselves, in the same order.

    The margin is the mean of that among its neighbours and that by itself: a step of several, or
    one thing of a list, answers less by itself than with the others. The words that answer lie in
    something above where that is clearly likelier; among its neighbours that was not asked.
    """
    read = _read(question, [(candidate, None) for candidate in chosen], model)
    return [_again(candidate, *one) for candidate, one in zip(chosen, read, strict=True)]


def read_alone(
    question: str, marked: Sequence[tuple[Candidate, str | None]], model: SpanModel
) -> list[float]:
    """Return the margins of candidates by themselves, each with what its mark says, or None."""
    return [
        next((span.margin for span in spans if span.sentence == candidate.number), -math.inf)
        for (candidate, _), (_, spans) in zip(marked, _read(question, marked, model), strict=True)
    ]


def _read(
    question: str, marked: Sequence[tuple[Candidate, str | None]], model: SpanModel
) -> list[tuple[Rendering, list[Found]]]:
    """Return of each candidate what is read of it by itself, and what was found in that."""
    seen = [rendered_alone(c.passage, c.number, mark) for c, mark in marked]
    logits = model.logits(question, [r.lead for r in seen], [r.text for r in seen])
    return [
        (r, best_spans(spoken, [(s.sentence, (s.start, s.end)) for s in r.stretches]))
        for r, spoken in zip(seen, logits, strict=True)
    ]


def _again(candidate: Candidate, rendering: Rendering, spans: Sequence[Found]) -> Candidate:
    own = [span for span in spans if span.sentence == candidate.number]
    above = [span for span in spans if span.sentence != candidate.number]
    if not own:
        return candidate
    best, over = own[0], None
    highest = max(above, key=lambda span: span.margin, default=best)
    if highest.margin > best.margin + CLEARLY:
        best = highest
        over = standing_over(candidate.passage, candidate.number)[ABOVE - best.sentence]
    margin = best.margin if over else (candidate.margin + best.margin) / 2
    return replace(candidate, margin=margin, answer=rendering.place(best.span), over=over)
