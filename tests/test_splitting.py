"""Passages are whole sentences of one section, and every offset is exact."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from assistant import sources
from assistant.errors import BadSettings
from assistant.splitting import embedded_text, punkt, sections, sentence_spans, split
from assistant.values import Block, Document, Page, Passage
from tests.conftest import document

ARTICLE = "china-global-security-ties.txt"


def count_words(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def count_bytes(texts: Sequence[str]) -> list[int]:
    """Count as a tokenizer that knows no words does: an emoji is four tokens."""
    return [len(text.encode()) for text in texts]


def checked(doc: Document, count: object = count_words, limit: int = 256) -> list[Passage]:
    """Return the passages of `doc` once what holds for all of them has been checked."""
    assert callable(count)
    passages = split(doc, count_tokens=count, token_limit=limit)
    for position, passage in enumerate(passages):
        assert doc.text[passage.start : passage.end] == passage.text
        assert passage.text == passage.text.strip() != ""
        assert (passage.document, passage.title) == (doc.path, doc.title)
        assert (passage.position, passage.page) == (position, None)
        assert passage.sentences[0][0] == passage.start
        assert passage.sentences[-1][1] == passage.end
        bounds = [offset for span in passage.sentences for offset in span]
        assert bounds == sorted(bounds)
        assert all(start < end for start, end in passage.sentences)
        assert count([embedded_text(passage)])[0] + 2 <= limit
    return passages


def titles(doc: Document) -> list[str | None]:
    return [section.title for section in sections(doc)]


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


def quoted(doc: Document) -> list[str]:
    """Return the distinct sentences of the passages, in order."""
    spans = sorted({span for passage in checked(doc) for span in passage.sentences})
    return [doc.text[start:end] for start, end in spans]


def prose(count: int, words: int = 10, first: int = 0) -> str:
    """Return `count` sentences of so many words each, all different."""
    return " ".join(
        f"Number {number} has {'very ' * (words - 4)}words."
        for number in range(first, first + count)
    )


# Sentences


@pytest.mark.parametrize(
    "expected",
    [
        ["It rained.", "We left!", "Why?", "Nobody knows."],
        ["The U.S. National Tree Nurseries grow oaks.", "They are old."],
        ["Rev. Ann Lie met Capt. Olav Roos.", "They sailed with Cmdr. Ito."],
        ["Supt. Ned Fry and Sgt. Oak agreed.", "Prof. Moss did not."],
        ["He saw Dr. Smith and J. K. Rowling.", "They left at 5 p.m. on Monday."],
        ['"Is it?" she asked.', '"It is."', "He left."],
        ["He said “Stop.”", "(It was late.)", "She went."],
        ["See fig. 3 and no. 5 of vol. 2, e.g. the map by Lee et al. in ch. 4.", "It helps."],
        ["The answer is no.", "He left.", "It is art.", "Critics agree."],
        ["A claim.[1]", "Another one.[2][13]", "A third."],
        ["Prices rose 3.5 percent.", "In 1987, 21 came.", "By 1993, 205."],
        ["no capitals in this note.", "the full stops still count."],
        ["Wait... what?", "Yes!"],
        ["The pump costs approx. $350 (excl. VAT).", "You won't be charged."],
        ["Der Beschluss wurde am 4. Mai 2022 gefasst.", "Er gilt."],
        ["There were 4.", "May came."],
        ["**Q: Is it safe?**", "A: Yes.", "*It is.*", "No."],
        ["One.", "Two"],
    ],
)
def test_sentences_end_where_a_reader_ends_them(expected: list[str]) -> None:
    assert sentences(" ".join(expected)) == expected


def test_sentences_without_spaces_between_them_are_found() -> None:
    assert sentences("今天天气很好。我们去公园吧！“真的吗？”好。") == [
        "今天天气很好。",
        "我们去公园吧！",
        "“真的吗？”",
        "好。",
    ]


def test_white_space_is_no_part_of_a_sentence() -> None:
    assert sentence_spans("  One.\n\n Two.\u2028Three. \f") == [(2, 6), (9, 13), (14, 20)]


def test_blank_text_has_no_sentences() -> None:
    assert sentence_spans("") == []
    assert sentence_spans(" \n") == []


def test_sentences_are_found_in_a_paragraph_of_any_length() -> None:
    text = prose(9_000)
    assert [text[start:end] for start, end in sentence_spans(text)] == [
        f"{part}." for part in text.rstrip(".").split(". ")
    ]


def test_sentences_do_not_depend_on_where_a_window_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "He saw Dr. Smith and the U.S. International fleet at 5 p.m. on Monday. It left. " * 20
    expected = sentences(text)
    for window in range(90, 140):
        monkeypatch.setattr(punkt, "WINDOW_CHARS", window)
        assert sentences(text) == expected


def test_a_text_of_stops_is_one_sentence_and_quick() -> None:
    assert sentence_spans("? " * 50_000) == [(0, 99_999)]


# Sections


def test_headings_of_the_bundled_article_are_found() -> None:
    doc = sources.read(Path(__file__).parent.parent / "sources", ARTICLE)
    expected = [
        None,
        "The Global Security Initiative and Its Expansion",
        "The Surveillance Industry Goes Global",
        "Exporting Law Enforcement Training",
        "Regional Focus and Participation Trends",
        "Case Studies: From Serbia to the Pacific",
        "Comparing Global Security Models",
        "The Technology Behind the Influence",
        "The Economic and Strategic Impact",
        "Toward a Fragmented Global Order",
    ]
    assert titles(doc) == expected
    passages = checked(doc)
    headings = [doc.title, *expected[1:]]
    assert [p for p in passages if any(f"{x}\n" in p.text for x in headings)] == []
    assert [title for title in expected if all(p.section != title for p in passages)] == []


def test_no_sentence_of_the_bundled_article_is_lost() -> None:
    doc = sources.read(Path(__file__).parent.parent / "sources", ARTICLE)
    covered = {x for p in checked(doc) for x in range(p.start, p.end)}
    outside = "".join(x for place, x in enumerate(doc.text) if place not in covered)
    headings = [doc.title, *(title for title in titles(doc) if title)]
    assert outside.split() == " ".join(headings).split()


def test_lines_that_are_paragraphs_have_short_lines_as_headings() -> None:
    text = "The Title\nIt begins.\nA Part\nIt goes on.\nIt ends.\nWhat Is Left?\nNothing."
    doc = document(text, title="The Title")
    found = sections(doc)
    assert [section.title for section in found] == [None, "A Part", "What Is Left?"]
    assert [text[x.start : x.end].strip() for x in found] == [
        "It begins.",
        "It goes on.\nIt ends.",
        "Nothing.",
    ]
    assert [text[x.heading_start : x.heading_end] for x in found] == [
        "The Title",
        "A Part",
        "What Is Left?",
    ]


def test_wrapped_text_has_headings_between_blank_lines() -> None:
    text = (
        "A Long Walk\n\nThe road went over the hill and on\ninto the valley, where it met the\n"
        "River Lee and an inn.\n\nThe Second Day\n\nWe rose at six and walked until the\n"
        "rain came. It rained for\nHours on end.\n"
    )
    doc = document(text, title="A Long Walk")
    assert titles(doc) == [None, "The Second Day"]
    assert quoted(doc) == [
        "The road went over the hill and on\ninto the valley, where it met the\n"
        "River Lee and an inn.",
        "We rose at six and walked until the\nrain came.",
        "It rained for\nHours on end.",
    ]


RULES = (
    "Rules of the Club\n\n1. Aims\n\n  The club sails on\n  Sundays.\n\n2. The Board\n\n"
    "  2.1. Powers\n\n  The Board may\n    1. call a vote;\n    2. spend up to\n       9 coins.\n\n"
    "  2.2. How is the Board chosen, and for\n  how long?\n\n  By vote, for two\n  years.\n\n"
    "3. Fees\n\n  3.1. Who pays\n\n  All do,\n  monthly.\n"
)


def test_numbered_chapters_are_headings_above_their_sections() -> None:
    doc = document(RULES, title="Rules of the Club")
    assert [(x.title, x.level) for x in sections(doc)] == [
        (None, 0),
        ("2. The Board", 2),
        ("2.1. Powers", 3),
        ("2.2. How is the Board chosen, and for how long?", 3),
        ("3. Fees", 2),
        ("3.1. Who pays", 3),
    ]


def test_a_passage_names_the_headings_that_it_stands_under() -> None:
    assert [p.section for p in checked(document(RULES, title="Rules of the Club"))] == [
        None,
        "2. The Board › 2.1. Powers",
        "2. The Board › 2.2. How is the Board chosen, and for how long?",
        "3. Fees › 3.1. Who pays",
    ]
    text = "# One\n\nA.\n\n## Two\n\nB.\n\n### Three\n\nC.\n\n## Four\n\nD."
    passages = checked(document(text, "a.md", "One"))
    assert [p.section for p in passages] == [None, "Two", "Two › Three", "Four"]


def test_of_a_long_path_of_headings_the_last_are_embedded() -> None:
    high, low = "high " * 20, "low " * 20
    text = f"# One\n\n## {high}\n\nA.\n\n### {low}\n\nB."
    last = checked(document(text, "a.md", "One"))[-1]
    assert last.section == f"{high.strip()} › {low.strip()}"
    assert embedded_text(last) == f"One\n{low.strip()}\nB."


def test_a_table_of_contents_is_not_cited() -> None:
    text = (
        "# Guide\n\n## Contents\n\n1. [Setting up](#setting-up)\n2. [Daily use](#daily-use)\n"
        "3. [Repairs](#repairs)\n\n## Setting up\n\nPlug it in.\n\n## Daily use\n\nTurn it on.\n\n"
        "## Repairs\n\nCall us."
    )
    doc = document(text, "a.md", "Guide")
    assert "Contents" in titles(doc)
    assert quoted(doc) == ["Plug it in.", "Turn it on.", "Call us."]
    dotted = (
        "Guide\n\nContents\n\n1. One ..... 3\n2. Two ..... 4\n3. Three ... 9\n\nOne\n\nIt is.\n\n"
    )
    dotted += "Two\n\nIt was.\n\nThree\n\nIt will be.\n"
    assert quoted(document(dotted, title="Guide")) == ["It is.", "It was.", "It will be."]


def test_underlined_lines_are_headings() -> None:
    text = "=====\nTitle\n=====\n\nIt begins here.\n\n1. Setting up\n-------------\nDo this.\n"
    doc = document(text, title="Title")
    assert titles(doc) == [None, "1. Setting up"]
    assert quoted(doc) == ["It begins here.", "Do this."]


def test_two_signs_underline_nothing() -> None:
    doc = document("Title\n\nIt begins.\n\n1. Setting up\n==\nDo this.\n", title="Title")
    assert titles(doc) == [None]


def test_three_short_lines_in_a_row_are_no_headings() -> None:
    text = "What to Bring\n\nApples\nPears\nPlums\nThat is all we need."
    doc = document(text, title="What to Bring")
    assert titles(doc) == [None]
    assert quoted(doc) == ["Apples", "Pears", "Plums", "That is all we need."]


def test_a_list_without_a_title_keeps_its_first_line() -> None:
    assert quoted(document("Apples\nPears\nPlums")) == ["Apples", "Pears", "Plums"]


def test_a_byline_under_the_title_can_be_cited() -> None:
    doc = document("The Title\nBy Ann Lee, May 2020\nIt begins.", title="The Title")
    assert titles(doc) == [None]
    assert quoted(doc) == ["By Ann Lee, May 2020", "It begins."]


@pytest.mark.parametrize(
    "line",
    [
        "- an item",
        "* An item",
        "1. An item",
        "A comma,",
        "A sentence.",
        "See https://x.org",
        "Name | Age",
        "…",
    ],
)
def test_list_items_rows_and_addresses_are_no_headings(line: str) -> None:
    doc = document(f"The Title\nIt begins.\n{line}\nIt ends.", title="The Title")
    assert titles(doc) == [None]


def test_the_last_line_is_no_heading() -> None:
    assert titles(document("The Title\nIt begins.\nThe End", title="The Title")) == [None]


def test_list_items_do_not_run_into_sentences() -> None:
    text = (
        "Bring these:\n- Apples\n- Pears from\n  the old tree\n\n"
        "1. Wash them\n2. Eat them\n\nand go on.\n"
    )
    assert quoted(document(text)) == [
        "Bring these:",
        "Apples",
        "Pears from\n  the old tree",
        "Wash them",
        "Eat them",
        "and go on.",
    ]


def test_markdown_blocks_are_kept_apart() -> None:
    text = (
        "Title\n=====\n\nIntro with **bold**. Second.\n\n## The `first` [part](x) ##\n\n- one\n"
        "  goes on\n- [x] two\n\n> # A quote.\n\n```sh\n# no heading. Really\nmake\n```\n\n"
        "| a | b |\n|---|---|\n| 1 | 2. Two |\n\n<!-- # hidden -->\n\nSecond part\n---\n\n"
        "    # code\n\nThe end.\n"
    )
    doc = document(text, "a.md", "Title")
    assert [(x.title, x.level) for x in sections(doc)] == [
        (None, 0),
        ("The first part", 2),
        ("Second part", 2),
    ]
    assert quoted(doc) == [
        "Intro with **bold**.",
        "Second.",
        "one\n  goes on",
        "two",
        "# A quote.",
        "```sh\n# no heading. Really\nmake\n```",
        "| a | b |",
        "| 1 | 2. Two |",
        "# code",
        "The end.",
    ]


def test_of_html_in_markdown_only_the_words_are_cited() -> None:
    text = (
        '<p align="center">\n  <b>In bold.</b> <img src="x.svg" alt="x">\n  Plain.\n</p>\n\nText.'
    )
    assert quoted(document(text, "a.md")) == ["In bold.", "Plain.", "Text."]


def test_tags_within_a_sentence_of_html_do_not_cut_it() -> None:
    text = (
        "<div><p>The lid is of <b>bamboo</b> and <i>cork</i>.</p>\n<b>It shuts.</b></div>\n\nText."
    )
    assert quoted(document(text, "a.md")) == [
        "The lid is of <b>bamboo</b> and <i>cork</i>.",
        "It shuts.",
        "Text.",
    ]


def test_only_the_first_heading_can_be_the_title() -> None:
    doc = document("# One\n\nText.\n\n# One\n\nMore.", "a.md", "One")
    assert titles(doc) == [None, "One"]


def test_text_above_the_first_heading_is_a_section() -> None:
    doc = document("Above.\n\n# One\n\nText.", "a.md", "One")
    assert titles(doc) == [None, "One"]
    assert [p.section for p in checked(doc)] == [None, "One"]


def test_a_document_of_headings_can_be_cited() -> None:
    assert [p.text for p in checked(document("# One\n\n## Two\n", "a.md", "One"))] == [
        "# One\n\n## Two"
    ]


def test_blank_documents_have_no_passages() -> None:
    for text in ("", " \n\n", "\f"):
        assert checked(document(text)) == []
        assert checked(document(text, "a.md")) == []


# Passages


def test_passages_end_with_a_paragraph_once_they_are_long_enough() -> None:
    paragraphs = [prose(5, first=start) for start in (0, 5, 10, 15)]  # 50 words each
    doc = document("\n\n".join(paragraphs))
    assert [p.text for p in checked(doc)] == [
        "\n\n".join(paragraphs[:2]),
        "\n\n".join(paragraphs[2:]),
    ]


def test_a_cut_paragraph_repeats_its_last_sentence() -> None:
    doc = document(prose(26))
    first, second = checked(doc)
    assert (len(first.sentences), len(second.sentences)) == (16, 11)
    assert first.sentences[-1] == second.sentences[0]


def test_a_long_sentence_is_not_repeated() -> None:
    doc = document(prose(6, words=50))
    assert [len(p.sentences) for p in checked(doc)] == [3, 3]
    assert len({span for p in checked(doc) for span in p.sentences}) == 6


def test_a_small_tail_joins_the_passage_before() -> None:
    doc = document(prose(18))
    assert [len(p.sentences) for p in checked(doc)] == [18]
    assert [len(p.sentences) for p in checked(doc, limit=170)] == [16, 3]


def test_passages_never_cross_a_heading() -> None:
    doc = document("# One\n\nShort text.\n\n## Two\n\nShort too.\n", "a.md", "One")
    assert [(p.section, p.text) for p in checked(doc)] == [
        (None, "Short text."),
        ("Two", "Short too."),
    ]


def test_a_line_with_a_colon_stays_with_what_it_introduces() -> None:
    doc = document(f"{prose(8)} Bring these:\n\n- Apples\n- Pears\n\n{prose(8, first=8)}", "a.md")
    assert "Bring these:\n\n- Apples" in checked(doc)[0].text


def test_repeated_lines_keep_their_own_offsets() -> None:
    doc = document("Same line.\nOther line.\nSame line.\n")
    assert checked(doc)[0].sentences == ((0, 10), (11, 22), (23, 33))
    assert len({(p.start, p.end) for p in checked(document(f"{prose(1)}\n\n" * 100))}) > 9


def test_a_sentence_longer_than_the_limit_is_cut_at_spaces() -> None:
    doc = document(" ".join(f"word{number}" for number in range(1_000)))
    passages = checked(doc)
    assert max(len(p.text.split()) for p in passages) <= 254
    assert " ".join(quoted(doc)) == doc.text


@pytest.mark.parametrize("text", ["a" * 5_000, "👩‍👩‍👧" * 1_000, "汉字" * 1_000])
@pytest.mark.parametrize("count", [count_words, count_bytes])
def test_text_without_spaces_is_cut_and_nothing_is_lost(text: str, count: object) -> None:
    passages = checked(document(text), count)
    assert "".join(p.text for p in passages) == text
    assert max(len(p.text) for p in passages) <= 256 * 8


def test_a_million_characters_take_few_calls_of_the_tokenizer() -> None:
    calls = 0

    def count(texts: Sequence[str]) -> list[int]:
        nonlocal calls
        calls += 1
        return count_words(texts)

    doc = document(("word " * 200_000).strip())
    assert len({x for p in split(doc, count_tokens=count) for x in p.sentences}) > 1_000
    assert calls <= 10


def test_long_titles_and_sections_leave_room_for_the_text() -> None:
    doc = document(f"## {'section ' * 35}\n\n{prose(40)}", "a.md", "title " * 50)
    passages = checked(doc)
    assert passages[0].section == ("section " * 35).strip()
    title, section, text = embedded_text(passages[0]).split("\n")
    assert (title, section) == ("title " * 13 + "title", "section " * 8 + "section")
    assert text == passages[0].text


def test_a_task_is_searched_with_its_box_in_words() -> None:
    text = "- [x] Order paint\n- [ ] Book the hall\n\nThe hall is small.\n"
    (passage,) = checked(document(text, "a.md"))
    assert passage.searched == (
        "done: Order paint\n- [ ] not done: Book the hall\n\nThe hall is small."
    )
    assert embedded_text(passage).endswith(passage.searched)
    (other,) = checked(document("- Order paint\n- Book the hall\n", "a.md"))
    assert other.searched == other.text


def test_what_is_embedded_is_title_section_and_text() -> None:
    doc = document("# Title\n\nText.\n\n## Part\n\nMore.\n", "a.md", "Title")
    assert [embedded_text(p) for p in checked(doc)] == ["Title\nText.", "Title\nPart\nMore."]


def test_a_tokenizer_whose_parts_do_not_add_up_is_kept_within_the_limit() -> None:
    def count(texts: Sequence[str]) -> list[int]:
        return [len(text.split()) + text.count(". ") for text in texts]

    checked(document(prose(100)), count, limit=96)


def test_a_limit_without_room_is_refused() -> None:
    with pytest.raises(BadSettings, match="128"):
        split(document(prose(3), title="A title"), count_tokens=count_words, token_limit=16)


def test_chinese_text_makes_passages_of_sentences() -> None:
    def count_characters(texts: Sequence[str]) -> list[int]:
        return [len("".join(text.split())) for text in texts]

    text = "".join(f"这是第{number}句话，说的是今天的天气。" for number in range(10, 60))
    passages = checked(document(text), count_characters)
    assert all(80 <= len(p.text) <= 220 for p in passages)
    assert all(p.text.endswith("。") for p in passages)


@pytest.mark.parametrize("path", ["a.txt", "a.md"])
@pytest.mark.parametrize("count", [count_words, count_bytes])
def test_offsets_are_exact_whatever_the_text(path: str, count: object) -> None:
    parts = [
        *("\n", "\n\n", " ", "  ", "\t", "\f", "\u2028", "\u3000", "\r\n", "---\n", "    code\n"),
        *(
            "# ",
            "## Head\n",
            "Head\n====\n",
            "- ",
            "1. ",
            "> ",
            "```\n",
            "| a | b |\n",
            "|---|---|\n",
        ),
        *("<!--", "-->", "<p>", "[a]: b\n", "[1]", "*", "_", "\\", "...", "Title Here\n"),
        *("Mr. ", "U.S. ", "A short one. ", "Is it? ", "she said. ", "“Yes.” ", "今天。", "é"),
        *("👩‍👩‍👧", "x" * 300, "word " * 40),
    ]
    for seed in range(150):
        draw = random.Random(seed)
        text = "".join(draw.choices(parts, k=draw.randrange(1, 60)))
        doc = document(text, path, "Title Here")
        checked(doc, count, limit=draw.choice([256, 200, 512]))
        for section in sections(doc):
            assert 0 <= section.heading_start <= section.heading_end <= section.start
            assert section.start <= section.end <= len(text)


def test_a_passage_names_the_page_that_it_begins_on() -> None:
    text = "One is here.\n\nTwo is here.\n\nThree is here.\n"
    blocks = tuple(
        Block("paragraph", text.index(words), text.index(words) + 3)
        for words in ("One", "Two", "Three")
    )
    starts = [0, text.index("Two"), text.index("Three")]
    pages = tuple(Page(n + 1, start, start + 5) for n, start in enumerate(starts))
    paged = Document("a.txt", "A", text, "0", blocks=blocks, pages=pages)
    found = split(paged, count_tokens=lambda texts: [160 for _ in texts], token_limit=400)
    assert [passage.page for passage in found] == [1, 2, 3]
    without = split(replace(paged, pages=()), count_tokens=count_words)
    assert [passage.page for passage in without] == [None]


def test_a_heading_that_is_worded_like_the_title_is_a_heading() -> None:
    text = "# Building\n\nFor all.\n\n## Windows\n\n### Building\n\nUse the script.\n"
    passages = checked(document(text, "a.md", "Building"))
    assert [passage.headings for passage in passages] == [(), ("Windows", "Building")]
