"""A run over texts that were mended since -> the same run, its quotes at the places of now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from assistant.evaluation.facts import TextOf
from assistant.evaluation.runs import Run
from assistant.finding_again import finder
from assistant.values import Span

_Find = Callable[[str, str, int], Span | None]


def carried(run: Run, text_of: TextOf) -> Run:
    """Return the run with each quote where it stands now; what is not found stays as it was.

    So a run can be compared with later ones, though the way in which texts are read has changed.
    """
    found = _At(text_of)
    return Run(run.identity, [found.record(record) for record in run.records])


class _At:
    def __init__(self, text_of: TextOf) -> None:
        self._text_of = text_of
        self._find = finder(text_of)

    def record(self, record: Mapping[str, Any]) -> dict[str, Any]:
        case, answer = dict(record["case"]), record["answer"]
        if case["document"]:
            case["evidence"] = [self._quote(item, case["document"]) for item in case["evidence"]]
        if answer is not None:
            citations = [self._quote(item, item["document"]) for item in answer["citations"]]
            mended = {
                " ".join(old["quote"].split()): " ".join(new["quote"].split())
                for old, new in zip(answer["citations"], citations, strict=True)
            }
            sentences = [
                {**one, "text": mended.get(one["text"], one["text"])} for one in answer["sentences"]
            ]
            answer = {**answer, "citations": citations, "sentences": sentences}
        return {**record, "case": case, "answer": answer}

    def _quote(self, item: Mapping[str, Any], path: str) -> dict[str, Any]:
        span = self._find(path, item["quote"], item["start"])
        text = self._text_of(path)
        if span is None or text is None:
            return dict(item)
        start, end = span
        return {**item, "quote": text[start:end], "start": start, "end": end}
