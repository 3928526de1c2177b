"""Whatever a text is made of, four times as much of it takes about four times as long.

Steps cannot be counted inside regular expressions and markdown-it, so that what is compared is the
processor's time of this thread, the least of a few rounds: other work on the machine only adds.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path

import pytest

from assistant import sources
from assistant.abbreviations import abbreviations, with_both
from assistant.errors import BadSource
from assistant.questions import (
    as_written,
    check_question,
    corrected,
    mistaken,
    parts,
    points_back,
    small_talk,
)
from assistant.reading.candidates import candidates
from assistant.reading.selecting import select
from assistant.reading.short import short_answer
from assistant.reading.spans import Found
from assistant.splitting import sections, split
from assistant.suggesting.choosing import of_documents
from assistant.values import Document, Hit, Passage
from assistant.web import render

pytestmark = pytest.mark.slow

SIZE = 2_000  # characters, and four times as many
MOST_TIMES = 6
ROUNDS = 6
LEAST_SECONDS = 0.005  # what is read quicker is made larger, up to
LARGEST = 64_000
OVERHEAD_SECONDS = 0.002  # of a call, at most; and what a clock may be wrong by

Shape = Callable[[int], str]
LETTERS = str.maketrans("0123456789", "abcdefghij")


def repeated(unit: str, before: str = "") -> Shape:
    return lambda size: before + unit * (size // len(unit))


def rising(unit: str) -> Shape:
    """Each line is longer than the one before by a unit, and the last about 100 units long."""
    return lambda size: "\n".join(unit * (n % 100) + " a" for n in range(size // len(unit) // 50))


SHAPES: dict[str, Shape] = {
    "paragraphs": repeated("a\n\n"),
    "one word": repeated("a"),
    "words": repeated("word "),
    "sentences": repeated("Aaa bbb ccc. "),
    "stops": repeated("."),
    "exclamations without a space": repeated("a!["),
    "abbreviations": repeated("e.g. A. "),
    "stops of other scripts": repeated("。」"),
    "a long tail": repeated("]", before="A word. b"),
    "white space": repeated(" ", before="a\n"),
    "blank lines": repeated(" \n", before="a\n"),
    "accents": repeated("a" + "\u0301\u0327" * 45),
    "symbols": repeated("\u2605" * 100 + "a"),
    "link targets": repeated("]("),
    "quoted link targets": repeated(']("'),
    "brackets": repeated("["),
    "images": repeated("!["),
    "comments left open": repeated("<!--", before="<div>\n"),
    "comments": repeated("<!-- a -->\n"),
    "tags in one another": lambda n: "<div>" + "<b>" * (n // 7) + "x" + "</b>" * (n // 7),
    "tags left open": repeated("<b>", before="<div>"),
    "half tags": repeated("<b", before="<div>"),
    "tags with spaces": repeated("<b> \n", before="<div>"),
    "quotations in one another": rising(">"),
    "lists in one another": rising("  -"),
    "a list on one line": repeated("- "),
    "lazy lines under quotations": lambda n: ">" * 60 + " a" + "\na" * (n // 10),
    "list items": repeated("- a\n"),
    "numbered items": repeated("1. A b\n"),
    "references": lambda n: "".join(f"[a{i}]: /b\n" for i in range(n // 11)),
    "a reference left open": repeated("x\n", before="[a]: b '"),
    "fences": repeated("```\na\n"),
    "code marks": repeated("`a "),
    "emphasis left open": repeated("*a "),
    "emphasis": repeated("**a** _b_ "),
    "tables with wide headers": repeated(
        "|a" * 100 + "|\n" + "|-" * 100 + "|\n" + "|\n" * 100 + "\n"
    ),
    "rows": repeated("| a | b |\n", before="| a | b |\n|---|---|\n"),
    "rows in plain text": repeated("a   b   c\n"),
    "headings": repeated("# A\n\nText here.\n\n"),
    "headings in one another": lambda n: "".join(
        f"{'#' * (i % 6 + 1)} A{i}\n\nb c\n\n" for i in range(n // 14)
    ),
    "underlined headings": repeated("Heading\n=======\n\nText.\n\n"),
    "numbered headings": lambda n: "".join(
        f"1{'.1' * (i % 40)} Heading\n\nText stands here.\n\n" for i in range(n // 70)
    ),
    "a table of contents": lambda n: (
        "".join(f"# A{i}\n" for i in range(n // 14))
        + "".join(f"[A{i}](b)\n" for i in range(n // 14))
    ),
    "verses": repeated("Line of a poem\n"),
    "wrapped lines": repeated("These are lines that are\nwrapped at some width and\n"),
    "heading marks within a heading": repeated(" › a", before="# A"),
    "front matter": repeated("a: b\n", before="---\n"),
    "front matter in TOML": repeated("a = 1\n", before="+++\n"),
    "front matter in JSON": repeated('{"a": ', before='{"title": '),
    "colons in front matter": repeated(": a", before="---\ntitle: b"),
    "front matter in one another": repeated("- ", before="---\ntitle:\n  "),
    "brackets in front matter": repeated("[", before="---\ntitle: "),
    "quoted lines": repeated("> a b\n"),
    "who wrote them": repeated("> a, 1, b, 2 wrote:\n> c\n"),
    "talk": repeated("Ann: A b.\nBob: C d.\n"),
    "names above": repeated("Ann Lee\nA b c d.\nBob Ray\nE f g.\n"),
    "one turn of talk": lambda n: "Ann: A.\nBob: B.\nAnn: C.\nBob: D.\n" + "e f\n" * (n // 4),
    "fields": repeated("Abc: d e\nFgh: i j\n\n"),
    "fields of one record": lambda n: "".join(f"L{i}: v{i}\n" for i in range(n // 10)),
    "clauses": lambda n: "".join(f"1.{i} It is so.\n(a) b;\n" for i in range(n // 20)),
    "wrapped clauses": lambda n: "".join(f"1.{i} It is so that\n  b c.\n" for i in range(n // 26)),
    "one wrapped clause": repeated("b c\n", before="1.1 It is\n"),
    "records in a fence": repeated("Abc: d e\nFgh: i j\n\n", before="```\n"),
    "leaders": repeated("A b .... 4\nc .... 5\n"),
    "leaders on one line": repeated("a .... "),
    "dots with spaces": repeated(". "),
    "gaps between rules": repeated("---\nA    b\n---\n\nC.\n\n"),
    "points": repeated("(a) b;\n(i) c;\n", before="1.1 It is so.\n1.2 If it is\n"),
    "entries": repeated("Lee, A. (2001). B c. D.\n"),
    "half an entry": repeated("Lee, A. "),
    "a box": lambda n: "+---+\n" + "| a |\n" * (n // 6) + "+---+\n",
    "a wide box": lambda n: "+---+\n|" + " " * n + "x\n+---+\n",
    "amounts": repeated("1 a\n2 b c\n"),
    "headings of manuals": repeated("NAME\n    a b\n\n"),
    "footnotes": repeated("[^a]: b\n"),
    "marks of footnotes": repeated("a[^1] "),
    "half marks of footnotes": repeated("[^"),
    "struck out": repeated("~~a~~ b "),
    "half struck out": repeated("~~a "),
    "entities": repeated("&amp; &a"),
    "broken words": repeated("ab-\n"),
    "a broken word": repeated("ab", before="ab-\n"),
    "hyphens": repeated("ab-"),
    "a heading of brackets": repeated("![", before="# "),
}


@pytest.mark.parametrize("suffix", [".md", ".txt"])
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_reading_and_showing_a_document_grow_with_its_size(
    tmp_path: Path, shape: Shape, suffix: str
) -> None:
    def read(size: int) -> Callable[[], object]:
        name = f"{size}{suffix}"
        (tmp_path / name).write_text(shape(size) + "\n", encoding="utf-8", newline="")

        def run() -> None:

            try:
                document = sources.read(tmp_path, name)
            except BadSource:  # in words, and soon
                return
            found = sections(document)
            split(document, count_tokens=count_words)
            render.passage(document, found, whole=True)

        return run

    assert_grows_with_size(read, SIZE, grow=True)


BAIT: dict[str, Shape] = {
    "words": repeated("mill "),
    "strange words": lambda n: " ".join(f"milx{i:04}".translate(LETTERS) for i in range(n // 9)),
    "a long word": repeated("mil"),
    "conjunctions": repeated("and what or "),
    "question marks": repeated("? who "),
    "verbs": repeated("is are was "),
    "amounts": repeated("over about nearly 1,1"),
    "digits": repeated("1,1.1"),
    "names": repeated("Ada of the "),
    "initials": repeated("A.B."),
    "dates": repeated("3 Sept. 2012, "),
    "halves of dates": repeated("3.9-2012/1 "),
    "thousands": repeated("1 234 "),
    "explained": repeated("A Bee (AB) "),
    "brackets": repeated("AB (a "),
    "tags": repeated("<b>"),
    "half tags": repeated("<b"),
    "emphasis": repeated("*a"),
    "addresses": repeated("a@b."),
    "web addresses": repeated("www.a"),
    "quotation marks": repeated("“a "),
    "asides": repeated("a, b, is in over "),
    "greetings": repeated("hello there "),
    "thanks": repeated("great thanks "),
    "items": repeated("\n- a "),
    "rows": repeated("| a | b |\n"),
    "people": repeated("They said “yes” to her. "),
}


@pytest.mark.parametrize("shape", BAIT.values(), ids=BAIT)
def test_understanding_a_question_grows_with_its_length(shape: Shape) -> None:
    texts = [shape(1_000), "The mill is at Brindle. " * 20]

    def understand(size: int) -> Callable[[], object]:
        question = check_question(shape(size)[:2_000])

        def run() -> None:
            small_talk(question, 3)
            for part in parts(question):
                points_back(part)
            corrected(question, texts, all_known)
            corrected(question, texts, none_known)
            mistaken(question, texts, texts)
            as_written(question, texts)
            with_both(question, abbreviations([question, *texts]))

        return run

    assert_grows_with_size(understand, 500)


@pytest.mark.parametrize("shape", BAIT.values(), ids=BAIT)
def test_reading_a_passage_grows_with_its_length(shape: Shape) -> None:
    def answer(size: int) -> Callable[[], object]:
        text = shape(size)
        step = max(1, len(text) // 8)
        spans = [(i, min(i + step, len(text))) for i in range(0, len(text), step)]
        passage = Passage("a.md", 0, len(text), text, "A", None, 0, "B", tuple(spans))
        found = [[Found(n, span, 1.0) for n, span in enumerate(spans)]]
        hits = [Hit(passage, 1.0, 1)]

        def run() -> None:
            for question in ("How many does the mill have?", "How do I start it?"):
                for best, *others in filter(None, [candidates(question, hits, found)]):
                    select(question, best, others)
                    short_answer(question, best)

        return run

    assert_grows_with_size(answer, 500)


@pytest.mark.parametrize("shape", BAIT.values(), ids=BAIT)
def test_drawing_questions_grows_with_what_is_drawn_from(shape: Shape) -> None:
    def drawn(size: int) -> Callable[[], object]:
        sentences = f"{shape(250)[:248].strip()}. " * (size // 250)
        document = Document("a.md", "A", sentences, "")
        return lambda: list(of_documents(["a.md"], lambda path: document))

    assert_grows_with_size(drawn, 1_000)


def assert_grows_with_size(
    made: Callable[[int], Callable[[], object]], size: int, *, grow: bool = False
) -> None:
    small = made(size)
    # The best of three: a busy machine makes what is too small to measure look long enough.
    while grow and size < LARGEST and min(seconds(small) for _ in range(3)) < LEAST_SECONDS:
        size *= 4
        small = made(size)
    large = made(4 * size)
    least_small = least_large = float("inf")
    for _ in range(ROUNDS):
        least_small = min(least_small, seconds(small))
        least_large = min(least_large, seconds(large))
        if least_large <= MOST_TIMES * (least_small + OVERHEAD_SECONDS):
            return
    pytest.fail(f"{least_small:.4f} s, and {least_large:.4f} s for four times as much")


def seconds(run: Callable[[], object]) -> float:
    gc.disable()
    try:
        start = time.thread_time()
        run()
        return time.thread_time() - start
    finally:
        gc.enable()


@pytest.fixture(scope="module", autouse=True)
def _loaded(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Load what is loaded on first use."""
    folder = tmp_path_factory.mktemp("warm")
    for name in ("a.md", "a.txt"):
        (folder / name).write_text("---\ntitle: B\n---\n# A\n\nOne. Two is in Brindle.\n")
        document = sources.read(folder, name)
        split(document, count_tokens=count_words)
        list(islice(of_documents([name], {name: document}.__getitem__), 1))


def count_words(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def all_known(words: Sequence[str]) -> list[bool]:
    return [True for _ in words]


def none_known(words: Sequence[str]) -> list[bool]:
    return [False for _ in words]
