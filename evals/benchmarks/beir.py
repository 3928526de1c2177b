"""Retrieval on a folder in BEIR's format: dense alone, lexical alone and both fused.

    python evals/benchmarks/beir.py FOLDER [--split test] [--questions 300 --seed 7] [--whole]

FOLDER holds corpus.jsonl and queries.jsonl, gzipped or not, and qrels/SPLIT.tsv. Documents are cut
into passages as the assistant cuts them, and a document ranks where its best passage does; with
`--whole` each is embedded and searched as one text (the encoder reads its first 256 tokens), as
published figures are made. What the three arms find is what `assistant/retrieval.py` finds, looked
for to the depth that 100 documents need.

Formulas are those of BEIR (Thakur et al. 2021) and pytrec_eval: linear gains, a document of the
question's own id left out, questions without a judged document left out.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress
from runs import (
    WORK,
    Refused,
    code,
    digest,
    guarded,
    identify,
    mean,
    read_bytes,
    read_lines,
    run,
    sample,
    show,
)

from assistant.embedding import DEFAULT_MODEL, Embedder, SentenceTransformerEmbedder
from assistant.evaluation.metrics import ndcg_at, recall_at, reciprocal_rank
from assistant.index import Index
from assistant.retrieval import retrieve
from assistant.sources import kind_of
from assistant.splitting import embedded_text, split
from assistant.values import Document, Passage

ARMS = ("dense", "lexical", "hybrid")
KEPT = 100  # documents of an arm that are recorded
DEPTH = 500  # passages that an arm looks for, so that they are of 100 documents
CHUNK = 256  # passages embedded together


@dataclass(frozen=True)
class Question:
    id: str
    text: str
    relevant: Mapping[str, float]  # grade by document id; only those above 0


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="corpus.jsonl, queries.jsonl and qrels/")
    parser.add_argument("--split", default="test", help="the file in qrels/ (test)")
    parser.add_argument("--questions", type=int, help="how many; all if not given")
    parser.add_argument("--seed", type=int, default=7, help="of the sample and the intervals (7)")
    parser.add_argument("--whole", action="store_true", help="documents as one text each")
    parser.add_argument("--model", default=DEFAULT_MODEL, help="as in index/recipe.toml")
    parser.add_argument("--work", type=Path, default=WORK, help=f"what is kept lies here ({WORK})")
    options = parser.parse_args()

    questions = sample(
        load_questions(options.folder, options.split), options.questions, options.seed
    )
    embedder = SentenceTransformerEmbedder(options.model, Path())
    index = build(options.folder, embedder, options.work, whole=options.whole)
    try:
        identity = identify(
            "beir",
            f"{options.folder.name} {options.split}",
            data_digest(options.folder, options.split),
            questions=len(questions),
            seed=options.seed,
            model=embedder.identity,
            documents="whole" if options.whole else "in passages",
        )
        header, records = run(
            identity,
            options.work,
            questions,
            lambda question: question.id,
            lambda question: {"found": search(question, embedder, index)},
        )
    finally:
        index.close()
    rows = figures(questions, records, seed=options.seed)
    show("Retrieval", header, ARMS, rows, digits=3)


def find(folder: Path, name: str) -> Path:
    """Return the file of that name, gzipped or not.

    Raises:
        Refused: there is none.
    """
    for file in (folder / name, folder / f"{name}.gz"):
        if file.is_file():
            return file
    raise Refused(f"{folder} holds no {name}, gzipped or not. Name a folder in BEIR's format.")


def data_digest(folder: Path, split: str) -> str:
    files = (find(folder, name) for name in ("corpus.jsonl", "queries.jsonl", f"qrels/{split}.tsv"))
    return digest(*(read_bytes(file) for file in files))


def load_questions(folder: Path, split: str) -> list[Question]:
    """Return the questions that have a relevant document, in the order of the judgements.

    Raises:
        Refused: a file is missing or malformed, or no question is judged; the line is named.
    """
    texts = {}
    file = find(folder, "queries.jsonl")
    for number, line in read_lines(file):
        try:
            texts[str(line["_id"])] = str(line["text"])
        except (TypeError, KeyError) as error:
            raise Refused(f"{file}, line {number}: no {error}. Mend it.") from error
    grades: dict[str, dict[str, float]] = {}
    file = find(folder, f"qrels/{split}.tsv")
    for number, line in enumerate(read_bytes(file).splitlines(), start=1):
        if not line.strip() or (number == 1 and line.endswith(b"score")):
            continue
        try:
            question, document, grade = line.decode("utf-8").split("\t")
            grades.setdefault(question, {})[document] = float(grade)
        except ValueError as error:
            raise Refused(
                f"{file}, line {number}: not question, document and grade, with tabs. Mend it."
            ) from error
    found = []
    for id, judged in grades.items():
        relevant = {document: grade for document, grade in judged.items() if grade > 0}
        if id not in texts:
            raise Refused(f"{file} judges question {id}, which queries.jsonl does not hold.")
        if relevant:
            found.append(Question(id, texts[id], relevant))
    if not found:
        raise Refused(f"{file} judges no question. Name another --split.")
    return found


def load_documents(folder: Path) -> list[Document]:
    """Return the corpus; a document without a text is its title.

    Raises:
        Refused: the file is missing or malformed; the line is named.
    """
    file = find(folder, "corpus.jsonl")
    documents = {}
    for number, line in read_lines(file):
        try:
            id = str(line["_id"])
            documents[id] = as_document(id, line.get("title") or "", line["text"])
        except (TypeError, KeyError, AttributeError) as error:
            raise Refused(f"{file}, line {number}: no document ({error}). Mend it.") from error
    return list(documents.values())


def as_document(id: str, title: str, text: str) -> Document:
    """Return a text under its title; one without a text is its title."""
    text, title = (unicodedata.normalize("NFC", part) for part in (text, title))
    text = text if text.strip() else title
    sha256 = hashlib.sha256(f"{title}\n{text}".encode()).hexdigest()
    blocks = tuple(kind_of("abstract.txt").read(text).blocks)
    return Document(id, " ".join(title.split()), text, sha256, blocks=blocks)


def build(folder: Path, embedder: Embedder, work: Path, *, whole: bool) -> Index:
    """Return the index of the corpus: see `index_of`."""
    corpus = digest(read_bytes(find(folder, "corpus.jsonl")))
    return index_of(corpus, lambda: load_documents(folder), embedder, work, whole=whole)


def index_of(
    corpus: str,
    load: Callable[[], Sequence[Document]],
    embedder: Embedder,
    work: Path,
    *,
    whole: bool = False,
) -> Index:
    """Return the index of a corpus: built once, and gone on with where building was stopped.

    `corpus` is the digest of what `load` returns; `whole` makes each document one passage.
    """
    made = code("sources", "splitting", "index", "embedding.py", "values.py", "words.py")
    key = digest(corpus.encode(), embedder.identity.encode(), made.encode(), str(whole).encode())
    index = Index(work / f"beir-index-{key}", embedder.identity)
    if index.built and not index.partial:
        return index
    with index.writing() as writer, Progress(console=Console(stderr=True)) as progress:
        documents = load()
        todo = [document for document in documents if document.path not in writer.records]
        task = progress.add_task("indexing", total=len(documents))
        progress.advance(task, len(documents) - len(todo))
        waiting = iter(todo)
        while chunk := _chunk(waiting, embedder, whole):
            passages = [(document, passage) for document, found in chunk for passage in found]
            if passages:
                texts = [embedded_text(passage) for _, passage in passages]
                writer.add(passages, embedder.embed_passages(texts))
            writer.stand([(document, len(found)) for document, found in chunk])
            progress.advance(task, len(chunk))
    return index


def _chunk(
    documents: Any, embedder: Embedder, whole: bool
) -> list[tuple[Document, Sequence[Passage]]]:
    """Return the next documents with their passages, CHUNK passages or a few more in all."""
    chunk: list[tuple[Document, Sequence[Passage]]] = []
    count = 0
    while count < CHUNK:
        document = next(documents, None)
        if document is None:
            break
        passages = (
            [_whole(document)] if whole else split(document, count_tokens=embedder.count_tokens)
        )
        chunk.append((document, passages))
        count += len(passages)
    return chunk


def _whole(document: Document) -> Passage:
    end = len(document.text)
    return Passage(document.path, 0, end, document.text, None, None, 0, document.title, ((0, end),))


def search(question: Question, embedder: Embedder, index: Index) -> dict[str, list[str]]:
    """Return the ids of the documents that each arm finds, best first, at most 100."""
    vector = embedder.embed_question(question.text)
    hits = retrieve(question.text, vector, index, limit=DEPTH)
    passages = {
        "dense": index.passages(index.nearest(vector, DEPTH)).values(),
        "lexical": index.passages(index.matching(question.text, DEPTH)).values(),
        "hybrid": [hit.passage for hit in hits],
    }
    return {arm: documents_of(found, question.id) for arm, found in passages.items()}


def documents_of(passages: Iterable[Passage], question: str) -> list[str]:
    """Return the passages' documents, each at its best passage's place."""
    unique = dict.fromkeys(passage.document for passage in passages)
    return list(islice((document for document in unique if document != question), KEPT))


def figures(
    questions: Sequence[Question], records: Sequence[Mapping[str, Any]], *, seed: int
) -> dict[str, list[Any]]:
    """Return each figure's row: one `Figure` an arm."""
    judged = {
        arm: [
            judge(record["found"][arm], question.relevant)
            for question, record in zip(questions, records, strict=True)
        ]
        for arm in ARMS
    }
    names = list(judge([], {"": 1.0}))
    return {
        name: [mean([row[name] for row in judged[arm]], seed=seed) for arm in ARMS]
        for name in names
    }


def judge(found: Sequence[str], relevant: Mapping[str, float]) -> dict[str, float]:
    """Return the figures of one ranking, by name."""
    hits = [document in relevant for document in found]
    gains = [relevant.get(document, 0.0) for document in found]
    total = len(relevant)
    return {
        "nDCG@10": ndcg_at(10, gains, list(relevant.values())),
        "recall@10": recall_at(10, hits, total),
        "recall@100": recall_at(100, hits, total),
        "MRR@10": reciprocal_rank(hits[:10]),
    }


if __name__ == "__main__":
    sys.exit(guarded(main))
