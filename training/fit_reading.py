"""Fit the weights of the first reader, `assistant/reading.toml`, on public questions.

    python training/fit_reading.py squad1-part.json.gz squad2-part.json.gz --questions 10 \\
        --check squadshifts-new-wiki.json.gz

    python training/fit_reading.py --measure squadshifts-new-wiki.json.gz --questions 5

Every article of the files (SQuAD format, gzipped or not) becomes a document, and its questions are
asked as a person would ask them: through retrieval, over that document alone and over all of
them. Half of the questions are about other subjects: those of another article, asked over one that
is not about it, and those of articles that were never indexed. Articles are split by title, a
quarter of them only ever measured on; `--check` names a file that is only measured on as well.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.progress import track
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from assistant.embedding import DEFAULT_MODEL, SentenceTransformerEmbedder
from assistant.index import Index
from assistant.reading import (
    CONFIDENCE_SIGNALS,
    SENTENCE_SIGNALS,
    Candidate,
    SimilarityReader,
    confidence_signals,
    extend,
)
from assistant.retrieval import retrieve
from assistant.splitting import embedded_text, split
from assistant.values import Document

DECLINED_AT_MOST = 0.05  # of the questions that the documents answer, by the threshold


@dataclass(frozen=True)
class Question:
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
    parser.add_argument("data", nargs="+", type=Path, help="SQuAD files to fit on")
    parser.add_argument("--measure", action="store_true", help="measure --out on the files, only")
    parser.add_argument("--check", nargs="*", type=Path, default=[], help="files to measure on")
    parser.add_argument("--questions", type=int, default=12, help="of an article; as many absent")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path, default=Path("assistant/reading.toml"))
    options = parser.parse_args()

    chance = random.Random(options.seed)
    if options.measure:
        for file in options.data:
            report(file.name, collect(load([file]), options, chance), *read(options.out))
        return
    articles = load(options.data)
    titles = sorted(articles)
    chance.shuffle(titles)
    quarter = len(titles) // 4
    fit = collect({title: articles[title] for title in titles[quarter:]}, options, chance)
    held = collect({title: articles[title] for title in titles[:quarter]}, options, chance)

    sentence = fit_sentence(fit)
    reader = SimilarityReader(SentenceTransformerEmbedder(DEFAULT_MODEL, Path()))
    confidence, threshold = fit_confidence(reader, sentence, fit)
    report("fitted on", fit, sentence, confidence, threshold)
    report("held out", held, sentence, confidence, threshold)
    for file in options.check:
        cases = collect(load([file]), options, chance)
        report(file.name, cases, sentence, confidence, threshold)
    write(options, sentence, confidence, threshold)


def load(files: Sequence[Path]) -> dict[str, list[dict[str, Any]]]:
    """Return each article's paragraphs, each once, with their answerable questions."""
    articles: dict[str, dict[str, dict[str, Any]]] = {}
    for file in files:
        data = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
        for number, article in enumerate(json.loads(data)["data"]):
            title = article.get("title") or f"{file.stem} {number}"
            known = articles.setdefault(title.replace("_", " "), {})
            for paragraph in article["paragraphs"]:
                kept = known.setdefault(paragraph["context"], {"context": paragraph["context"]})
                questions = kept.setdefault("questions", {})
                for qa in paragraph["qas"]:
                    if qa.get("answers") and not qa.get("is_impossible"):
                        answers = tuple(answer["text"] for answer in qa["answers"])
                        questions[qa["question"]] = answers
    merged: dict[str, list[dict[str, Any]]] = {}
    titles = list(articles)
    # Collections of single paragraphs (posts, news) are read as documents of thirty.
    for title in titles:
        merged[title] = list(articles[title].values())
    if sum(len(paragraphs) < 5 for paragraphs in merged.values()) > len(merged) / 2:
        flat = [paragraph for paragraphs in merged.values() for paragraph in paragraphs]
        merged = {
            f"{files[0].stem} {start}": flat[start : start + 30]
            for start in range(0, min(len(flat), 1_200), 30)
        }
    return merged


