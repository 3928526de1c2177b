"""Questions that are suggested over any texts, to be read by a person.

    python evals/benchmarks/suggesting.py FILE … [--articles 20 --limit 3 --seed 7]

A FILE that ends in .txt or .md is a document. Of any other, in SQuAD's format, each of a sample of
the articles is one: its title and paragraphs. Printed are the questions suggested for each document
alone, those to go on with after the answer to the first, and what each is answered with. That they
are answered, by the words they were drawn from, is what makes them be suggested; whether they read
well is for whoever reads them to say.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from itertools import groupby
from pathlib import Path

from runs import guarded, read_bytes, sample
from squad import load

from assistant import Assistant, workspace


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help=".txt, .md or SQuAD")
    parser.add_argument("--articles", type=int, default=20, help="how many of a SQuAD file (20)")
    parser.add_argument("--limit", type=int, default=3, help="questions wanted of each (3)")
    parser.add_argument("--seed", type=int, default=7, help="of the sample (7)")
    options = parser.parse_args()
    texts: dict[str, str] = {}
    for file in options.files:
        texts |= documents(file, options.articles, options.seed)
    with tempfile.TemporaryDirectory() as folder:
        root = workspace.create(Path(folder) / "workspace")
        for name, text in texts.items():
            (root / "sources" / name).write_text(text, encoding="utf-8")
        with Assistant.open(root) as assistant:
            assistant.sync()
            assistant.warm()
            suggested, followed, seconds = 0, 0, 0.0
            for name in texts:
                begun = time.perf_counter()
                first = list(assistant.suggestions(options.limit, [name]))
                answer = assistant.ask(first[0], documents=[name]) if first else None
                then = list(assistant.follow_ups(answer, documents=[name])) if answer else []
                seconds += time.perf_counter() - begun
                suggested, followed = suggested + len(first), followed + len(then)
                print(f"\n{name}")
                for mark, questions in (("-", first), (">", then)):
                    for question in questions:
                        said = assistant.ask(question, documents=[name])
                        print(f"  {mark} {question} [{said.confidence:.2f}] {said.short or '…'}")
    print(f"\n{len(texts)} documents: {suggested} questions suggested, {followed} to go on with")
    print(f"{seconds / max(1, suggested + followed):.2f} seconds each")


def documents(file: Path, articles: int, seed: int) -> dict[str, str]:
    """Return the texts of a file by the names of the documents that they become."""
    if file.suffix in (".txt", ".md"):
        return {file.name: read_bytes(file).decode("utf-8")}
    found = _articles(file)
    return {f"{name}.txt": found[name] for name in sample(sorted(found), articles, seed)}


def _articles(file: Path) -> dict[str, str]:
    """Return each article's title and paragraphs as one text, by a name for its file."""
    documents, _ = load(file, read_bytes(file))
    articles = {}
    for folder, paths in groupby(documents, lambda path: path.split("/")[0]):
        paragraphs = [documents[path].split("\n---\n", 1)[1].strip() for path in paths]
        title = folder[5:].replace("-", " ").capitalize()
        articles[folder] = "\n\n".join([title, *paragraphs]) + "\n"
    return articles


if __name__ == "__main__":
    sys.exit(guarded(main))
