"""The articles that training never sees; as a command, written out for the benchmarks.

    python training/reader/held_out.py OUT.json squad1-part.json.gz squad2-part.json.gz

writes those for the test, in SQuAD's format, for `evals/benchmarks/squad.py`.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from articles import Article, load, parts
from tables import Table

SEED = 11
TEST, CALIBRATION = 6, 5  # articles
TABLES = 100  # of either kind


@dataclass(frozen=True)
class HeldOut:
    test: list[Article]  # to report on
    calibration: list[Article]  # to choose by, and to fit the confidence on
    rest: list[Article]  # to train on


def held_out(articles: Sequence[Article]) -> HeldOut:
    """Split one file's articles, or those of SQuAD 1.1 and 2.0 together, the same way each time."""
    return HeldOut(*parts(articles, (TEST, CALIBRATION), SEED))


@dataclass(frozen=True)
class TablesHeldOut:
    test: list[Table]
    calibration: list[Table]
    rest: list[Table]


def tables_held_out(tables: Sequence[Table]) -> TablesHeldOut:
    """Split tables by their ids, the same way each time."""
    drawn = sorted(tables, key=lambda table: table.id)
    random.Random(SEED).shuffle(drawn)
    return TablesHeldOut(drawn[:TABLES], drawn[TABLES : 2 * TABLES], drawn[2 * TABLES :])


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument(
        "files", nargs="+", type=Path, help="SQuAD 1.1 and 2.0 together, or another"
    )
    options = parser.parse_args()
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
