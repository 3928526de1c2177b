"""Speed as ratios, so that a slow or busy machine gives the same figures as a fast one.

    python benchmarks/speed.py indexing  FILE...   # text files, a few hundred passages or more
    python benchmarks/speed.py retrieving WORKSPACE
    python benchmarks/speed.py answering WORKSPACE
    python benchmarks/speed.py adding    [--passages 50000 --times 50]
    python benchmarks/speed.py removing  [--passages 10000]
    python benchmarks/speed.py retrieval [--passages 100000]

The last three fill an index with made-up passages; `adding` embeds what it adds by the real model.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np

from assistant import Assistant, workspace
from assistant.embedding import BATCH_SIZE, DEFAULT_MODEL, SentenceTransformerEmbedder
from assistant.index import Index
from assistant.index.writer import BATCH
from assistant.library.snapshot import Snapshot
from assistant.library.syncing import sync
from assistant.reading import PASSAGES, SpanModel
from assistant.reading.rendering import rendered
from assistant.retrieval import retrieve
from assistant.splitting import embedded_text, split
from assistant.values import Document, Passage

QUESTIONS = (
    "How many countries are named?",
    "Who is quoted, and on what?",
    "When did it begin?",
    "What do critics say about it?",
)


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def indexing(files: list[Path]) -> None:
    """Sync of new documents over the bare cost of encoding their passages. Bar: 1.2."""
    embedder = SentenceTransformerEmbedder(DEFAULT_MODEL, Path())
    embedder.embed_passages(["warm"])
    ratios = []
    for _ in range(3):
        with tempfile.TemporaryDirectory() as folder:
            root = workspace.create(folder)
            for number, file in enumerate(files):
                (root / "sources" / f"{number}-{file.name}").write_bytes(file.read_bytes())
            index = Index(root / "index", embedder.identity)
            whole = seconds(lambda: sync(Snapshot(root / "sources"), index, embedder))  # noqa: B023
            texts = [
                embedded_text(passage)
                for path in index.records()
                for passage in split(index.document(path), count_tokens=embedder.count_tokens)
            ]
            index.close()
        model = embedder._model
        bare = seconds(lambda: model.encode(texts, batch_size=BATCH_SIZE))  # noqa: B023
        ratios.append(whole / bare)
        print(f"{len(texts)} passages: sync {whole:.2f} s, encode {bare:.2f} s: {ratios[-1]:.2f}")
    print(f"median ratio {statistics.median(ratios):.2f} (bar 1.2)")


def retrieving(folder: Path) -> None:
    """A warm `retrieve` over encoding the question. Bar: 1.5."""
    with Assistant.open(folder) as assistant:
        assistant.sync()
        encode = assistant._embedder.embed_question
        ratios, times = [], []
        for round in range(12):
            for question in QUESTIONS:
                whole = seconds(lambda: assistant.retrieve(question))  # noqa: B023
                bare = seconds(lambda: encode(question))  # noqa: B023
                if round:  # the first warms
                    ratios.append(whole / bare)
                    times.append(whole)
        count = sum(record.passages for record in assistant.answering.index.records().values())
    print(
        f"{len(times)} questions over {count} passages: median "
        f"{1e3 * statistics.median(times):.1f} ms; "
        f"median ratio {statistics.median(ratios):.2f} (bar 1.5)"
    )


def answering(folder: Path) -> None:
    """A warm answer over encoding the question and the reader's bare forward pass. Bar: 1.3."""
    with Assistant.open(folder) as assistant:
        assistant.sync()
        embedder, reader = assistant._embedder, SpanModel()
        ratios, times = [], []
        for round in range(6):
            for question in QUESTIONS:
                found = [rendered(h.passage) for h in assistant.retrieve(question)[:PASSAGES]]
                encoded = reader.encode(
                    question, [read.lead for read in found], [read.text for read in found]
                )
                encoded.pop("offset_mapping")
                whole = seconds(lambda: assistant.ask(question))  # noqa: B023
                bare = seconds(
                    lambda: (embedder.embed_question(question), reader.forward(encoded))  # noqa: B023
                )
                if round:  # the first warms
                    ratios.append(whole / bare)
                    times.append(whole)
    print(
        f"{len(times)} answers: median {1e3 * statistics.median(times):.0f} ms; "
        f"median ratio {statistics.median(ratios):.2f} (bar 1.3)"
    )


