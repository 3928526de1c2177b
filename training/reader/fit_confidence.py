"""Fit `assistant/reading/confidence.toml`: which sentence answers, and whether it is right.

    python training/reader/fit_confidence.py \\
        --squad squad1-part.json.gz squad2-part.json.gz --wiki squadshifts-new-wiki.json.gz \\
        --tables tables.jsonl.gz --searches clapnq-half.jsonl.gz

    python training/reader/fit_confidence.py --measure …the same…

Uses articles, tables and search queries that the span model never saw: those that are held out for
calibration, and with `--measure` those that are held out for the test, on which the file as it
stands is only measured. Each is a document of one workspace, and questions are asked of the
assistant itself, over one document or over all (`questions.py`). How sure it is of one source when
it was fitted on the others alone is printed too: documents of people are of yet other kinds.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from articles import load
from held_out import Held, Kept, held_out, searches_held_out, tables_held_out
from numpy.typing import NDArray
from questions import (
    ABSENT,
    PRESENT,
    Question,
    all_asked,
    load_searches,
    of_article,
    of_searches,
    of_tables,
    path,
    source_of,
)
from rich.progress import track
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from synonyms import synonyms
from tables import load_tables

from assistant import Assistant, workspace
from assistant.embedding import DEFAULT_MODEL, SentenceTransformerEmbedder
from assistant.evaluation.metrics import auroc, calibration_error, exact_match, risk_coverage_area
from assistant.reading import Reading, Signals, SpanModel, SpanReader, Weights, load_weights
from assistant.reading.candidates import SIGNALS, Candidate
from assistant.reading.model import Logits

ROUNDS = 2  # what is shown for a question of several parts depends on the threshold
DECLINED_AT_MOST = 0.05  # of the answers that are right, by the threshold
COVERAGES = (0.2, 0.4, 0.6, 0.8, 1.0)  # of all questions, by confidence
THRESHOLDS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)  # to choose from
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Case:
    """A question and what the assistant makes of it, whether or not it would show it."""

    question: Question
    signals: Signals
    confidence: float
    right: bool
    to_the_word: bool  # whether the short answer is an expected one
    choices: tuple[list[Candidate], ...]  # what each reading had to choose from


class RememberingModel(SpanModel):
    """Reads the same passages with the same question once: what is fitted is not in the model."""

    def __init__(self, name: str | None) -> None:
        super().__init__(name)
        self._read: dict[tuple[str, ...], list[Logits]] = {}

    def logits(self, question: str, leads: Sequence[str], texts: Sequence[str]) -> list[Logits]:
        key = (question, *leads, *texts)
        if key not in self._read:
            self._read[key] = super().logits(question, leads, texts)
        return self._read[key]


class RecordingReader(SpanReader):
    """Keeps what each reading had to choose from."""

    def __init__(self, model: SpanModel, weights: Weights) -> None:
        super().__init__(model, weights)
        self.choices: list[list[Candidate]] = []

    def looked_at(
        self, question: str, found: Sequence[Candidate]
    ) -> tuple[list[Candidate], list[Candidate]]:
        again, rest = super().looked_at(question, found)
        self.choices.append(again)
        return again, rest


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--squad", nargs="+", type=Path, required=True, help="SQuAD 1.1 and 2.0")
    parser.add_argument("--wiki", nargs="+", type=Path, required=True, help="SQuADShifts, articles")
    parser.add_argument("--tables", type=Path, help="WikiTableQuestions, as JSON Lines")
    parser.add_argument("--searches", type=Path, help="CLAPNQ, as JSON Lines")
    parser.add_argument("--measure", action="store_true", help="measure --out on the test articles")
    parser.add_argument("--questions", type=int, default=50, help="of an article; as many absent")
    parser.add_argument("--model", help="another question-answering model; its folder or hub name")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path, default=Path("assistant/reading/confidence.toml"))
    options = parser.parse_args()

    documents, asked = gathered(options, random.Random(options.seed))
    model = RememberingModel(options.model)
    with tempfile.TemporaryDirectory() as folder:
        corpus = Corpus(Path(folder), documents)
        if options.measure:
            weights = load_weights(options.out)
            cases = corpus.ask(asked, model, weights)
            report("held out for the test", cases, weights.threshold)
            return
        weights = Weights((1.0,) * len(SIGNALS), (1.0,) * len(Signals._fields), 0.0, 0.0)
        weights = replace(weights, sentence=fit_sentence(corpus.ask(asked, model, weights)))
        for _ in range(ROUNDS):
            cases = corpus.ask(asked, model, weights)
            weights = fit_confidence(cases, weights)
        report("fitted on", [weighed(case, weights) for case in cases], weights.threshold)
        report_left_out(cases, weights)
    write(options, weights)


def gathered(
    options: argparse.Namespace, chance: random.Random
) -> tuple[dict[str, str], list[Question]]:
    """Return the documents to ask about, by path, and the questions."""

    def part(held: Held[Kept]) -> list[Kept]:
        return held.test if options.measure else held.calibration

    split_files = [held_out(load(files)) for files in (options.squad, options.wiki)]
    inside = [article for held in split_files for article in part(held)]
    outside = [article for held in split_files for article in held.rest[-4:]]
    near = synonyms(asked.text for a in (*inside, *outside) for asked, _ in all_asked(a))
    documents = {path(article): source_of(article) for article in inside}
    asked = [
        question
        for article in inside
        for question in of_article(article, inside, outside, options.questions, near, chance)
    ]
    if options.tables:
        kept = part(tables_held_out(load_tables(options.tables)))
        more, others = of_tables(kept, chance)
        documents, asked = {**documents, **more}, [*asked, *others]
    if options.searches:
        searched = part(searches_held_out(load_searches(options.searches)))
        more, others = of_searches(searched)
        documents, asked = {**documents, **more}, [*asked, *others]
    return documents, asked


class Corpus:
    """A workspace of these documents."""

    def __init__(self, folder: Path, documents: Mapping[str, str]) -> None:
        self._root = workspace.create(folder / "workspace")
        self._embedder = SentenceTransformerEmbedder(DEFAULT_MODEL, Path())
        for name, text in documents.items():
            (self._root / "sources" / name).write_text(text, encoding="utf-8", newline="\n")

    def ask(self, asked: Sequence[Question], model: SpanModel, weights: Weights) -> list[Case]:
        """Return what the assistant itself makes of each question by those weights."""
        reader = RecordingReader(model, weights)
        cases = []
        with Assistant(workspace.load(self._root), self._embedder, reader) as assistant:
            if refused := assistant.sync().refused:
                raise SystemExit(f"{refused[0].path} cannot be indexed: {refused[0].reason}")
            for question in track(asked, description="asking"):
                reader.choices.clear()
                _, reading = assistant.answering.read(question.text, question.documents)
                if reading is not None and reading.signals is not None:
                    right = question.answered_by(_shown(reading))
                    choices = tuple(reader.choices)
                    short = reading.short or _shown(reading)
                    to_the_word = bool(exact_match(short, question.answers))
                    case = Case(
                        question, reading.signals, reading.confidence, right, to_the_word, choices
                    )
                    cases.append(case)
        return cases


def _shown(reading: Reading) -> str:
    return " ".join(
        passage.text[start - passage.start : end - passage.start]
        for passage, (start, end) in reading.sentences
    )


def fit_sentence(cases: Sequence[Case]) -> tuple[float, ...]:
    """Fit the weights by which the sentence with the answer comes first: a conditional logit."""
    groups = []
    for case in cases:
        for choice in case.choices:
            right = np.array([case.question.answered_by(c.text) for c in choice], dtype=bool)
            if right.any() and not right.all():
                groups.append((np.array([c.signals for c in choice]), right))

    def loss(weights: Numbers) -> float:
        total = 0.001 * float(weights @ weights)
        for signals, right in groups:
            scores = signals @ weights
            top = scores.max()
            everything = np.log(np.exp(scores - top).sum())
            total -= (np.log(np.exp(scores[right] - top).sum()) - everything) / len(groups)
        return total

    found = minimize(loss, np.ones(len(SIGNALS)), method="L-BFGS-B")
    return tuple(float(weight) for weight in found.x)


def fit_confidence(cases: Sequence[Case], weights: Weights) -> Weights:
    """Fit the probability of being right; the threshold declines few answers that are."""
    signals = np.array([case.signals for case in cases])
    model = LogisticRegression(C=10.0, max_iter=5000)
    model.fit(signals, [case.right for case in cases])
    confidence = tuple(float(weight) for weight in model.coef_[0])
    weights = replace(weights, confidence=confidence, intercept=float(model.intercept_[0]))
    answered = [weights.confident(case.signals) for case in cases if case.right]
    return replace(weights, threshold=float(np.quantile(answered, DECLINED_AT_MOST)))


def weighed(case: Case, weights: Weights) -> Case:
    """Return the case as sure as those weights say."""
    return replace(case, confidence=weights.confident(case.signals))


def report(name: str, cases: Sequence[Case], threshold: float) -> None:
    confidences, outcomes = [c.confidence for c in cases], [c.right for c in cases]
    sure, right = np.array(confidences), np.array(outcomes)
    to_the_word = np.array([case.to_the_word for case in cases])
    kinds = np.array([case.question.kind for case in cases])
    present = ~np.isin(kinds, ABSENT)
    print(
        f"{name}: {present.sum()} with an answer, {(~present).sum()} without\n"
        f"  right, of those with an answer     {right[present].mean():.3f}\n"
        f"  calibration error (10 bins)        {calibration_error(confidences, outcomes):.3f}\n"
        f"  risk-coverage area                 {risk_coverage_area(confidences, outcomes):.3f}"
    )
    best_first = right[np.argsort(-sure, kind="stable")]
    for share in COVERAGES:
        of = round(share * len(right))
        print(f"  right, of the surest {share:4.0%}         {best_first[:of].mean():.3f}")
    shown = sure >= threshold
    for kind in PRESENT:
        these = kinds == kind
        if not these.any():
            continue
        print(
            f"  {kind:8} {these.sum():4}: right {right[these].mean():.3f} "
            f"(the short answer to the word {to_the_word[these].mean():.3f}), "
            f"declined wrongly {(~shown[these]).mean():.3f}"
        )
    for kind in ABSENT:
        these = kinds == kind
        if these.any():
            area = auroc([*sure[present], *sure[these]], [*present[present], *present[these]])
            print(
                f"  {kind:8} {these.sum():4}: declined {(~shown[these]).mean():.3f}, "
                f"AUROC against those with an answer {area:.3f}"
            )
    # What a person wants to know who chooses a threshold.
    other = np.isin(kinds, ("other", "outside"))
    print("  threshold: right of the shown; declined of those with an answer, without, of others")
    for least in sorted((threshold, *THRESHOLDS)):
        shown = sure >= least
        shares = (right[shown], ~shown[present], ~shown[~present], ~shown[other])
        said = ", ".join(f"{share.mean():.3f}" if len(share) else "–" for share in shares)
        print(f"  {least:9.3f}: {said}")


def report_left_out(cases: Sequence[Case], weights: Weights) -> None:
    """Print how sure one is of each source when the confidence is fitted on the others."""
    sources = sorted({case.question.source for case in cases})
    for source in sources if len(sources) > 1 else ():
        others = [case for case in cases if case.question.source != source]
        fitted = fit_confidence(others, weights)
        own = [weighed(case, fitted) for case in cases if case.question.source == source]
        report(f"{source}, fitted on the others", own, fitted.threshold)


def write(options: argparse.Namespace, weights: Weights) -> None:
    more = [file for file in (options.tables, options.searches) if file]
    files = ", ".join(file.name for file in (*options.squad, *options.wiki, *more))
    lines = [
        "# How the reader weighs what it read against what retrieval says.",
        f"# Made by training/reader/fit_confidence.py on {files}",
        f"# with seed {options.seed}; not to be edited by hand.",
        "",
        f"# Declines about {DECLINED_AT_MOST:.0%} of the answers that are right.",
        f"threshold = {weights.threshold:.3f}",
        "",
        "[sentence] # which sentence answers: the highest weighted sum of its signals",
        *(f"{n} = {w:.3f}" for n, w in zip(SIGNALS, weights.sentence, strict=True)),
        "",
        "[confidence] # whether it is right: the logit of the probability",
        *(f"{n} = {w:.3f}" for n, w in zip(Signals._fields, weights.confidence, strict=True)),
        f"intercept = {weights.intercept:.3f}",
    ]
    options.out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
