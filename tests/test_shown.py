"""What is shown of documents: their words without marks, and the lines of an answer."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from assistant import shown
from assistant.sources import kind_of, see, see_words
from assistant.sources.inline import LONGEST, see_inline
from assistant.values import Answer, Citation, Document, Sentence
from tests.conftest import document


@pytest.mark.parametrize(
    ("given", "seen"),
    [
        ("It is **very** old.", "It is very old."),
        ("*one* _two_ ***three*** ~~four~~", "one two three"),
        ("2 * 3 * 4 and a_b_c and *open", "2 * 3 * 4 and a_b_c and *open"),
        (r"\*kept\* and `**code**`", "*kept* and **code**"),
        ("9&ndash;17 &amp; &#169; &nosuch;", "9–17 & © &nosuch;"),
        ("see [the **plan**](plan.md 'x'), <b>now</b><!-- not -->", "see the plan, now"),
        (
            "![a map of it](map.png) by <https://maps.example>",
            "a map of it by https://maps.example",
        ),
        ("[l](javascript:alert(3)) and [not a link]", "l and [not a link]"),
        ("one  \ntwo<br>three\\\nfour", "one two three four"),
    ],
)
def test_words_in_markdown_are_seen_without_marks_tags_and_targets(given: str, seen: str):
    assert see_words("a.md", given) == seen
    assert see_words("a.txt", given) == " ".join(given.split())


@pytest.mark.parametrize(
    "given",
    [
        "It is **very _old_** and `so ` *on*.",
        r"a \* b &ndash; [c *d*](e.md) ~~f~~ **g*h*",
        "![a](b.png) <i>c</i> <https://d.example> `` e`f ``\n> g",
    ],
)
def test_each_run_knows_the_characters_that_it_stands_for(given: str):
    text = f"Before. {given}"
    for run in see_inline(text, 8, len(text)):
        assert 8 <= run.start < run.end <= len(text)
        if run.verbatim and text[run.start] not in "\\!":
            assert text[run.start : run.end] == run.text


def test_a_link_by_name_is_seen_as_its_words_where_the_name_is_defined():
    text = "Ask [the office][o] or [Hill][h].\n\n[o]: https://a.example\n[^1]: A note."
    source = document(text, "a.md")
    assert shown.words(source, 0, 33) == "Ask the office or [Hill][h]."


def test_a_line_of_a_quotation_goes_on_without_its_mark():
    source = document("> Old *stones\n> and* walls.\n", "a.md")
    (block,) = source.blocks
    assert "".join(run.text for run in see(source, block)) == "Old stones\nand walls."
    assert [run.styles for run in see(source, block)][1] == ("em",)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("```sh\nmake *all*\n\n  run\n```\n", "make *all*\n\n  run"),
        ("~~~\na\n```\nb\n~~~\n", "a\n```\nb"),
        ("- ```\n  a\n    b\n  ```\n", "a\n  b"),
        ("Say:\n\n    a\n      b\n", "a\n  b"),
        ("```\nleft open\n", "left open"),
    ],
)
def test_code_is_seen_without_fences_and_indentation(text: str, seen: str):
    source = document(text, "a.md")
    code = next(block for block in source.blocks if block.kind == "code")
    assert "".join(run.text for run in see(source, code)) == seen


def test_a_quotation_mark_in_a_field_is_seen_once():
    source = document('name,size\n"The ""Old"" Mill",7\n', "a.csv")
    assert shown.labelled(source, 1) == 'name: The "Old" Mill; size: 7'


@pytest.mark.parametrize(
    "bait", ["[", "![", "*a ", "**", "<b", "<!--", "`a``", "&#", "[a](", "a_*"]
)
def test_seeing_takes_no_longer_than_the_words_are_long(bait: str):
    words = (bait * LONGEST)[:LONGEST]
    begun = time.thread_time()
    see_inline(words, 0, len(words))
    see_inline(words * 20, 0, 20 * len(words))
    assert time.thread_time() - begun < 20  # what is quadratic takes minutes


VANS = """# Vans

Hire comes with:

- a **full** tank
    1. of petrol
    2. or of _diesel_
- [x] a spare wheel

| Van | Room |
| :-- | ---: |
| **Brisk** | 70 &times; 2 |
| Tern \\| S | 40 |

It is so.
"""


def answer(source: Document, *quotes: str) -> Answer:
    citations = []
    for number, quote in enumerate(quotes, start=1):
        start = source.text.index(quote)
        citations.append(
            Citation(number, quote, source.path, "", None, None, start, start + len(quote))
        )
    said = [Sentence(" ".join(c.quote.split()), [c.number], "verbatim") for c in citations]
    return Answer("answer", "", "?", said, citations=citations)


def test_items_and_rows_of_an_answer_have_lines_of_their_own():
    source = document(VANS, "vans.md")
    found = answer(
        source,
        "Hire comes with:",
        "a **full** tank",
        "or of _diesel_",
        "a spare wheel",
        "| Van | Room |",
        "| **Brisk** | 70 &times; 2 |",
        "It is so.",
    )
    assert shown.lines(found, lambda path: source) == [
        "Hire comes with: [1]",
        "  • a full tank [2]",
        "    2. or of diesel [3]",
        "  ☑ a spare wheel [4]",
        "Van; Room [5]",
        "Van: Brisk; Room: 70 × 2 [6]",
        "It is so. [7]",
    ]


def test_an_answer_whose_document_has_changed_is_shown_as_it_was_said():
    source = document(VANS, "vans.md")
    found = answer(source, "a **full** tank", "It is so.")
    changed = replace(source, text=source.text.replace("full", "half"))
    assert shown.lines(found, lambda path: changed) == ["a full tank [1] It is so. [2]"]
    assert shown.lines(found, shown.nothing_known) == ["a full tank [1] It is so. [2]"]


def test_a_stretch_of_several_blocks_is_one_line_of_what_is_seen():
    source = document(VANS, "vans.md")
    start, end = source.text.index("a spare"), source.text.index("| Tern")
    assert shown.words(source, start, end) == "a spare wheel Van · Room; Brisk · 70 × 2"
    assert kind_of("vans.md").see(VANS, 0, 6)[0].text == "# Vans"
