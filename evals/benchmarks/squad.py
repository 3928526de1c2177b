"""Answers to the questions of a file in SQuAD's format (1.1 or 2.0), as published figures are made.

    python evals/benchmarks/squad.py FILE [--questions 300 --seed 7]

Two ways, over the same questions:

whole pipeline   every paragraph of the file is a document of one workspace, indexed as any is;
                 each question is searched for and answered over all of them
given paragraph  each question is asked over its own paragraph alone: reading without finding

A question without an answer in its paragraph should be declined. In the whole pipeline another
paragraph may answer it after all, so that its figures there are a lower bound.

What is scored is `short`, or without one the answer's sentences, or nothing where it was declined.
EM and F1 are those of the official script of SQuAD 2.0 (Rajpurkar, Jia and Liang 2018); the answer
is right when an expected wording stands in its sentences and they have at most 60 words.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress
from runs import (
    WORK,
    Figure,
    Record,
    Refused,
    code,
    digest,
    guarded,
    identify,
    mean,
    read_bytes,
    run,
    sample,
    show,
    statistic,
)

from assistant import Assistant, workspace
from assistant.embedding import DEFAULT_MODEL, Embedder, SentenceTransformerEmbedder
from assistant.evaluation.metrics import (
    answer_accuracy,
    auroc,
    exact_match,
    reciprocal_rank,
    token_f1,
)
from assistant.reading import Reader
from assistant.values import Answer
from assistant.values import Progress as Step

DEPTH = 50  # passages looked for: what each arm brings to an answer, so the order is the same
WAYS = {"whole": "Whole pipeline", "given": "Given paragraph"}
GROUPS = ("overall", "answerable", "unanswerable")


@dataclass(frozen=True)
class Question:
    id: str
    text: str
    golds: tuple[str, ...]  # expected wordings; none when the paragraph does not answer
    paragraph: str  # the path of its document


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", type=Path, help="SQuAD 1.1 or 2.0 format, gzipped or not")
    parser.add_argument("--questions", type=int, help="how many; all if not given")
    parser.add_argument("--seed", type=int, default=7, help="of the sample and the intervals (7)")
    parser.add_argument("--model", default=DEFAULT_MODEL, help="as in index/recipe.toml")
    parser.add_argument("--work", type=Path, default=WORK, help=f"what is kept lies here ({WORK})")
    options = parser.parse_args()

    data = read_bytes(options.file)
    documents, questions = load(options.file, data)
    questions = sample(questions, options.questions, options.seed)
    embedder = SentenceTransformerEmbedder(options.model, Path())
    with open_corpus(documents, data, options.work, embedder) as assistant:
        identity = identify(
            "squad",
            options.file.name,
            digest(data),
            questions=len(questions),
            seed=options.seed,
            model=embedder.identity,
        )
        header, records = run(
            identity,
            options.work,
            questions,
            lambda question: question.id,
            lambda question: ask(question, assistant),
        )
    show(
        "Retrieval of the paragraph",
        header,
        GROUPS,
        retrieval(records, seed=options.seed),
        digits=1,
    )
    for way, title in WAYS.items():
        rows = answers(records, way, seed=options.seed)
        show(title, header, GROUPS, rows, digits=1)


def load(file: Path, data: bytes) -> tuple[dict[str, str], list[Question]]:
    """Return every paragraph as the source of a document, by path, and every question, once.

    Raises:
        Refused: the file is not in SQuAD's format, or holds no question.
    """
    documents: dict[str, str] = {}
    questions: dict[str, Question] = {}
    try:
        for number, article in enumerate(json.loads(data)["data"]):
            title = str(article.get("title") or f"Article {number}").replace("_", " ")
            folder = f"{number:04}-{re.sub(r'[^a-z0-9]+', '-', title.lower())[:40].strip('-')}"
            for place, paragraph in enumerate(article["paragraphs"]):
                path = f"{folder}/{place:04}.txt"
                documents[path] = f"---\ntitle: {json.dumps(title)}\n---\n{paragraph['context']}\n"
                for qa in paragraph["qas"]:
                    # As the official script has it: no answers, no matter what else is said.
                    golds = tuple(str(answer["text"]) for answer in qa.get("answers", []))
                    question = Question(str(qa["id"]), str(qa["question"]), golds, path)
                    questions.setdefault(question.id, question)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Refused(
            f"{file} is not in SQuAD's format ({type(error).__name__}: {error}). Name another file."
        ) from error
    if not questions:
        raise Refused(f"{file} holds no question. Name another file.")
    return documents, list(questions.values())


def open_corpus(
    documents: Mapping[str, str],
    data: bytes,
    work: Path,
    embedder: Embedder,
    reader: Reader | None = None,
) -> Assistant:
    """Return an assistant over a workspace of those documents, which is made and indexed once.

    It shows every answer, so that what would be declined can be scored as well.

    Raises:
        Refused: a paragraph cannot be a document.
    """
    made = code("sources", "splitting", "index", "embedding.py", "values.py", "words.py")
    key = (data, made.encode(), embedder.identity.encode())
    root = work / f"squad-workspace-{digest(*key)}"
    if not (root / workspace.RECIPE).exists():
        workspace.create(root)
    (root / workspace.SETTINGS).write_text("threshold = 0.0\n", encoding="utf-8")
    for path, text in documents.items():
        file = root / "sources" / path
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="\n")
    assistant = Assistant(workspace.load(root), embedder, reader)
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("indexing", total=1.0)

        def tell(step: Step) -> None:
            progress.update(task, completed=step.fraction)

        refused = assistant.sync(tell=tell).refused
    if refused:
        assistant.close()
        raise Refused(f"The paragraph {refused[0].path} cannot be indexed: {refused[0].reason}")
    return assistant


def ask(question: Question, assistant: Assistant) -> Record:
    """Ask both ways and return all that judging needs."""
    found = assistant.retrieve(question.text, limit=DEPTH)
    paragraphs = list(dict.fromkeys(hit.passage.document for hit in found))
    return {
        "question": question.text,
        "golds": list(question.golds),
        "paragraph": question.paragraph,
        "rank": paragraphs.index(question.paragraph) + 1
        if question.paragraph in paragraphs
        else None,
        "whole": kept(assistant.ask(question.text), assistant),
        "given": kept(assistant.ask(question.text, documents=[question.paragraph]), assistant),
    }


def kept(answer: Answer, assistant: Assistant) -> Record:
    """Return the answer as the assistant would give it by its own threshold, with its words."""
    declined = answer.confidence < assistant.reader.threshold
    return {
        "kind": "not_found" if declined else answer.kind,
        "short": answer.short,
        "text": " ".join(sentence.text for sentence in answer.sentences),
        "confidence": answer.confidence,
        "cited": [[c.document, c.start, c.end] for c in answer.citations],
    }


def prediction(answer: Mapping[str, Any]) -> str:
    """Return the words that are scored; "" where the question was declined."""
    return (answer["short"] or answer["text"]) if answer["kind"] == "answer" else ""


def gains(records: Sequence[Record], way: str) -> list[tuple[float, float, float]]:
    """Return each answer's confidence, its F1 when it is shown, and when it is declined."""
    found = []
    for record in records:
        said = record[way]["short"] or record[way]["text"]
        declined = float(not record["golds"])
        shown = token_f1(said, record["golds"]) if said else declined
        found.append((record[way]["confidence"], shown, declined))
    return found


