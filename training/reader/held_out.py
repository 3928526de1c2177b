"""The articles that training never sees; as a command, written out for the benchmarks.

    python training/reader/held_out.py OUT.json squad1-part.json.gz squad2-part.json.gz \\
        [--searches clapnq-half.jsonl.gz --seen nq-open-oracle.json.gz nq_qed_dev.json.gz]

writes those for the test, in SQuAD's format, for `evals/benchmarks/squad.py`; and into OUT.jsonl
the search queries for the test, but for those about articles that training saw otherwise, for
`evals/benchmarks/clapnq.py`.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from articles import Article, load, parts
from questions import Searched, load_searches
from tables import Table

SEED = 11
TEST, CALIBRATION = 6, 5  # articles
TABLES = 100  # of either kind


Kept = TypeVar("Kept")


@dataclass(frozen=True)
class Held(Generic[Kept]):
    test: list[Kept]  # to report on
    calibration: list[Kept]  # to choose by, and to fit the confidence on
    rest: list[Kept]  # to train on


def held_out(articles: Sequence[Article]) -> Held[Article]:
    """Split one file's articles, or those of SQuAD 1.1 and 2.0 together, the same way each time."""
    return Held(*parts(articles, (TEST, CALIBRATION), SEED))


def tables_held_out(tables: Sequence[Table]) -> Held[Table]:
    """Split tables by their ids, the same way each time."""
    drawn = sorted(tables, key=lambda table: table.id)
    random.Random(SEED).shuffle(drawn)
    return Held(drawn[:TABLES], drawn[TABLES : 2 * TABLES], drawn[2 * TABLES :])


def searches_held_out(searches: Sequence[Searched]) -> Held[Searched]:
    """Split search queries by their ids in two halves, the same way each time: none to train on."""
    drawn = sorted(searches, key=lambda searched: searched.id)
    random.Random(SEED).shuffle(drawn)
    half = len(drawn) // 2
    return Held(drawn[:half], drawn[half:], [])


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument(
        "files", nargs="+", type=Path, help="SQuAD 1.1 and 2.0 together, or another"
    )
    parser.add_argument("--searches", type=Path, help="CLAPNQ, as JSON Lines")
    parser.add_argument("--seen", nargs="*", type=Path, default=[], help="what was trained on")
    options = parser.parse_args()
    if options.searches:
        seen = {article.title.lower() for article in load(options.seen)}
        kept = searches_held_out(load_searches(options.searches)).test
        lines = [json.dumps(vars(one)) + "\n" for one in kept if one.title.lower() not in seen]
        options.out.with_suffix(".jsonl").write_text("".join(lines), encoding="utf-8")
        print(f"{len(lines)} search queries")
    held = held_out(load(options.files)).test
    data = [
        {
            "title": article.title,
            "paragraphs": [
                {
                    "context": paragraph.text,
                    "qas": [
                        {
                            "id": asked.id,
                            "question": asked.text,
                            "is_impossible": not asked.answers,
                            "answers": [
                                {"text": text, "answer_start": start}
                                for start, text in asked.answers
                            ],
                        }
                        for asked in paragraph.asked
                    ],
                }
                for paragraph in article.paragraphs
            ],
        }
        for article in held
    ]
    options.out.write_text(json.dumps({"version": "held out", "data": data}), encoding="utf-8")
    print(f"{len(held)} articles: {', '.join(article.title for article in held)}")


if __name__ == "__main__":
    main()
