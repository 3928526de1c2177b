"""Our search beside the ways in which others fuse the same two arms, over the same passages.

    python evals/benchmarks/fusing.py DATA... [--questions 1000 --seed 7] [--words 3]

Each of DATA is a collection of its own: a file in SQuAD's format, of which every paragraph is a
document and every question is asked that its paragraph answers; a JSON list of search queries, each
with the passages (`ctxs`) that answer it; or a folder in BEIR's format, of which the questions of
the `--split` are asked. `--words` leaves so many of a question's words, stop words aside, drawn at
random: people often say less than a question that was written for its passage.

ours       what `assistant/retrieval.py` finds
reranked   the same, as `assistant/reranking.py` orders the first of it for the reader
dense      nearest by the same vectors
BM25       Okapi BM25, k1 = 1.2 and b = 0.75, over title, section and text (by our stems)
ranks      both by the sum of 1 / (60 + rank), rank from 0: LlamaIndex's `reciprocal_rerank`
relative   both between their lowest and highest score, half each: its `relative_score`
convex     cosine and BM25 / min(best + mean, 6 * mean), half each: txtai's hybrid, where `mean` is
           the BM25 of a term of mean frequency and mean IDF

Each brings 50 passages of either arm to its fusion. A document ranks where its best passage does.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from beir import Question, as_document, data_digest, index_of, load_documents, load_questions
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
    run,
    sample,
    show,
)

from assistant.embedding import DEFAULT_MODEL, Embedder, SentenceTransformerEmbedder
from assistant.evaluation.resampling import paired_bootstrap
from assistant.index import Index
from assistant.reranking import RERANKED, Reranker
from assistant.retrieval import DEPTH, retrieve
from assistant.splitting import embedded_text
from assistant.values import Document, Passage
from assistant.words import asked_stems, cut, stems

OTHERS = ("reranked", "dense", "BM25", "ranks", "relative", "convex")
RECALLS = (1, 4, 5, 6, 8)
K1, B = 1.2, 0.75

Scores = Mapping[str, float]  # by a passage's id, best first


@dataclass(frozen=True)
class Collection:
    name: str
    content: str  # digest of documents and questions
    documents: Callable[[], Sequence[Document]]
    questions: Sequence[Question]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", nargs="+", type=Path, help="SQuAD file, queries or BEIR folder")
    parser.add_argument("--split", default="test", help="of a BEIR folder (test)")
    parser.add_argument("--questions", type=int, help="how many of each; all if not given")
    parser.add_argument("--seed", type=int, default=7, help="of samples and intervals (7)")
    parser.add_argument("--words", type=int, help="leave so many words of each question")
    parser.add_argument("--work", type=Path, default=WORK, help=f"what is kept lies here ({WORK})")
    options = parser.parse_args()

    embedder = SentenceTransformerEmbedder(DEFAULT_MODEL, Path())
    found = []
    for data in options.data:
        collection = load(data, options.split)
        collection = replace(
            collection, questions=sample(collection.questions, options.questions, options.seed)
        )
        header, records = ask(
            collection, embedder, options.work, seed=options.seed, words=options.words
        )
        found.append(records)
        title = f"{collection.name}{'' if options.words is None else f', {options.words} words'}"
        show(title, header, ("ours", *OTHERS), figures(records, seed=options.seed), digits=3)
        show("Ours, less each", {}, OTHERS, differences(records, seed=options.seed), digits=3)
    if len(found) > 1:
        averages = [figures(records, seed=options.seed) for records in found]
        for name in averages[0]:
            means = [
                float(np.mean([rows[name][place].value for rows in averages]))
                for place in range(1 + len(OTHERS))
            ]
            said = ", ".join(
                f"{system} {value:.3f}"
                for system, value in zip(("ours", *OTHERS), means, strict=True)
            )
            print(f"{name}, mean of {len(found)}: {said}")


def load(data: Path, split: str) -> Collection:
    """Return a collection in any of the three forms.

    Raises:
        Refused: the file is in none of them, or holds no question.
    """
    if data.is_dir():
        questions = load_questions(data, split)
        name = f"{data.name} {split}"
        return Collection(name, data_digest(data, split), lambda: load_documents(data), questions)
    content = read_bytes(data)
    try:
        held = json.loads(content)
        documents, questions = _of_articles(held) if "data" in held else _of_queries(held)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Refused(
            f"{data} holds neither articles in SQuAD's format nor queries with their passages "
            f"({type(error).__name__}: {error}). Name another file."
        ) from error
    if not questions:
        raise Refused(f"{data} holds no question that is answered. Name another file.")
    return Collection(data.name, digest(content), lambda: documents, questions)


def _of_articles(held: Any) -> tuple[list[Document], list[Question]]:
    documents: list[Document] = []
    questions: dict[str, Question] = {}
    for number, article in enumerate(held["data"]):
        title = str(article.get("title") or "").replace("_", " ")
        for place, paragraph in enumerate(article["paragraphs"]):
            path = f"{number:04}-{place:04}"
            documents.append(as_document(path, title, paragraph["context"]))
            for qa in paragraph["qas"]:
                if qa.get("answers"):
                    id = str(qa["id"])
                    questions.setdefault(id, Question(id, str(qa["question"]), {path: 1.0}))
    return documents, list(questions.values())


def _of_queries(held: Any) -> tuple[list[Document], list[Question]]:
    documents: dict[tuple[str, str], Document] = {}  # a passage of several queries is one
    questions = []
    for number, query in enumerate(held):
        relevant = {}
        for place, passage in enumerate(query["ctxs"]):
            key = str(passage["title"]), str(passage["text"])
            path = f"{number:05}-{place:03}"
            relevant[documents.setdefault(key, as_document(path, *key)).path] = 1.0
        questions.append(Question(f"{number:05}", str(query["question"]), relevant))
    return list(documents.values()), questions


def ask(
    collection: Collection, embedder: Embedder, work: Path, *, seed: int, words: int | None
) -> tuple[Record, list[Record]]:
    """Ask every question and return the run's first line and the ranks that each system gives."""
    index = index_of(collection.content, collection.documents, embedder, work)
    try:
        paths = index.records()
        everything = index.passages(id for record in paths.values() for id in record.passage_ids())
        lexical, reranker = BM25(everything), Reranker(embedder)
        chance = random.Random(seed)
        asked = [
            replace(question, text=few_words(question.text, words, chance))
            for question in collection.questions
        ]
        return run(
            identify(
                "fusing",
                collection.name,
                collection.content,
                questions=len(asked),
                seed=seed,
                model=embedder.identity,
                words="all" if words is None else str(words),
            ),
            work,
            asked,
            lambda question: question.id,
            lambda question: {
                "question": question.text,
                "ranks": ranks(question, embedder, index, lexical, reranker, everything),
            },
        )
    finally:
        index.close()


