"""Fit `assistant/reading/confidence.toml`: which sentence answers, and whether it is right.

    python training/reader/fit_confidence.py \\
        --squad squad1-part.json.gz squad2-part.json.gz --wiki squadshifts-new-wiki.json.gz

    python training/reader/fit_confidence.py --measure …the same…

Uses articles that the span model never saw: those that are held out for calibration,
and with `--measure` those that are held out for the test, on which the file as it stands is only
measured. Every article becomes a document of one workspace, and questions are asked as a person
would ask them, of the assistant itself: over one document or over all. Half of them have an answer
there. The others have none: SQuAD 2.0's own about the same matter, questions whose name, number or
year was swapped, questions about another article, and questions about articles that are not in the
index. Some of those with an answer are put in other words (`synonyms.py`), and reported apart.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from articles import Article, Asked, Paragraph, load
from examples import misspelled, swapped
from held_out import held_out
from numpy.typing import NDArray
from rich.progress import track
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from synonyms import reworded, synonyms

from assistant import Assistant, workspace
from assistant.embedding import DEFAULT_MODEL, SentenceTransformerEmbedder
from assistant.evaluation.metrics import auroc, calibration_error, risk_coverage_area
from assistant.reading import Reading, Signals, SpanModel, SpanReader, Weights, load_weights
from assistant.reading.candidates import SIGNALS, Candidate
from assistant.reading.model import Logits

ROUNDS = 2  # what is shown for a question of several parts depends on the threshold
DECLINED_AT_MOST = 0.05  # of the questions that the documents answer, by the threshold
MISSPELLED = 0.1
REWORDED = 0.2
COVERAGES = (0.2, 0.4, 0.6, 0.8, 1.0)  # of all questions, by confidence
THRESHOLDS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)  # to choose from
ABSENT = ("near", "swapped", "other", "outside")

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Question:
    kind: str  # "present", "reworded" (present in other words), or one of ABSENT
    text: str
    answers: tuple[str, ...]  # empty when the documents asked do not answer it
    documents: tuple[str, ...] | None  # asked over these; over all when None

    def answered_by(self, text: str) -> bool:
        return any(answer.lower() in text.lower() for answer in self.answers)


@dataclass(frozen=True)
class Case:
    """A question and what the assistant makes of it, whether or not it would show it."""

    question: Question
    signals: Signals
    confidence: float
    right: bool
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
    parser.add_argument("--measure", action="store_true", help="measure --out on the test articles")
    parser.add_argument("--questions", type=int, default=50, help="of an article; as many absent")
    parser.add_argument("--model", help="another question-answering model; its folder or hub name")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path, default=Path("assistant/reading/confidence.toml"))
    options = parser.parse_args()

    chance = random.Random(options.seed)
    split_files = [held_out(load(files)) for files in (options.squad, options.wiki)]
    inside = [
        a for kept in split_files for a in (kept.test if options.measure else kept.calibration)
    ]
    outside = [a for kept in split_files for a in kept.rest[-4:]]
    near = synonyms(asked.text for a in (*inside, *outside) for asked, _ in _asked(a))
    asked = [
        question
        for article in inside
        for question in questions(article, inside, outside, options.questions, near, chance)
    ]
    model = RememberingModel(options.model)
    with tempfile.TemporaryDirectory() as folder:
        corpus = Corpus(Path(folder), inside)
        if options.measure:
            weights = load_weights(options.out)
            cases = corpus.ask(asked, model, weights)
            report("articles held out for the test", cases, weights.threshold)
            return
        weights = Weights((1.0,) * len(SIGNALS), (1.0,) * len(Signals._fields), 0.0, 0.0)
        weights = replace(weights, sentence=fit_sentence(corpus.ask(asked, model, weights)))
        for _ in range(ROUNDS):
            cases = corpus.ask(asked, model, weights)
            weights = fit_confidence(cases, weights)
        report("fitted on", [weighed(case, weights) for case in cases], weights.threshold)
    write(options, weights)


class Corpus:
    """A workspace in which each article is a document."""

    def __init__(self, folder: Path, articles: Sequence[Article]) -> None:
        self._root = workspace.create(folder / "workspace")
        self._embedder = SentenceTransformerEmbedder(DEFAULT_MODEL, Path())
        for article in articles:
            text = "\n\n".join(paragraph.text for paragraph in article.paragraphs)
            source = f"---\ntitle: {json.dumps(article.title)}\n---\n{text}\n"
            file = self._root / "sources" / path(article)
            file.write_text(source, encoding="utf-8", newline="\n")

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
                    case = Case(question, reading.signals, reading.confidence, right, choices)
                    cases.append(case)
        return cases


def path(article: Article) -> str:
    """Return the path of an article's document."""
    return f"{re.sub(r'[^a-z0-9]+', '-', article.title.lower()).strip('-')}.txt"


