"""The likeliest sentences, each read once more by itself, under all that it stands under.

Among its neighbours a sentence is taken for what one of them says; by itself, under its headings
and parents, it answers or it does not. There a heading may answer too: a date, a name, a version.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.reading.candidates import Candidate
from assistant.reading.model import SpanModel
from assistant.reading.rendering import rendered_alone
from assistant.reading.spans import best_spans, joint


def reread(question: str, chosen: Sequence[Candidate], model: SpanModel) -> list[Candidate]:
    """Return the candidates as they read by themselves, in the same order.

    The margin is that of the sentence and all that it stands under together; the words that answer
    may lie in any of them.
    """
    seen = [rendered_alone(c.passage, c.number) for c in chosen]
    logits = model.logits(question, [r.lead for r in seen], [r.text for r in seen])
    found = []
    for candidate, rendering, spoken in zip(chosen, seen, logits, strict=True):
        spans = best_spans(spoken, [(s.sentence, (s.start, s.end)) for s in rendering.stretches])
        if not spans:
            found.append(candidate)
            continue
        best = max(spans, key=lambda span: span.margin)
        found.append(
            replace(
                candidate,
                margin=joint([span.margin for span in spans]),
                answer=rendering.place(best.span),
            )
        )
    return found
