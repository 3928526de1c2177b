"""Words that printing has broken are whole again, and hyphens that belong to a word stay."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant import sources
from assistant.sources.mending import joined


def read(folder: Path, text: str, name: str = "a.txt") -> str:
    (folder / name).write_text(text, encoding="utf-8")
    return sources.read(folder, name).text


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("The oﬃce oﬀers ﬁsh on the ﬂoor.", "The office offers fish on the floor."),
        ("A baﬄed ﬅeward, the laﬆ one.", "A baffled steward, the last one."),
        ("The co\u00adop\u00ader\u00ada\u00adtive meets.", "The cooperative meets."),
        ("x² and ½ and ™ and Ⅳ stay.", "x² and ½ and ™ and Ⅳ stay."),  # no more than ligatures
    ],
)
def test_ligatures_become_letters_and_soft_hyphens_go(
    tmp_path: Path, text: str, mended: str
) -> None:
    assert read(tmp_path, text) == mended


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("The ferry-\nman sleeps in the hut.", "The ferryman\nsleeps in the hut."),
        ("He kept bees in the gar-\nden, and hens.", "He kept bees in the garden,\nand hens."),
        ("It was an inter-\nnatio-\nnal fair.", "It was an international\nfair."),
        ("The lan-\ntern.\n\nIt shone.", "The lantern.\n\nIt shone."),
        ("The bar\u00ad\nrel leaks.", "The barrel\nleaks."),
        ("> The mil-\n> ler left.", "> The miller\n> left."),
        ("- the chim-\n  ney\n- the roof", "- the chimney\n- the roof"),
    ],
)
@pytest.mark.parametrize("name", ["a.txt", "a.md"])
def test_a_word_that_a_line_breaks_is_joined_and_the_lines_stay(
    tmp_path: Path, text: str, mended: str, name: str
) -> None:
    assert read(tmp_path, text, name) == mended


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        (
            "A well-known inn.\nIt is well-\nknown here.",
            "A well-known inn.\nIt is well-known\nhere.",
        ),
        ("The rent is low.\nNo cost is shown.\nA low-\ncost loan.", "low-cost\nloan."),
        ("Her mother-in-\nlaw came.", "Her mother-in-law\ncame."),
    ],
)
def test_a_hyphen_that_belongs_to_the_word_stays(tmp_path: Path, text: str, mended: str) -> None:
    assert read(tmp_path, text).endswith(mended)


def test_a_word_that_stands_whole_elsewhere_or_in_the_dictionary_is_joined(tmp_path: Path) -> None:
    text = "Put it in the box, on the side.\nThe in-\nside is red. Brim-\nstock is a brimstock."
    assert read(tmp_path, text).endswith("The inside\nis red. Brimstock\nis a brimstock.")


@pytest.mark.parametrize(
    "text",
    [
        "Anna Holm-\nBerg spoke.",
        "See part B-\n12 of it.",
        "He paused --\nthen spoke.",
        "short-\nand long-term loans",
        "name     ham-\nlet      x",
        "| ham- |\nlet | x",
        "see http://example.org/ham-\nlet for it",
    ],
)
def test_what_is_no_broken_word_stays(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text) == text


@pytest.mark.parametrize(
    "text",
    [
        "```\nrun-\nfast\n```\n",
        "Text.\n\n    git-\n    log\n",
        "# The ham-\nlet is small.",
        "---\ntitle: T\n---\n~~~\nham-\nlet\n~~~",
    ],
)
def test_code_and_headings_of_markdown_stay(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text, "a.md") == text.removeprefix("---\ntitle: T\n---\n")


def test_fields_of_a_table_in_a_file_of_its_own_are_not_joined(tmp_path: Path) -> None:
    assert read(tmp_path, 'a,b\n"ham-\nlet",1', "a.csv") == 'a,b\n"ham-\nlet",1'


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        ("a well-\nknown case", "a well-known\ncase"),
        ("twenty-\ntwo men", "twenty-two\nmen"),
        ("a self-\nmade man", "a self-made\nman"),
        ("the super-\nvisor left", "the supervisor\nleft"),
        ("the French-\nwomen left", "the Frenchwomen\nleft"),
        ("they co-\noperate now", "they cooperate\nnow"),
        ("a Gorm-\nbleck engine", "a Gormbleck\nengine"),
    ],
)
def test_two_words_keep_their_hyphen_unless_they_are_one(broken: str, whole: str) -> None:
    assert joined(broken, has_code=False) == whole
