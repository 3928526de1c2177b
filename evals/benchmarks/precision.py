"""How well the reader's precisions agree with single precision, and how long each takes.

    python evals/benchmarks/precision.py FILE [--questions 1000 --seed 7]

FILE is in SQuAD's format (1.1 or 2.0). Each question is read over its own paragraph, under the
article's title. Bars: the margins correlate with those of single precision at 0.998 or more, and
F1 on answerable questions, every answer shown, differs by at most 0.005. A precision that the
processor does not have is measured as well: it agrees alike, and takes longer.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import frontmatter
import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table
from runs import guarded, read_bytes, sample
from squad import Question, load

from assistant.evaluation.metrics import token_f1
from assistant.reading import SpanModel
from assistant.reading.precision import Precision
from assistant.reading.spans import best_spans


@dataclass(frozen=True)
class Read:
    """What a precision makes of one question."""

    margin: float
    text: str
    seconds: float


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", type=Path, help="SQuAD 1.1 or 2.0 format, gzipped or not")
    parser.add_argument("--questions", type=int, default=1000, help="how many (1000)")
    parser.add_argument("--seed", type=int, default=7, help="of the sample (7)")
    parser.add_argument(
        "--precisions", nargs="+", type=Precision, default=list(Precision), metavar="NAME",
        help="compared with float32: bfloat16, int8",
    )  # fmt: skip
    options = parser.parse_args()

    documents, questions = load(options.file, read_bytes(options.file))
    questions = sample(questions, options.questions, options.seed)
    precisions = list(dict.fromkeys([Precision.SINGLE, *options.precisions]))
    models = {precision: SpanModel(precision=precision) for precision in precisions}
    found: dict[Precision, list[Read]] = {precision: [] for precision in precisions}
    for model in models.values():
        model.logits("warm", [""], ["warm"])
    for question in track(questions, console=Console(stderr=True), transient=True):
        paragraph = frontmatter.loads(documents[question.paragraph])
        lead = f"{paragraph['title']}. "
        for precision, model in models.items():  # in turns, so that all meet the same machine
            found[precision].append(read(model, question.text, lead, paragraph.content))
    show(questions, found)


def read(model: SpanModel, question: str, lead: str, text: str) -> Read:
    begun = time.perf_counter()
    (logits,) = model.logits(question, [lead], [text])
    (best,) = best_spans(logits, [(0, (0, len(text)))])
    return Read(best.margin, text[slice(*best.span)], time.perf_counter() - begun)


def f1(questions: list[Question], found: list[Read]) -> float:
    """Return the mean F1 of the answerable questions, every answer shown, 0 to 1."""
    pairs = zip(questions, found, strict=True)
    return float(np.mean([token_f1(one.text, q.golds) for q, one in pairs if q.golds]))


def correlation(found: list[Read], single: list[Read]) -> float:
    """Return Pearson's correlation of the margins."""
    return statistics.correlation([one.margin for one in found], [one.margin for one in single])


def show(questions: list[Question], found: dict[Precision, list[Read]]) -> None:
    table = Table(title=f"{len(questions)} questions")
    for name in ("precision", "correlation", "same words", "F1", "ms (median)"):
        table.add_column(name)
    single = found[Precision.SINGLE]
    for precision, reads in found.items():
        same = np.mean([a.text == b.text for a, b in zip(reads, single, strict=True)])
        table.add_row(
            precision,
            f"{correlation(reads, single):.4f}",
            f"{same:.3f}",
            f"{f1(questions, reads):.4f}",
            f"{1e3 * np.median([one.seconds for one in reads]):.0f}",
        )
    Console().print(table)


if __name__ == "__main__":
    sys.exit(guarded(main))