def made_up(index: Index, count: int, *, per_document: int = 300) -> None:
    """Fill an index with passages of random words along random directions."""
    chance = random.Random(1)
    vectors = np.random.default_rng(1)
    words = ["".join(chance.choices("abcdefghijklmnoprstuvw", k=7)) for _ in range(30_000)]
    with index.writing() as writer:
        added: list[tuple[Document, Passage]] = []
        for number, first in enumerate(range(0, count, per_document)):
            lines = [
                " ".join(chance.choices(words, k=90)) + "."
                for _ in range(min(per_document, count - first))
            ]
            document = Document(f"{number}.txt", f"Made up {number}", "\n".join(lines), str(number))
            passages, start = [], 0
            for position, line in enumerate(lines):
                end = start + len(line)
                span = ((start, end),)
                passages.append(
                    Passage(document.path, start, end, line, None, None, position, "", span)
                )
                start = end + 1
            added += [(document, passage) for passage in passages]
            if len(added) >= BATCH or first + per_document >= count:
                rows = vectors.normal(size=(len(added), 384)).astype(np.float32)
                rows /= np.linalg.norm(rows, axis=1, keepdims=True)
                writer.add(added, rows)
                sizes = Counter(document.path for document, _ in added)
                whole = {document.path: document for document, _ in added}
                writer.stand([(document, sizes[path]) for path, document in whole.items()])
                added = []


def adding(count: int, times_each: int) -> None:
    """One document into a large index over one into an empty one, so many times. Bar: 2."""
    embedder = SentenceTransformerEmbedder(DEFAULT_MODEL, Path())
    embedder.embed_passages(["warm"])
    medians = {}
    for size in (0, count):
        with tempfile.TemporaryDirectory() as folder:
            index = Index(Path(folder) / "index", embedder.identity)
            sources = Path(folder) / "sources"
            sources.mkdir()
            made_up(index, size)
            times = []
            for number in range(times_each + 1):  # the first warms
                source = Document(
                    f"new{number}.txt", "New", PROSE + f" It is {number}.", f"n{number}"
                )
                times.append(seconds(lambda: add(index, embedder, source)))  # noqa: B023
            index.close()
        medians[size] = statistics.median(times[1:])
        print(f"into {size}: median {medians[size]:.3f} s, worst {max(times[1:]):.3f} s")
    print(f"ratio {medians[count] / medians[0]:.2f} (bar 2)")


PROSE = " ".join(
    f"In the {n}th year the town of Brindle built a bridge, and people came to see it."
    for n in range(40)
)


def add(index: Index, embedder: SentenceTransformerEmbedder, document: Document) -> None:
    passages = split(document, count_tokens=embedder.count_tokens)
    with index.writing() as writer:
        vectors = embedder.embed_passages([embedded_text(passage) for passage in passages])
        writer.add([(document, passage) for passage in passages], vectors)
        writer.stand([(document, len(passages))])


def removing(count: int) -> None:
    """All documents out of an index over putting them in, vectors at hand. Bar: 2."""
    for per_document in (300, 2):
        with tempfile.TemporaryDirectory() as folder:
            index = Index(Path(folder), "made-up")
            adding = seconds(lambda: made_up(index, count, per_document=per_document))  # noqa: B023
            paths = list(index.records())

            def remove() -> None:
                with index.writing() as writer:  # noqa: B023
                    writer.remove(*paths)  # noqa: B023

            taken = seconds(remove)
            index.close()
        print(
            f"{len(paths)} documents of {per_document} passages: added in {adding:.1f} s, "
            f"removed in {taken:.1f} s: {taken / adding:.2f} (bar 2)"
        )


def retrieval(count: int) -> None:
    """Search alone, the question being embedded already. Bar: 95th percentile under 100 ms."""
    chance = random.Random(2)
    vectors = np.random.default_rng(2)
    with tempfile.TemporaryDirectory() as folder:
        index = Index(Path(folder), "made-up")
        made_up(index, count)
        texts = index.document("0.txt").text.split()
        times = []
        for number in range(220):
            vector = vectors.normal(size=384).astype(np.float32)
            vector /= np.linalg.norm(vector)
            question = " ".join(chance.choices(texts, k=8))
            taken = seconds(lambda: retrieve(question, vector, index, limit=8))  # noqa: B023
            if number >= 20:
                times.append(taken)
        index.close()
    low, high = np.percentile(times, [50, 95]) * 1e3
    print(f"{count} passages: median {low:.1f} ms, 95th percentile {high:.1f} ms (bar 100)")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("indexing").add_argument("files", nargs="+", type=Path)
    commands.add_parser("retrieving").add_argument("workspace", type=Path)
    commands.add_parser("answering").add_argument("workspace", type=Path)
    adds = commands.add_parser("adding")
    adds.add_argument("--passages", type=int, default=50_000)
    adds.add_argument("--times", type=int, default=50, help="documents added to either")
    commands.add_parser("removing").add_argument("--passages", type=int, default=10_000)
    commands.add_parser("retrieval").add_argument("--passages", type=int, default=100_000)
    options = parser.parse_args()
    if options.command == "indexing":
        indexing(options.files)
    elif options.command == "retrieving":
        retrieving(options.workspace)
    elif options.command == "answering":
        answering(options.workspace)
    elif options.command == "adding":
        adding(options.passages, options.times)
    elif options.command == "removing":
        removing(options.passages)
    else:
        retrieval(options.passages)


if __name__ == "__main__":
    main()
