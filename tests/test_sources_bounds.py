"""Documents that are too much of something are read sensibly, in bounded time and memory."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from assistant import sources
from assistant.errors import BadSource
from assistant.splitting import split
from assistant.values import Block, Document, Passage
from tests.test_splitting import count_words


def read(folder: Path, text: str, name: str) -> Document:
    """Return the document, which takes no longer to read than two seconds and a bit a megabyte."""
    (folder / name).write_text(text, encoding="utf-8")
    started = time.thread_time()
    document = sources.read(folder, name)
    assert time.thread_time() - started < 2 + 20 * len(text) / 1_000_000
    return document


def passages(document: Document) -> list[Passage]:
    found = split(document, count_tokens=count_words)
    for passage in found:
        assert document.text[passage.start : passage.end] == passage.text
    return found


def kinds(document: Document) -> set[str]:
    return {block.kind for block in document.blocks}


def seen(document: Document, block: Block) -> str:
    return document.text[block.start : block.end]


@pytest.mark.parametrize("mark", ["- ", "1. "])
def test_ten_levels_of_a_list_each_know_the_item_above(tmp_path: Path, mark: str) -> None:
    lines = [f"{' ' * len(mark) * n}{mark}level {n}" for n in range(10)]
    document = read(tmp_path, "\n".join(lines) + "\n", "a.md")
    assert [block.level for block in document.blocks] == list(range(1, 11))
    assert [block.above for block in document.blocks] == list(range(-1, 9))


def test_ten_levels_of_quotations_are_read(tmp_path: Path) -> None:
    for name in ("a.md", "a.txt"):
        document = read(tmp_path, f"{'> ' * 10}The deepest word.\n> \n> The first.\n", name)
        assert [seen(document, block) for block in document.blocks] == [
            "The deepest word.",
            "The first.",
        ]


@pytest.mark.parametrize(
    ("name", "bar", "rule"),
    [("a.md", " | ", "|".join(["---"] * 300) + "\n"), ("a.csv", ",", ""), ("a.tsv", "\t", "")],
)
def test_a_table_of_300_columns_keeps_each_cell(
    tmp_path: Path, name: str, bar: str, rule: str
) -> None:
    rows = [bar.join(f"{word}{n}" for n in range(300)) for word in ("name", "value")]
    document = read(tmp_path, f"{rows[0]}\n{rule}{rows[1]}\n", name)
    header, row = document.blocks
    assert document.text[slice(*header.cells[299])] == "name299"
    assert document.text[slice(*row.cells[299])] == "value299"
    assert passages(document)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "unit", "before"),
    [
        ("a.md", "| ship {} | {} |\n", "| name | tons |\n|---|---|\n"),
        ("a.csv", "ship {},{}\n", "name,tons\n"),
    ],
)
def test_a_table_of_50_000_rows_has_its_header_in_the_last_passage_too(
    tmp_path: Path, name: str, unit: str, before: str
) -> None:
    text = before + "".join(unit.format(n, n) for n in range(50_000))
    document = read(tmp_path, text, name)
    assert len(document.blocks) == 50_001
    last = passages(document)[-1]
    assert "name" in last.blocks[0].text
    assert "ship 49999" in last.text


@pytest.mark.parametrize(("name", "mark"), [("a.md", "- "), ("a.txt", "- "), ("b.md", "1. ")])
def test_a_list_of_10_000_items_is_one_list(tmp_path: Path, name: str, mark: str) -> None:
    document = read(tmp_path, "".join(f"{mark}rope {n}\n" for n in range(10_000)), name)
    assert len(document.blocks) == 10_000
    assert {block.group for block in document.blocks} == {0}
    assert passages(document)[-1].text.endswith("rope 9999")


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('name,tons\n"Ida,4\nUna,5\n', ["name,tons", '"Ida,4', "Una,5"]),
        ('name,tons\nI"da,4\nUna,"5\n', ["name,tons", 'I"da,4', 'Una,"5']),
        ('name,tons\n"Ida" the old,4\n', ["name,tons", '"Ida" the old,4']),
        ("name,tons\nIda\nUna,5,6,7\n", ["name,tons", "Ida", "Una,5,6,7"]),
    ],
)
def test_broken_quotes_and_other_widths_of_rows_are_taken_as_they_stand(
    tmp_path: Path, text: str, rows: list[str]
) -> None:
    document = read(tmp_path, text, "a.csv")
    assert [seen(document, block) for block in document.blocks] == rows


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.md", "# \n\n## \n\nThe text.\n"),
        ("b.md", "#\n#\n#\nThe text.\n"),
        ("c.md", "# ![](x.png)\n\nThe text.\n"),
    ],
)
def test_headings_without_words_head_nothing(tmp_path: Path, name: str, text: str) -> None:
    (passage,) = passages(read(tmp_path, text, name))
    assert passage.text == "The text."


@pytest.mark.parametrize("count", [1, 3, 5_000])
def test_a_document_of_headings_alone_can_be_cited(tmp_path: Path, count: int) -> None:
    document = read(tmp_path, "".join(f"## Pier {n}\n\n" for n in range(count)), "a.md")
    assert kinds(document) == {"heading"}
    found = passages(document)
    assert f"Pier {count - 1}" in found[-1].text


def test_what_is_front_matter_alone_is_refused_in_words(tmp_path: Path) -> None:
    for front in ("---\ntitle: Salt: a history\n---\n", '+++\ntitle = "Salt"\n+++\n'):
        with pytest.raises(BadSource, match="holds no text"):
            read(tmp_path, front, "a.md")
