"""Public question files -> articles, and articles -> parts that share none of them.

Reads SQuAD's format (1.1 and 2.0) and the list of Natural Questions with their gold passage.
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

WELL_ALIGNED = 1.75  # answers found again after translation: right in 88 of 100 from here on


@dataclass(frozen=True)
class Asked:
    """A question asked about a paragraph."""

    id: str
    text: str
    answers: tuple[tuple[int, str], ...]  # where in the paragraph, and what; none: it lacks one


@dataclass
class Paragraph:
    text: str
    asked: list[Asked] = field(default_factory=list)


@dataclass
class Article:
    source: str  # the name of its file without endings; that of the first if several hold it
    title: str  # as a person would write it; empty when the file gives none
    paragraphs: list[Paragraph] = field(default_factory=list)


def load(files: Iterable[Path]) -> list[Article]:
    """Return the articles of all files, in order.

    An article that several files hold under one title is one article, each paragraph and each
    question (by id) once.
    """
    articles: dict[str, Article] = {}
    seen: set[str] = set()
    for file in files:
        source = file.name.split(".")[0]
        data = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
        held = json.loads(data)
        entries = _from_list(held) if isinstance(held, list) else held["data"]
        for number, entry in enumerate(entries):
            title = _readable(str(entry.get("title", "")))
            article = articles.setdefault(title or f"{source} {number}", Article(source, title))
            _merge(article, entry["paragraphs"], seen)
    return list(articles.values())


def load_claims(files: Iterable[Path]) -> list[tuple[str, str]]:
    """Return (claim, the words that support or refute it) of gzipped JSON Lines."""
    return [(held["claim"], held["evidence"]) for file in files for held in json_lines(file)]


def json_lines(file: Path) -> list[Any]:
    """Return what each line of gzipped JSON Lines holds."""
    return [json.loads(line) for line in gzip.decompress(file.read_bytes()).splitlines()]


def parts(
    articles: Sequence[Article], sizes: Sequence[int], seed: int
) -> tuple[list[Article], ...]:
    """Return len(sizes) + 1 lists: so many articles each, drawn by `seed`, and then the rest.

    Only articles that hold unanswered questions, or all if none does, are drawn: what is measured
    on needs both kinds.
    """
    both = [a for a in articles if any(not q.answers for p in a.paragraphs for q in p.asked)]
    drawn = sorted(both or articles, key=lambda article: article.title)
    random.Random(seed).shuffle(drawn)
    found, start = [], 0
    for size in sizes:
        found.append(drawn[start : start + size])
        start += size
    taken = {id(article) for article in drawn[:start]}
    return *found, [article for article in articles if id(article) not in taken]


def _merge(article: Article, paragraphs: Iterable[Any], seen: set[str]) -> None:
    known = {paragraph.text: paragraph for paragraph in article.paragraphs}
    for entry in paragraphs:
        paragraph = known.get(entry["context"])
        if paragraph is None:
            paragraph = known[entry["context"]] = Paragraph(entry["context"])
            article.paragraphs.append(paragraph)
        for question in entry["qas"]:
            if question["id"] in seen:
                continue
            answers = () if question.get("is_impossible") else _answers(question, paragraph.text)
            unsure = question.get("align_margin", WELL_ALIGNED) < WELL_ALIGNED
            if (answers or question.get("is_impossible")) and not (answers and unsure):
                seen.add(question["id"])
                paragraph.asked.append(Asked(question["id"], question["question"].strip(), answers))


def _answers(question: Any, text: str) -> tuple[tuple[int, str], ...]:
    """Return the answers that stand where they are said to, or where they occur first."""
    found = []
    for answer in question["answers"]:
        start, words = answer["answer_start"], answer["text"]
        if text[start : start + len(words)] != words:
            start = text.find(words)
        stripped = words.strip()
        if start >= 0 and stripped:
            found.append((start + words.index(stripped), stripped))
    return tuple(found)


def _readable(title: str) -> str:
    """Return the title as a person would write it; empty for what is only a file's own number."""
    if title.startswith(("sq2bt_doc", "squad-train", "wikipedia:", "Filtered_")) or (
        title.count("-") == 4 and len(title) == 36
    ):
        return ""
    return title.removeprefix("/wiki/").replace("_", " ").strip()


def _from_list(entries: Iterable[Any]) -> Iterable[Any]:
    """Natural Questions with their passages: the gold one becomes a paragraph."""
    for number, entry in enumerate(entries):
        gold = next((c for c in entry["ctxs"] if c.get("isgold")), None)
        text = gold["text"] if gold else ""
        places = [(text.find(answer), answer) for answer in entry["answers"]]
        answers = [{"answer_start": at, "text": words} for at, words in places if at >= 0]
        if gold and answers:
            asked = {"id": f"nq-{number}", "question": entry["question"], "answers": answers}
            yield {
                "title": gold["title"],
                "paragraphs": [{"context": text, "qas": [asked]}],
            }
