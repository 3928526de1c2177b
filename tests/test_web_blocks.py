"""Documents and answers are shown by their blocks: lists, tables, code and quotations, no marks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest

from assistant.splitting import Section, sections
from assistant.values import Answer, Citation, Document, Hit, Passage, Sentence
from assistant.web import render
from tests.fakes import HOSTILE
from tests.fakes import document as source
from tests.test_web import OURS, Reader

SHOWN = OURS | {
    "blockquote", "br", "code", "em", "pre", "s", "strong", "table", "td", "th", "tr",
}  # fmt: skip
TRIP = """# The trip

Bring **all** of this:

- [x] a [map](map.md)
- [ ] boots
    1. greased
    2. laced &mdash; twice

  So they hold.

<!-- ask Ida -->

| Day | Walk |
| --- | :-: |
| 1 | to the *mill* |
| 2 |  |

> Go slowly.
> Rest often.

```sh
walk --far
```

Done.
"""


def shown(document: Document, cited: tuple[int, int] | None = None) -> Reader:
    return Reader(render.passage(document, sections(document), cited, whole=True))


def cited(document: Document, quotes: Sequence[str], short: str | None = None) -> Answer:
    found = []
    for number, quote in enumerate(quotes, start=1):
        start = document.text.index(quote)
        place = start, start + len(quote)
        found.append(Citation(number, quote, document.path, document.title, None, None, *place))
    said = [Sentence(" ".join(c.quote.split()), [c.number], "verbatim") for c in found]
    return Answer("answer", "", "?", said, short, 0.9, found)


def answered(document: Document, quotes: Sequence[str], short: str | None = None) -> str:
    answer = cited(document, quotes, short)
    return str(render.answered(1, "?", answer, lookup={document.path: document}.get))


def between(html: str, opening: str, closing: str) -> str:
    return html.split(opening, 1)[1].split(closing, 1)[0]


def test_a_document_is_shown_by_its_blocks_and_without_marks():
    read = shown(source("trip.md", TRIP, title="The trip"))
    assert "Bring all of this:☑ a map☐ bootsgreasedlaced — twiceSo they hold." in read.text
    assert "walk --far" in read.text
    for mark in ("**", "[x]", "map.md", "&mdash;", "Ida", "|", "---", ":-:", "> ", "```", "sh\n"):
        assert mark not in read.text
    assert [read.tags.count(tag) for tag in ("ul", "ol", "table", "blockquote", "pre")] == [
        1,
        1,
        1,
        1,
        1,
    ]
    assert read.tags.count("tr") == 3
    assert read.tags.count("th") == 2
    assert read.values("aria-label")[-2:] == ["done:", "not done:"]
    assert read.values("value") == ["1", "2"]


def test_items_lie_in_one_another_as_in_the_document():
    document = source("a.md", "- a\n  - b\n    - c\n- d\n", title="x")
    html = str(render.passage(document, sections(document), whole=True))
    start = '<p dir="auto">{}</p>'
    inner = html.index(start.format("c"))
    assert html.count("</ul></li></ul></li><li>", inner) == 1
    assert html.index(start.format("d")) > html.index("</ul></li></ul></li>")


def test_what_is_cited_is_marked_in_items_cells_and_headings():
    document = source("trip.md", TRIP, title="Walks")
    for quote, marks in (
        ("a [map](map.md)", ["a map"]),
        ("| 1 | to the *mill* |", ["1", "to the mill"]),
        ("Bring **all** of", ["Bring all of"]),
        ("The trip", ["The trip"]),
        ("walk --far", ["walk --far"]),
        ("slowly.\n> Rest", ["slowly.\nRest"]),
    ):
        start = document.text.index(quote)
        assert shown(document, (start, start + len(quote))).marks == marks


def test_lines_that_were_broken_by_hand_stay_lines():
    verses = "Line one of it\nand two\n\nNext."
    read = shown(source("a.md", verses, title="x"))
    assert "lines" in " ".join(read.values("class"))
    filled = f"{'word ' * 13}word\n" * 2 + "end"
    assert "lines" not in " ".join(shown(source("a.md", filled, title="x")).values("class"))


def test_rows_without_a_header_have_none():
    text = "Full plot .... 48\nHalf plot .... 27\nLost key ..... 5\n"
    read = shown(source("a.txt", text, title="x"))
    assert (read.tags.count("tr"), read.tags.count("td"), read.tags.count("th")) == (3, 6, 0)


def test_a_list_in_an_answer_is_a_list_with_its_numbers():
    text = "Clean it:\n\n1. Open it. Wait.\n2. Rinse it.\n\nKeep it dry."
    html = answered(source("a.md", text), ("Clean it:", "Wait.", "Rinse it.", "Keep it dry."))
    listed = between(html, "<ol", "</ol>")
    assert listed.count("<li value=") == 2
    assert "Rinse" in listed
    assert "Clean" not in listed
    assert "Keep" not in listed


def test_an_item_is_shown_under_the_one_that_it_stands_under():
    html = answered(source("trip.md", TRIP), ("boots", "laced &mdash; twice"))
    outer = between(html, "<ul", "</ul>")
    assert "not done:" in outer
    assert 'value="2"' in outer
    assert "laced — " in outer
    assert "data-end" in html  # its footnotes lead to the exact words


def test_rows_are_shown_under_their_header_also_where_that_is_not_cited():
    document = source("trip.md", TRIP)
    for quotes in (("| 1 | to the *mill* |",), ("| Day | Walk |", "| 1 | to the *mill* |")):
        html = answered(document, quotes, "to the *mill*")
        read = Reader(html)
        assert (read.tags.count("tr"), read.tags.count("th"), read.tags.count("td")) == (
            2,
            2,
            len(quotes) + 3 if len(quotes) == 1 else 4,
        )
        assert read.tags.count("table") == 1
        assert read.values("class").count("best") == 1
        assert '<p class="short" dir="auto">to the mill</p>' in html
        assert "Day: 1; Walk: to the mill." in read.values("data-announce")[0]
        assert "to the *mill*" not in html.replace("data-record", "")


def test_quotes_are_shown_without_marks_in_footnotes_and_their_labels():
    html = answered(source("trip.md", TRIP), ("Bring **all** of this:",), "**all**")
    assert "**" not in html
    assert '<p class="short" dir="auto">all</p>' in html
    assert "<strong>all</strong>" in html
    assert "Footnote 1: Bring all of this:" in html


def test_the_nearest_passages_are_shown_as_they_are_read():
    document = source("trip.md", TRIP)
    start, end = document.text.index("| Day"), document.text.index("> Go")
    passage = Passage(document.path, start, end, document.text[start:end], None, None, 0)
    answer = Answer("not_found", "No.", "?", hits=[Hit(passage, 1.0, 1)])
    html = str(render.answered(1, "?", answer, lookup={document.path: document}.get))
    assert "Day · Walk; 1 · to the mill; 2" in html


@pytest.mark.parametrize("name", ["a.md", "a.txt", "a.csv"])
@pytest.mark.parametrize(
    "shape",
    [
        "# {}\n\nIt says {}.\n",
        "- {}\n    - [x] {}\n\n> {}\n",
        "| {} | a |\n|---|---|\n| {} | b |\n",
        "```\n{}\n```\n\n    {}\n",
        "<div title='{}'>{}</div>\n\n[{}]: {}\n\n![{}]({}) **{}** `{}`\n",
        "&lt;script&gt;alert(1)&lt;/script&gt; <javascript:alert(1)> {}\n",
    ],
)
def test_no_document_brings_markup_of_its_own(name: str, shape: str):
    text = shape.replace("{}", HOSTILE)
    document = source(name, text, title=HOSTILE)
    answer = cited(document, [text[b.start : b.end] for b in document.blocks], HOSTILE)
    for html in (
        render.passage(document, sections(document), (0, len(text)), whole=True),
        render.answered(1, "?", answer, lookup={name: document}.get),
        render.answered(1, "?", replace(answer, sentences=answer.sentences[:1])),
    ):
        read = Reader(html)
        assert set(read.tags) <= SHOWN
        assert not [given for given, _ in read.attributes if given.startswith("on")]
        assert not read.values("src")
        assert not read.values("href")


MAIL = """From: Ida Falk
To: Per Lund
Subject: The boat

