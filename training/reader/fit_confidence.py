"""Fit `assistant/reading/confidence.toml`: which sentence answers, and whether it is right.

    python training/reader/fit_confidence.py \\
        --squad squad1-part.json.gz squad2-part.json.gz --wiki squadshifts-new-wiki.json.gz

    python training/reader/fit_confidence.py --measure …the same…

Uses articles that the span model never saw: those that are kept aside for calibration,
and with `--measure` those that are kept aside for the test, on which the file as it stands is only
measured. Every article becomes a document of one index, and questions are asked as a person would
ask them: through retrieval, over one document or over all. Half of them have an answer there. The
others have none: SQuAD 2.0's own about the same matter, questions whose name, number or year was
swapped, questions about another article, and questions about articles that are not in the index.
Some of those with an answer are put in other words (`synonyms.py`), and reported apart.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from articles import Article, Asked, Paragraph, load
from examples import misspelled, swapped
from kept_aside import kept_aside
from rich.progress import track
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from synonyms import reworded, synonyms

from assistant.embedding import DEFAULT_MODEL, SentenceTransformerEmbedder
from assistant.evaluation.metrics import auroc, calibration_error, risk_coverage_area
from assistant.index import Index
from assistant.reading import SpanModel, SpanReader
from assistant.reading.candidates import SIGNALS, Candidate
from assistant.reading.reader import CONFIDENCE_SIGNALS, confidence_signals
from assistant.reading.selecting import select
from assistant.retrieval import retrieve
from assistant.splitting import embedded_text, split
from assistant.values import Document

DECLINED_AT_MOST = 0.05  # of the questions that the documents answer, by the threshold
MISSPELLED = 0.1
REWORDED = 0.2
COVERAGES = (0.2, 0.4, 0.6, 0.8, 1.0)  # of all questions, by confidence
THRESHOLDS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)  # to choose from
ABSENT = ("near", "swapped", "other", "outside")


@dataclass(frozen=True)
class Question:
    kind: str  # "present", "reworded" (present in other words), or one of ABSENT
    text: str
    answers: tuple[str, ...]  # empty when the documents asked do not answer it
    documents: tuple[str, ...] | None  # asked over these; over all when None


@dataclass(frozen=True)
class Case:
    question: Question
    candidates: list[Candidate]

    def holds(self, text: str) -> bool:
        return any(answer.lower() in text.lower() for answer in self.question.answers)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--squad", nargs="+", type=Path, required=True, help="SQuAD 1.1 and 2.0")
    parser.add_argument("--wiki", nargs="+", type=Path, required=True, help="SQuADShifts, articles")
    parser.add_argument("--measure", action="store_true", help="measure --out on the test articles")
    parser.add_argument("--questions", type=int, default=50, help="of an article; as many absent")
    parser.add_argument("--model", help="another question-answering model; its folder or hub name")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path, default=Path("assistant/reading/confidence.toml"))
    options = parser.parse_args()

    chance = random.Random(options.seed)
    split_files = [kept_aside(load(files)) for files in (options.squad, options.wiki)]
    inside = [
        a for kept in split_files for a in (kept.test if options.measure else kept.calibration)
    ]
    outside = [a for kept in split_files for a in kept.rest[-4:]]
    near = synonyms(asked.text for a in (*inside, *outside) for asked, _ in _asked(a))
    asked = list(questions(inside, outside, options.questions, near, chance))
    cases = collect(inside, asked, SpanReader(SpanModel(options.model)))
    if options.measure:
        report("articles kept aside for the test", cases, *read(options.out))
        return
    sentence = fit_sentence(cases)
    confidence, threshold = fit_confidence(sentence, cases)
    report("fitted on", cases, sentence, confidence, threshold)
    write(options, sentence, confidence, threshold)


def collect(inside: Sequence[Article], asked: Sequence[Question], reader: SpanReader) -> list[Case]:
    """Index the articles inside, ask, and return what the reader had to choose from."""
    embedder = SentenceTransformerEmbedder(DEFAULT_MODEL, Path())
    with tempfile.TemporaryDirectory() as folder:
        index = Index(Path(folder), embedder.identity)
        with index.writing() as writer:
            for article in track(inside, description="indexing"):
                body = "\n".join(paragraph.text for paragraph in article.paragraphs)
                document = Document(article.title, article.title, body, article.title)
                passages = split(document, count_tokens=embedder.count_tokens)
                vectors = embedder.embed_passages([embedded_text(p) for p in passages])
                writer.add([(document, passage) for passage in passages], vectors)
                writer.stand([(document, len(passages))])
        cases = []
        for question in track(asked, description="asking"):
            vector = embedder.embed_question(question.text)
            hits = retrieve(question.text, vector, index, limit=8, documents=question.documents)
            cases.append(Case(question, reader.candidates(question.text, hits)))
        index.close()
    return cases


def questions(
    inside: Sequence[Article],
    outside: Sequence[Article],
    count: int,
    near: Mapping[str, Sequence[str]],
    chance: random.Random,
) -> Iterator[Question]:
    """Yield `count` answered questions of each article, and about as many that are not."""
    for article in inside:
        alone = (article.title,)
        present = _asked(article, answered=True)
        for asked, _ in chance.sample(present, min(count, len(present))):
            text = misspelled(asked.text, chance) if chance.random() < MISSPELLED else asked.text
            kind = "present"
            if chance.random() < REWORDED:
                kind, text = "reworded", reworded(asked.text, near, chance)
            answers = tuple(answer for _, answer in asked.answers)
            yield Question(kind, text, answers, alone if chance.random() < 2 / 3 else None)
        near = _asked(article, answered=False)
        for asked, _ in chance.sample(near, min(count // 2, len(near))):
            yield Question("near", asked.text, (), alone if chance.random() < 2 / 3 else None)
        words = "\n".join(paragraph.text for paragraph in article.paragraphs)
        others = (
            swapped(asked.text, paragraph.text, words, chance)
            for asked, paragraph in chance.sample(present, len(present))
        )
        for _, text in zip(range(count // 4), filter(None, others), strict=False):
            yield Question("swapped", text, (), alone)
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


def fit_sentence(cases: Sequence[Case]) -> np.ndarray:
    """Fit the weights by which the sentence with the answer comes first: a conditional logit."""
    groups = []
    for case in cases:
        right = np.array([case.holds(candidate.text) for candidate in case.candidates], dtype=bool)
        if right.any() and not right.all():
            groups.append((np.array([c.signals for c in case.candidates]), right))

    def loss(weights: np.ndarray) -> float:
        total = 0.001 * float(weights @ weights)
        for signals, right in groups:
            scores = signals @ weights
            top = scores.max()
            everything = np.log(np.exp(scores - top).sum())
            total -= (np.log(np.exp(scores[right] - top).sum()) - everything) / len(groups)
        return total

    found = minimize(loss, np.ones(len(SIGNALS)), method="L-BFGS-B")
    return np.asarray(found.x)


def outcomes(cases: Sequence[Case], sentence: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return each case's confidence signals, and whether its answer is right."""
    signals, right = [], []
    for case in cases:
        ranked = sorted(case.candidates, key=lambda c: -float(np.dot(sentence, c.signals)))
        best = ranked[0]
        signals.append(confidence_signals(best))
        shown = select(case.question.text, best, ranked[1:])
        texts = (passage.text[s - passage.start : e - passage.start] for passage, (s, e) in shown)
        right.append(case.holds(" ".join(texts)))
    return np.array(signals), np.array(right)


