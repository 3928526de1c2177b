"""Public articles, tables and passages -> documents, and questions as a person would ask them.

About half of the questions have an answer there. The others have none: SQuAD 2.0's own about the
same matter, questions whose name, number or year was swapped, questions about another article and
about articles that are not in the index; of a table, questions about a row that was taken out; of
search queries, those that their passage does not answer. Some of those with an answer are
misspelled or put in other words (`synonyms.py`).
"""

from __future__ import annotations

import csv
import io
import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from articles import Article, Asked, Paragraph, json_lines
from contrast import swapped
from examples import misspelled
from synonyms import reworded
from tables import Table, made

MISSPELLED = 0.1
REWORDED = 0.2
ALONE = 2 / 3  # of the questions that may be asked over all documents, over their own alone
OF_A_TABLE = 4  # its own questions
PRESENT = ("present", "reworded", "table", "search")
ABSENT = ("near", "swapped", "other", "outside", "row", "query")


@dataclass(frozen=True)
class Question:
    kind: str  # one of PRESENT, or of ABSENT
    text: str
    answers: tuple[str, ...]  # empty when the documents asked do not answer it
    documents: tuple[str, ...] | None  # asked over these; over all when None
    source: str = "article"  # or "table", "search": what kind of document it was asked about

    def answered_by(self, text: str) -> bool:
        return any(answer.lower() in text.lower() for answer in self.answers)


@dataclass(frozen=True)
class Searched:
    """A search query and a passage that answers it, or does not."""

    id: str
    question: str
    title: str
    sentences: tuple[str, ...]
    gold: tuple[int, ...]  # the sentences that answer


def path(article: Article) -> str:
    """Return the path of an article's document."""
    return f"{_named(article.title)}.txt"


def source_of(article: Article) -> str:
    """Return what the file of an article's document holds."""
    return _text(article.title, [paragraph.text for paragraph in article.paragraphs])


def of_searches(searched: Sequence[Searched]) -> tuple[dict[str, str], list[Question]]:
    """Return the documents of the passages, by path, and the query of each."""
    documents, asked = {}, []
    for number, one in enumerate(searched):
        name = f"passage-{number}.txt"
        documents[name] = _text(one.title, [" ".join(one.sentences)])
        golds = tuple(one.sentences[n].strip() for n in one.gold)
        kind = "search" if golds else "query"
        asked.append(Question(kind, one.question, golds, (name,), "search"))
    return documents, asked


def of_tables(
    tables: Sequence[Table], chance: random.Random
) -> tuple[dict[str, str], list[Question]]:
    """Return the documents of the tables, by path, and their own questions, some without the row.

    The row that a question without an answer asks for is in none of them.
    """
    documents, asked = {}, []
    for table in tables:
        name = f"table-{_named(table.id)}.csv"
        gone = chance.randrange(len(table.rows))
        found = made(table, gone, chance)
        written = io.StringIO()
        rows = [row for n, row in enumerate(table.rows) if n != gone or found is None]
        csv.writer(written, lineterminator="\n").writerows([table.header, *rows])
        documents[name] = written.getvalue()
        if found is not None:
            asked.append(Question("row", found[0], (), (name,), "table"))
        own = [one for one in table.asked if one.cell[0] != gone or found is None]
        for one in chance.sample(own, min(OF_A_TABLE, len(own))):
            answer = table.rows[one.cell[0]][one.cell[1]]
            alone = (name,) if chance.random() < ALONE else None
            asked.append(Question("table", one.text, (answer,), alone, "table"))
    return documents, asked


def load_searches(file: Path) -> list[Searched]:
    """Return the queries of gzipped JSON Lines of id, question, title, sentences and gold."""
    return [
        Searched(
            held["id"],
            held["question"],
            held["title"],
            tuple(held["sentences"]),
            tuple(held["gold"]),
        )
        for held in json_lines(file)
    ]


def of_article(
    article: Article,
    inside: Sequence[Article],
    outside: Sequence[Article],
    count: int,
    near: Mapping[str, Sequence[str]],
    chance: random.Random,
) -> Iterator[Question]:
    """Yield `count` answered questions of an article, and about as many that are not."""
    alone = (path(article),)
    present = all_asked(article, answered=True)
    for asked, _ in chance.sample(present, min(count, len(present))):
        text = misspelled(asked.text, chance) if chance.random() < MISSPELLED else asked.text
        kind = "present"
        if chance.random() < REWORDED:
            kind, text = "reworded", reworded(asked.text, near, chance)
        answers = tuple(answer for _, answer in asked.answers)
        yield Question(kind, text, answers, alone if chance.random() < ALONE else None)
    unanswered = all_asked(article, answered=False)
    for asked, _ in chance.sample(unanswered, min(count // 2, len(unanswered))):
        yield Question("near", asked.text, (), alone if chance.random() < ALONE else None)
    words = "\n".join(paragraph.text for paragraph in article.paragraphs)
    others = (
        swapped(asked.text, paragraph.text, words, chance)
        for asked, paragraph in chance.sample(present, len(present))
    )
    for _, other in zip(range(count // 4), filter(None, others), strict=False):
        yield Question("swapped", other, (), alone)
    for _ in range(count // 3):
        source = chance.choice([other for other in inside if other is not article])
        yield Question("other", chance.choice(all_asked(source))[0].text, (), alone)
    for _ in range(count // 6):
        source = chance.choice(outside)
        yield Question("outside", chance.choice(all_asked(source))[0].text, (), None)


def all_asked(article: Article, *, answered: bool | None = None) -> list[tuple[Asked, Paragraph]]:
    return [
        (asked, paragraph)
        for paragraph in article.paragraphs
        for asked in paragraph.asked
        if answered is None or bool(asked.answers) == answered
    ]


def _named(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")


def _text(title: str, paragraphs: Sequence[str]) -> str:
    whole = "\n\n".join(paragraphs)
    return f"---\ntitle: {json.dumps(title)}\n---\n{whole}\n"
