"""Answers to real search queries, in CLAPNQ's manner: which sentences of a passage answer, if any.

    python evals/benchmarks/clapnq.py FILE [--questions 300 --seed 7]

FILE is JSON Lines, gzipped or not: `id`, `question`, `title`, `sentences` (of one passage) and
`gold`, the numbers from 0 of those that answer; none where the passage does not. Each passage is a
document of one workspace, indexed as any is. Two ways, over the same questions:

all passages     each question is searched for and answered over all of them
given passage    each question is asked over its own passage alone: reading without finding

A gold sentence is shown when a footnote marks more than half of its characters. What is declined
shows none, but where it says "were all shown". Another passage may answer a question that its own
does not, so that what is declined of those, over all passages, is a lower bound.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from runs import (
    WORK,
    Figure,
    Record,
    Refused,
    digest,
    guarded,
    identify,
    mean,
    read_bytes,
    read_lines,
    run,
    sample,
    show,
    statistic,
)
from squad import kept, open_corpus

from assistant import Assistant
from assistant.embedding import DEFAULT_MODEL, SentenceTransformerEmbedder
from assistant.evaluation.metrics import auroc
from assistant.values import Span

WAYS = {"whole": "All passages", "given": "Given passage"}
GROUPS = ("overall", "answered", "not answered")

Measure = Callable[[Record], float | None]  # None where it cannot be judged


@dataclass(frozen=True)
class Question:
    id: str
    text: str
    document: str  # the path of its passage
    gold: tuple[str, ...]  # the sentences that answer; none when the passage does not


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", type=Path, help="JSON Lines, gzipped or not")
    parser.add_argument("--questions", type=int, help="how many; all if not given")
    parser.add_argument("--seed", type=int, default=7, help="of the sample and the intervals (7)")
    parser.add_argument("--work", type=Path, default=WORK, help=f"what is kept lies here ({WORK})")
    options = parser.parse_args()

    documents, questions = load(options.file)
    questions = sample(questions, options.questions, options.seed)
    data = read_bytes(options.file)
    embedder = SentenceTransformerEmbedder(DEFAULT_MODEL, Path())
    with open_corpus(documents, data, options.work, embedder) as assistant:
        header, records = run(
            identify(
                "clapnq",
                options.file.name,
                digest(data),
                questions=len(questions),
                seed=options.seed,
                model=embedder.identity,
            ),
            options.work,
            questions,
            lambda question: question.id,
            lambda question: ask(question, assistant),
        )
    for way, title in WAYS.items():
        show(title, header, GROUPS, figures(records, way, seed=options.seed), digits=1)


def load(file: Path) -> tuple[dict[str, str], list[Question]]:
    """Return every passage as the source of a document, by path, and every question.

    Raises:
        Refused: a line is no such question, or there is none; the line is named.
    """
    paths: dict[str, str] = {}  # source -> path: a passage of several questions is one document
    questions = []
    for number, line in read_lines(file):
        try:
            title, sentences = str(line["title"]), [str(text) for text in line["sentences"]]
            source = f"---\ntitle: {json.dumps(title)}\n---\n{' '.join(sentences)}\n"
            name = re.sub(r"[^a-z0-9]+", "-", title.lower())[:40].strip("-")
            path = paths.setdefault(source, f"{number:04}-{name}.txt")
            gold = tuple(sentences[place] for place in line["gold"])
            questions.append(Question(str(line["id"]), str(line["question"]), path, gold))
        except (TypeError, KeyError, IndexError) as error:
            raise Refused(f"{file}, line {number}: no question ({error!r}). Mend it.") from error
    if not questions:
        raise Refused(f"{file} holds no question. Name another file.")
    return {path: source for source, path in paths.items()}, questions


def ask(question: Question, assistant: Assistant) -> Record:
    """Ask both ways and return all that judging needs."""
    text = assistant.document(question.document).text
    gold = [(start, start + len(said)) for said in question.gold if (start := text.find(said)) >= 0]
    return {
        "question": question.text,
        "document": question.document,
        "gold": gold,
        "answered": bool(question.gold),
        "whole": kept(assistant.ask(question.text), assistant),
        "given": kept(assistant.ask(question.text, documents=[question.document]), assistant),
    }


def shown(record: Record, way: str) -> list[bool]:
    """Return for each gold sentence whether a footnote marks more than half of it."""
    cited = [(s, e) for document, s, e in record[way]["cited"] if document == record["document"]]
    return [2 * _common(gold, cited) > gold[1] - gold[0] for gold in record["gold"]]


def _common(sentence: Span, cited: Sequence[Span]) -> int:
    return sum(max(0, min(sentence[1], e) - max(sentence[0], s)) for s, e in cited)


def figures(records: Sequence[Record], way: str, *, seed: int) -> dict[str, list[Figure | None]]:
    """Return the figures of one way, a row each, a column for each of GROUPS."""

    def declined(record: Record) -> bool:
        return bool(record[way]["kind"] != "answer")

    def cites(record: Record) -> float | None:
        return float(any(shown(record, way))) if record["answered"] else None

    def share(record: Record) -> float | None:
        return sum(found := shown(record, way)) / len(found) if record["gold"] else None

    def unless_declined(measure: Measure) -> Measure:
        return lambda r: 0.0 if r["answered"] and declined(r) else measure(r)

    measures: dict[str, Measure] = {
        "declined": lambda r: float(declined(r)),
        "a gold sentence is cited": unless_declined(cites),
        "share of the gold sentences": unless_declined(share),
        "one is cited, were all shown": cites,
        "their share, were all shown": share,
    }
    groups = (
        list(records),
        [r for r in records if r["answered"]],
        [r for r in records if not r["answered"]],
    )
    rows = {
        name: [mean([measure(r) for r in group], seed=seed, scale=100.0) for group in groups]
        for name, measure in measures.items()
    }
    rows["AUROC of confidence"] = [
        statistic(
            records,
            lambda drawn: auroc(
                [r[way]["confidence"] for r in drawn], [r["answered"] for r in drawn]
            ),
            seed=seed,
            scale=100.0,
        ),
        None,
        None,
    ]
    return rows


if __name__ == "__main__":
    sys.exit(guarded(main))