def _shown(reading: Reading) -> str:
    return " ".join(
        passage.text[start - passage.start : end - passage.start]
        for passage, (start, end) in reading.sentences
    )


def questions(
    article: Article,
    inside: Sequence[Article],
    outside: Sequence[Article],
    count: int,
    near: Mapping[str, Sequence[str]],
    chance: random.Random,
) -> Iterator[Question]:
    """Yield `count` answered questions of an article, and about as many that are not."""
    alone = (path(article),)
    present = _asked(article, answered=True)
    for asked, _ in chance.sample(present, min(count, len(present))):
        text = misspelled(asked.text, chance) if chance.random() < MISSPELLED else asked.text
        kind = "present"
        if chance.random() < REWORDED:
            kind, text = "reworded", reworded(asked.text, near, chance)
        answers = tuple(answer for _, answer in asked.answers)
        yield Question(kind, text, answers, alone if chance.random() < 2 / 3 else None)
    unanswered = _asked(article, answered=False)
    for asked, _ in chance.sample(unanswered, min(count // 2, len(unanswered))):
        yield Question("near", asked.text, (), alone if chance.random() < 2 / 3 else None)
    words = "\n".join(paragraph.text for paragraph in article.paragraphs)
    others = (
        swapped(asked.text, paragraph.text, words, chance)
        for asked, paragraph in chance.sample(present, len(present))
    )
    for _, other in zip(range(count // 4), filter(None, others), strict=False):
        yield Question("swapped", other, (), alone)
    for _ in range(count // 3):
        source = chance.choice([other for other in inside if other is not article])
        yield Question("other", chance.choice(_asked(source))[0].text, (), alone)
    for _ in range(count // 6):
        source = chance.choice(outside)
        yield Question("outside", chance.choice(_asked(source))[0].text, (), None)


def _asked(article: Article, *, answered: bool | None = None) -> list[tuple[Asked, Paragraph]]:
    return [
        (asked, paragraph)
        for paragraph in article.paragraphs
        for asked in paragraph.asked
        if answered is None or bool(asked.answers) == answered
    ]


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
    """Fit the probability of being right; the threshold declines few that are answered."""
    signals = np.array([case.signals for case in cases])
    model = LogisticRegression(C=10.0, max_iter=5000)
    model.fit(signals, [case.right for case in cases])
    confidence = tuple(float(weight) for weight in model.coef_[0])
    weights = replace(weights, confidence=confidence, intercept=float(model.intercept_[0]))
    present = [weights.confident(c.signals) for c in cases if c.question.kind not in ABSENT]
    return replace(weights, threshold=float(np.quantile(present, DECLINED_AT_MOST)))


def weighed(case: Case, weights: Weights) -> Case:
    """Return the case as sure as those weights say."""
    return replace(case, confidence=weights.confident(case.signals))


def report(name: str, cases: Sequence[Case], threshold: float) -> None:
    confidences, outcomes = [c.confidence for c in cases], [c.right for c in cases]
    sure, right = np.array(confidences), np.array(outcomes)
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
    for kind in ("present", "reworded"):
        these = kinds == kind
        print(
            f"  {kind:8} {these.sum():4}: right {right[these].mean():.3f}, "
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
        print(
            f"  {least:9.3f}: {right[shown].mean():.3f}, {(~shown[present]).mean():.3f}, "
            f"{(~shown[~present]).mean():.3f}, {(~shown[other]).mean():.3f}"
        )


def write(options: argparse.Namespace, weights: Weights) -> None:
    files = ", ".join(file.name for file in (*options.squad, *options.wiki))
    lines = [
        "# How the reader weighs what it read against what retrieval says.",
        f"# Made by training/reader/fit_confidence.py on {files}",
        f"# with seed {options.seed}; not to be edited by hand.",
        "",
        f"# Declines about {DECLINED_AT_MOST:.0%} of the questions that the documents answer.",
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