def few_words(question: str, count: int | None, chance: random.Random) -> str:
    """Return so many of the question's words in their order, stop words left out; None: all."""
    kept = [word.written for word in cut(question) if not word.stop]
    if count is None or not kept:
        return question
    places = sorted(chance.sample(range(len(kept)), min(count, len(kept))))
    return " ".join(kept[place] for place in places)


def ranks(
    question: Question,
    embedder: Embedder,
    index: Index,
    lexical: BM25,
    reranker: Reranker,
    passages: Mapping[str, Passage],
) -> dict[str, int | None]:
    """Return at what rank each system has the first relevant document, from 1; None: not at all."""
    vector = embedder.embed_question(question.text)
    dense, words = index.nearest(vector, DEPTH), lexical.search(question.text, DEPTH)
    hits = retrieve(question.text, vector, index, limit=DEPTH)
    reranked = [*reranker.rerank(vector, hits[:RERANKED]), *hits[RERANKED:]]
    found: dict[str, Iterable[Passage]] = {
        "ours": [hit.passage for hit in hits],
        "reranked": [hit.passage for hit in reranked],
    }
    ways = {
        "dense": dense,
        "BM25": words,
        "ranks": by_ranks(dense, words),
        "relative": relative(dense, words),
        "convex": convex(dense, words, lexical.mean),
    }
    for system, scores in ways.items():
        best = sorted(scores, key=lambda id: -scores[id])
        found[system] = [passages[id] for id in best]
    return {system: _rank(hits, question) for system, hits in found.items()}