I agree with both.

> Then we sell it.
>
> > The hull leaks.
> > > Is it dry?
>
> Ask Jon first.
"""


@pytest.mark.parametrize("name", ["a.txt", "a.md"])
def test_what_quoted_lines_quote_is_shown_within_them(name: str) -> None:
    html = str(render.passage(*whole(source(name, MAIL))))
    assert nested(html) == [
        ("Then we sell it.", 1),
        ("The hull leaks.", 2),
        ("Is it dry?", 3),
        ("Ask Jon first.", 1),
    ]


def test_a_thousand_levels_of_quotes_are_shown_in_a_few() -> None:
    lines = "".join(f"{'>' * n} Word {n}\n\n" for n in range(1, 1_000))
    html = str(render.passage(*whole(source("a.txt", f"A mail.\n\n{lines}"))))
    assert max(depth for _, depth in nested(html)) == 6


def whole(document: Document) -> tuple[Document, Sequence[Section], None]:
    return document, sections(document), None


def nested(html: str) -> list[tuple[str, int]]:
    """Return each paragraph within a quotation, and in how many it is."""
    found, depth = [], 0
    for tag, said in re.findall(r"<(/?blockquote|p)\b[^>]*>([^<]*)", html):
        depth += {"blockquote": 1, "/blockquote": -1}.get(tag, 0)
        if tag == "p" and depth:
            found.append((said.strip(), depth))
    return found