def fit_confidence(sentence: np.ndarray, cases: Sequence[Case]) -> tuple[np.ndarray, float]:
    """Fit the probability of being right; the threshold declines few that are answered."""
    signals, right = outcomes(cases, sentence)
    model = LogisticRegression(C=10.0, max_iter=5000).fit(signals, right)
    weights = np.append(model.coef_[0], model.intercept_[0])
    present = np.array([case.question.kind not in ABSENT for case in cases])
    threshold = float(np.quantile(probability(signals, weights)[present], DECLINED_AT_MOST))
    return weights, threshold


def probability(signals: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-(signals @ weights[:-1] + weights[-1]))))


def report(
    name: str, cases: Sequence[Case], sentence: np.ndarray, confidence: np.ndarray, threshold: float
) -> None:
    signals, right = outcomes(cases, sentence)
    kinds = np.array([case.question.kind for case in cases])
    present = ~np.isin(kinds, ABSENT)
    sure = probability(signals, confidence)
    print(
        f"{name}: {present.sum()} with an answer, {(~present).sum()} without\n"
        f"  right, of those with an answer     {right[present].mean():.3f}\n"
        f"  calibration error (10 bins)        {calibration_error(sure, right):.3f}\n"
        f"  risk-coverage area                 {risk_coverage_area(sure, right):.3f}"
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


def read(file: Path) -> tuple[np.ndarray, np.ndarray, float]:
    """Return what `write` wrote: sentence weights, confidence weights, threshold."""
    kept = tomllib.loads(file.read_text(encoding="utf-8"))
    confidence = [kept["confidence"][name] for name in (*CONFIDENCE_SIGNALS, "intercept")]
    sentence = [kept["sentence"][name] for name in SIGNALS]
    return np.array(sentence), np.array(confidence), float(kept["threshold"])


def write(
    options: argparse.Namespace, sentence: np.ndarray, confidence: np.ndarray, threshold: float
) -> None:
    files = ", ".join(file.name for file in (*options.squad, *options.wiki))
    lines = [
        "# How the reader weighs what it read against what retrieval says.",
        f"# Made by training/reader/fit_confidence.py on {files}",
        f"# with seed {options.seed}; not to be edited by hand.",
        "",
        f"# Declines about {DECLINED_AT_MOST:.0%} of the questions that the documents answer.",
        f"threshold = {threshold:.3f}",
        "",
        "[sentence] # which sentence answers: the highest weighted sum of its signals",
        *(f"{n} = {w:.3f}" for n, w in zip(SIGNALS, sentence, strict=True)),
        "",
        "[confidence] # whether it is right: the logit of the probability",
        *(f"{n} = {w:.3f}" for n, w in zip(CONFIDENCE_SIGNALS, confidence[:-1], strict=True)),
        f"intercept = {confidence[-1]:.3f}",
    ]
    options.out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