def collect(
    articles: dict[str, list[dict[str, Any]]], options: argparse.Namespace, chance: random.Random
) -> list[Case]:
    """Index the articles, ask the questions, and return what the reader had to choose from."""
    embedder = SentenceTransformerEmbedder(DEFAULT_MODEL, Path())
    reader = SimilarityReader(embedder)
    titles = sorted(articles)
    outside, inside = titles[: len(titles) // 6 + 1], titles[len(titles) // 6 + 1 :]
    with tempfile.TemporaryDirectory() as folder:
        index = Index(Path(folder), embedder.identity)
        with index.writing() as writer:
            for title in track(inside, description="indexing"):
                body = "\n".join(paragraph["context"] for paragraph in articles[title])
                document = Document(title, title, body, title)
                passages = split(document, count_tokens=embedder.count_tokens)
                vectors = embedder.embed_passages([embedded_text(p) for p in passages])
                writer.add([(document, passage) for passage in passages], vectors)
                writer.stand([(document, len(passages))])
        cases = []
        for question in track(
            list(questions(articles, inside, outside, options.questions, chance)),
            description="asking",
        ):
            vector = embedder.embed_question(question.text)
            hits = retrieve(question.text, vector, index, limit=8, documents=question.documents)
            cases.append(Case(question, reader.candidates(question.text, vector, hits)))
        index.close()
    return cases


def questions(
    articles: dict[str, list[dict[str, Any]]],
    inside: Sequence[str],
    outside: Sequence[str],
    count: int,
    chance: random.Random,
) -> Iterator[Question]:
    def some(title: str, number: int) -> list[tuple[str, tuple[str, ...]]]:
        every = [item for p in articles[title] for item in p["questions"].items()]
        return chance.sample(every, min(number, len(every)))

    for title in inside:
        for number, (text, answers) in enumerate(some(title, count)):
            yield Question(text, answers, None if number % 3 == 0 else (title,))
        for _ in range(count):
            if chance.random() < 1 / 3:
                source, asked = chance.choice(outside), None
            else:
                source = chance.choice([other for other in articles if other != title])
                asked = (title,)
            for text, _ in some(source, 1):
                yield Question(text, (), asked)


def fit_sentence(cases: Sequence[Case]) -> np.ndarray:
    """Fit the weights by which the sentence with the answer comes first: a conditional logit."""
    groups = []
    for case in cases:
        right = np.array([case.holds(candidate.text) for candidate in case.candidates])
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

    found = minimize(loss, np.ones(len(SENTENCE_SIGNALS)), method="L-BFGS-B")
    return np.asarray(found.x)


def outcomes(cases: Sequence[Case], sentence: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return each case's confidence signals, and whether its answer is right."""
    signals, right = [], []
    for case in cases:
        if not case.candidates:
            continue
        best = max(case.candidates, key=lambda c: float(np.dot(sentence, c.signals)))
        score = float(np.dot(sentence, best.signals))
        signals.append(confidence_signals(case.question.text, best, score))
        spans = [best.passage.sentences[n] for n in extend(case.question.text, best)]
        place = best.passage.start
        right.append(
            case.holds(" ".join(best.passage.text[s - place : e - place] for s, e in spans))
        )
    return np.array(signals), np.array(right)


def fit_confidence(
    reader: SimilarityReader, sentence: np.ndarray, cases: Sequence[Case]
) -> tuple[np.ndarray, float]:
    """Fit the probability of being right; the threshold declines few that are answered."""
    signals, right = outcomes(cases, sentence)
    model = LogisticRegression(C=10.0, max_iter=1000).fit(signals, right)
    weights = np.append(model.coef_[0], model.intercept_[0])
    present = np.array([bool(case.question.answers) for case in cases if case.candidates])
    threshold = float(np.quantile(probability(signals, weights)[present], DECLINED_AT_MOST))
    return weights, threshold


def probability(signals: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-(signals @ weights[:-1] + weights[-1]))))


def report(
    name: str, cases: Sequence[Case], sentence: np.ndarray, confidence: np.ndarray, threshold: float
) -> None:
    signals, right = outcomes(cases, sentence)
    present = np.array([bool(case.question.answers) for case in cases if case.candidates])
    sure = probability(signals, confidence)
    shown = sure >= threshold
    bins = np.clip((sure * 10).astype(int), 0, 9)
    error = sum(
        abs(sure[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean()
        for b in range(10)
        if (bins == b).any()
    )
    print(
        f"{name}: {present.sum()} answered, {(~present).sum()} on other subjects\n"
        f"  right, of the answered ones     {right[present].mean():.3f}\n"
        f"  AUROC, answered against others  {roc_auc_score(present, sure):.3f}\n"
        f"  answered ones declined          {(~shown[present]).mean():.3f}\n"
        f"  others declined                 {(~shown[~present]).mean():.3f}\n"
        f"  right, of all shown             {right[shown].mean():.3f}\n"
        f"  calibration error (10 bins)     {error:.3f}"
    )


def read(file: Path) -> tuple[np.ndarray, np.ndarray, float]:
    """Return what `write` wrote: sentence weights, confidence weights, threshold."""
    kept = tomllib.loads(file.read_text(encoding="utf-8"))
    confidence = [kept["confidence"][name] for name in (*CONFIDENCE_SIGNALS, "intercept")]
    sentence = [kept["sentence"][name] for name in SENTENCE_SIGNALS]
    return np.array(sentence), np.array(confidence), float(kept["threshold"])


def write(
    options: argparse.Namespace, sentence: np.ndarray, confidence: np.ndarray, threshold: float
) -> None:
    lines = [
        "# Weights of the reader that compares sentences with the question (reading.py).",
        "# Made by training/fit_reading.py on " + ", ".join(f.name for f in options.data),
        f"# with seed {options.seed}; not to be edited by hand.",
        "",
        f"# Declines about {DECLINED_AT_MOST:.0%} of the questions that the documents answer.",
        f"threshold = {threshold:.3f}",
        "",
        "[sentence] # which sentence answers: the highest weighted sum of its signals",
        *(f"{n} = {w:.3f}" for n, w in zip(SENTENCE_SIGNALS, sentence, strict=True)),
        "",
        "[confidence] # whether it is right: the logit of the probability",
        *(f"{n} = {w:.3f}" for n, w in zip(CONFIDENCE_SIGNALS, confidence[:-1], strict=True)),
        f"intercept = {confidence[-1]:.3f}",
    ]
    options.out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