def _rank(hits: Iterable[Passage], question: Question) -> int | None:
    documents = dict.fromkeys(passage.document for passage in hits)
    places = [n for n, path in enumerate(documents, start=1) if path in question.relevant]
    return min(places, default=None)


class BM25:
    """Passages by their words: sum of idf * f * (k1 + 1) / (f + k1 * (1 - b + b * length / mean)).

    The IDF is the one that is never below 0, log(1 + (n - df + 0.5) / (df + 0.5)), as others have.
    """

    def __init__(self, passages: Mapping[str, Passage]) -> None:
        self._ids = list(passages)
        counts = [Counter(stems(embedded_text(passages[id]))) for id in self._ids]
        lengths = np.array([sum(count.values()) for count in counts], dtype=float)
        self._norms = K1 * (1 - B + B * lengths / lengths.mean())
        self._holding: dict[str, list[tuple[int, int]]] = {}  # stem -> passage, how often
        for number, count in enumerate(counts):
            for stem, often in count.items():
                self._holding.setdefault(stem, []).append((number, often))
        often = lengths.sum() / len(self._holding)
        idf = np.mean([self._idf(stem) for stem in self._holding])
        self.mean = float(idf * often * (K1 + 1) / (often + K1))

    def _idf(self, stem: str) -> float:
        holding = len(self._holding.get(stem, ()))
        return math.log(1 + (len(self._ids) - holding + 0.5) / (holding + 0.5))

    def search(self, question: str, limit: int) -> dict[str, float]:
        scores = np.zeros(len(self._ids))
        for stem in dict.fromkeys(asked_stems(question)):
            for number, often in self._holding.get(stem, ()):
                scores[number] += self._idf(stem) * often * (K1 + 1) / (often + self._norms[number])
        best = np.argsort(-scores, kind="stable")[:limit]
        return {self._ids[number]: float(scores[number]) for number in best if scores[number]}


def by_ranks(*arms: Scores) -> dict[str, float]:
    """Cormack, Clarke and Büttcher 2009."""
    fused: Counter[str] = Counter()
    for arm in arms:
        for rank, id in enumerate(arm):
            fused[id] += 1 / (60 + rank)  # type: ignore[assignment]
    return dict(fused)


def relative(*arms: Scores) -> dict[str, float]:
    fused: dict[str, float] = {}
    for arm in arms:
        low, high = min(arm.values(), default=0.0), max(arm.values(), default=0.0)
        for id, score in arm.items():
            part = (score - low) / (high - low) if high > low else 1.0
            fused[id] = fused.get(id, 0.0) + part / len(arms)
    return fused


def convex(dense: Scores, words: Scores, mean: float) -> dict[str, float]:
    most = min(max(words.values(), default=0.0) + mean, 6 * mean)
    fused = {id: cosine / 2 for id, cosine in dense.items()}
    for id, score in words.items():
        fused[id] = fused.get(id, 0.0) + min(1.0, score / most) / 2
    return fused


def figures(records: Sequence[Record], *, seed: int) -> dict[str, list[Figure]]:
    """Return each figure's row: one `Figure` a system, ours first."""
    rows = judged(records)
    return {
        name: [found for values in row if (found := mean(values, seed=seed))]
        for name, row in rows.items()
    }


def differences(records: Sequence[Record], *, seed: int) -> dict[str, list[Figure | None]]:
    """Return by how much ours is better than each of the others, over the same questions."""
    return {
        name: [Figure(*paired_bootstrap(other, ours, seed=seed), len(ours)) for other in others]
        for name, (ours, *others) in judged(records).items()
    }


def judged(records: Sequence[Record]) -> dict[str, list[list[float]]]:
    """Return for each figure and each system, ours first, what it is at each question."""
    systems = [[record["ranks"][name] for record in records] for name in ("ours", *OTHERS)]
    found: dict[str, list[list[float]]] = {
        f"recall@{k}": [[float(rank is not None and rank <= k) for rank in row] for row in systems]
        for k in RECALLS
    }
    found["MRR@50"] = [[0.0 if rank is None else 1 / rank for rank in row] for row in systems]
    return found


if __name__ == "__main__":
    sys.exit(guarded(main))
