"""Of Markdown is read what its reader sees: no marks of footnotes, nothing that is struck out."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.reading.rendering import rendered
from assistant.sources import see, spoken
from assistant.splitting import split
from assistant.values import Document
from tests.test_sources_forms import read, words
from tests.test_splitting import count_words


def seen(document: Document) -> list[str]:
    return [words(document, block) for block in document.blocks if block.kind != "heading"]


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        (
            "The mill turns.[^1]\n\n[^1]: Since 1840.\n",
            ["The mill turns.", "Since 1840."],
        ),
        ("One[^a] two.[^b]\n\n[^a]: First.\n[^b]: Ibid.\n", ["One two.", "First.", "Ibid."]),
        ("- A boat[^x]\n\n[^x]: It is\nleased.\n", ["A boat", "It is leased."]),
        ("- [^1]: In fog.\n- [^2]: At night.\n", ["In fog.", "At night."]),
        ("> He left.\n>\n> [^z]: For good.\n", ["He left.", "For good."]),
        ("A text.\n[^n]: A note.\n\nMore.\n", ["A text.", "A note.", "More."]),
    ],
)
def test_a_footnote_is_a_block_of_its_own_and_its_mark_is_not_read(
    tmp_path: Path, text: str, blocks: list[str]
) -> None:
    assert seen(read(tmp_path, text, "a.md")) == blocks


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("The fare is ~~4~~ 5 crowns.\n", ["The fare is 5 crowns."]),
        ("- ~~Monday~~ Tuesday\n- Friday\n", ["Tuesday", "Friday"]),
        ("About ~5 and ~6 km.\n", ["About ~5 and ~6 km."]),
        ("Run `~~x~~` twice.\n", ["Run `~~x~~` twice."]),
        ("```\n~~x~~\n```\n", ["``` ~~x~~ ```"]),
        ("It is ~~~not~~~ so.\n", ["It is ~~~not~~~ so."]),
    ],
)
def test_what_is_struck_out_is_not_read(tmp_path: Path, text: str, blocks: list[str]) -> None:
    assert seen(read(tmp_path, text, "a.md")) == blocks


@pytest.mark.parametrize(
    "text",
    [
        "The fare is ~~4 crowns~~ 5 crowns.[^1]",
        "| Day | Fare |\n|---|---|\n| Monday | ~~4~~ 5 |\n| Friday[^1] | 6 |",
        "- ~~Monday~~ Tuesday",
        "The ferry runs daily. It costs ~~4~~ 5.",
    ],
)
def test_the_reader_sees_neither_and_knows_where_the_rest_stands(tmp_path: Path, text: str) -> None:
    document = read(tmp_path, f"{text}\n", "a.md")
    (passage,) = split(document, count_tokens=count_words)
    found = rendered(passage)
    assert "4" not in found.text
    assert "[^1]" not in found.text
    for stretch in found.stretches:
        place = stretch.place, stretch.place + stretch.end - stretch.start
        assert document.text[slice(*place)] == found.text[stretch.start : stretch.end]


def test_the_reader_sees_characters_for_entities_each_in_its_place(tmp_path: Path) -> None:
    text = "It is open 9&ndash;5 &amp; the caf&eacute;s are not &unknown; to us."
    document = read(tmp_path, f"{text}\n", "a.md")
    (passage,) = split(document, count_tokens=count_words)
    found = rendered(passage)
    assert found.text.replace("\u200b", "") == (
        "It is open 9–5 & the cafés are not &unknown; to us."
    )
    assert len(found.text) == len(text)
    assert found.text.index("are not") == text.index("are not")


def test_who_speaks_stands_before_a_turn_and_is_no_answer(tmp_path: Path) -> None:
    document = read(tmp_path, "Ann: It rains.\nBob: No.\nAnn: Look out.\nBob: It snows.\n")
    (passage,) = split(document, count_tokens=count_words)
    found = rendered(passage)
    assert found.text == "Ann: It rains.\nBob: No.\nAnn: Look out.\nBob: It snows."
    answers = [found.text[stretch.start : stretch.end] for stretch in found.stretches]
    assert answers == ["It rains.", "No.", "Look out.", "It snows."]


def test_entries_in_a_list_of_markdown_are_one_statement(tmp_path: Path) -> None:
    text = "- Lie, U. (2001). Piers. Bergen.\n- Ek, R. & Moe, T. (2010). Locks. Oslo.\n"
    document = read(tmp_path, text, "a.md")
    (passage,) = split(document, count_tokens=count_words)
    assert len(passage.sentences) == 2


def test_marks_of_footnotes_and_what_is_struck_out_are_not_said(tmp_path: Path) -> None:
    document = read(tmp_path, "8&ndash;9 &amp; &#xe9; ~~old~~ new.[^1] &unknown;\n", "a.md")
    (block,) = document.blocks
    runs = see(document, block)
    assert spoken(runs) == "8–9 & é new. &unknown;"
    assert [run.text for run in runs if "s" in run.styles] == ["old"]


def test_in_plain_text_they_are_what_they_are(tmp_path: Path) -> None:
    document = read(tmp_path, "8&ndash;9 ~~old~~\n", "a.txt")
    assert spoken(see(document, document.blocks[0])) == "8&ndash;9 ~~old~~"


def cells_read(document: Document) -> list[list[str]]:
    return [[document.text[slice(*cell)] for cell in block.cells] for block in document.blocks]


TIDES = (
    "<table>\n<tr><th>Port</th><th colspan=2>Spring</th><th>Pilot</th></tr>\n"
    "<tr><td rowspan='2'>Orme</td><td>4.1</td><td>1.2</td><td>Lind</td></tr>\n"
    '<tr><td>4.4</td><td COLSPAN = "2">none</td></tr>\n'
    "<tr><td>Vik</td><td>3.9</td><td>1.0</td><td>Berg</td></tr>\n</table>\n"
)


def test_a_cell_belongs_to_every_column_and_row_that_it_spans(tmp_path: Path) -> None:
    document = read(tmp_path, TIDES, "a.md")
    assert cells_read(document) == [
        ["Port", "Spring", "Spring", "Pilot"],
        ["Orme", "4.1", "1.2", "Lind"],
        ["Orme", "4.4", "none", "none"],
        ["Vik", "3.9", "1.0", "Berg"],
    ]
    row = document.blocks[2]
    assert document.text[row.start : row.end].startswith("4.4")
    (passage,) = split(document, count_tokens=count_words)
    assert "Port: Orme; Spring: 4.4; Spring: none; Pilot: none." in rendered(passage).text


@pytest.mark.parametrize("name", ["colspan", "rowspan"])
@pytest.mark.parametrize("number", ["0", "1000000", "9" * 5000, "-2", "two", ""])
def test_a_cell_that_spans_beyond_reason_costs_nothing(
    tmp_path: Path, name: str, number: str
) -> None:
    row = f'<tr><td {name}="{number}">a</td><td>b</td></tr>\n'
    document = read(tmp_path, f"<table>\n{row * 300}</table>\n", "a.md")
    assert len(document.blocks) == 300
    assert max(len(block.cells) for block in document.blocks) <= 20