def best_f1(scored: Sequence[tuple[float, float, float]]) -> float:
    """Return the mean F1 by the threshold at which it is highest, 0 to 1; `scored` as of `gains`.

    The official script's best_f1: every question is declined at first, and shown in the order of
    confidence; the threshold is chosen on the questions that it is measured on.
    """
    total = best = sum(declined for _, _, declined in scored)
    for _, shown, declined in sorted(scored, reverse=True):
        total += shown - declined
        best = max(best, total)
    return best / len(scored)


def retrieval(records: Sequence[Record], *, seed: int) -> dict[str, list[Figure | None]]:
    """Return the figures of finding the question's paragraph, a row each."""

    def recall(limit: int) -> Callable[[Record], float]:
        return lambda record: float(record["rank"] is not None and record["rank"] <= limit)

    def reciprocal(record: Record) -> float:
        rank = record["rank"]
        return reciprocal_rank([False] * (rank - 1) + [True]) if rank else 0.0

    measures: dict[str, Callable[[Record], float]] = {
        "recall@1": recall(1),
        "recall@5": recall(5),
        "recall@10": recall(10),
        f"MRR (to {DEPTH} passages)": reciprocal,
    }
    return {
        name: [
            mean([measure(r) for r in group], seed=seed, scale=100.0) for group in _groups(records)
        ]
        for name, measure in measures.items()
    }


def answers(records: Sequence[Record], way: str, *, seed: int) -> dict[str, list[Figure | None]]:
    """Return the figures of the answers of one way, a row each."""

    def accuracy(record: Record) -> float | None:
        answer = record[way]
        text = answer["text"] if answer["kind"] == "answer" else ""
        return answer_accuracy(text, [record["golds"]]) if record["golds"] else None

    def declined(record: Record) -> bool:
        return bool(record[way]["kind"] != "answer")

    measures: dict[str, Callable[[Record], float | None]] = {
        "EM": lambda r: exact_match(prediction(r[way]), r["golds"]),
        "F1": lambda r: token_f1(prediction(r[way]), r["golds"]),
        "answer in at most 60 words": accuracy,
        "declined": lambda r: float(declined(r)),
    }
    rows = {
        name: [
            mean([measure(r) for r in group], seed=seed, scale=100.0) for group in _groups(records)
        ]
        for name, measure in measures.items()
    }
    rows["F1 at the best threshold"] = [
        statistic(gains(records, way), best_f1, seed=seed, scale=100.0),
        None,
        None,
    ]
    right = [float(not r["golds"]) for r in records if declined(r)]
    rows["declined rightly, of the declined"] = [mean(right, seed=seed, scale=100.0), None, None]
    rows["AUROC of confidence"] = [
        statistic(
            records,
            lambda drawn: auroc(
                [r[way]["confidence"] for r in drawn], [bool(r["golds"]) for r in drawn]
            ),
            seed=seed,
            scale=100.0,
        ),
        None,
        None,
    ]
    return rows


def _groups(records: Sequence[Record]) -> tuple[list[Record], list[Record], list[Record]]:
    return (
        list(records),
        [record for record in records if record["golds"]],
        [record for record in records if not record["golds"]],
    )


if __name__ == "__main__":
    sys.exit(guarded(main))
