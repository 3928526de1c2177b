"""What is long or unusual, in a browser: many footnotes, many questions, other scripts."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes import CRITICS, answer_to
from tests.test_browser import PHONE, WIDE, address, browser, fake, pytestmark, visits
from tests.test_browser_conversations import ask, kept, reload

__all__ = ["address", "browser", "fake", "pytestmark", "visits"]

VERY_WIDE = {"width": 1800, "height": 1000}
MANY = 50


def comes_to_the_top(visit: Any) -> None:
    """Wait until the newest question has come to rest below the masthead."""
    visit.page.wait_for_function(
        """() => {
            const question = document.querySelector('#current .question').getBoundingClientRect();
            const below = document.getElementById('masthead').getBoundingClientRect().bottom;
            return question.top >= below && question.top < below + 120;
        }"""
    )


def test_fifty_questions_in_a_row_stay_in_order_and_within_reach(visits: Any):
    visit = visits()
    asked = [f"How many in town {number}?" for number in range(1, MANY + 1)]
    ask(visit, *asked)
    assert visit.page.locator(".question").all_text_contents() == asked
    comes_to_the_top(visit)
    assert visit.overflow() == 0
    visit.page.locator("#past .marker").nth(1).click()
    visit.marked(CRITICS)
    assert [len(one["turns"]) for one in kept(visit)] == [MANY]
    reload(visit)
    visit.wait_for_answer(asked[-1])
    assert visit.page.locator(".question").all_text_contents() == asked
    comes_to_the_top(visit)


@pytest.mark.parametrize("viewport", [PHONE, WIDE, VERY_WIDE])
def test_forty_footnotes_fit_every_width(visits: Any, viewport: dict[str, int]):
    visit = visits(viewport)
    ask(visit, "One?", "forty footnotes")
    comes_to_the_top(visit)
    assert visit.overflow() == 0
    visit.page.get_by_text("34 more footnotes").click()
    assert visit.overflow() == 0
    visit.page.get_by_role("button", name="Footnote 40").click()
    visit.marked(answer_to("forty").citations[-1].quote)
    assert visit.mark_is_in_sight()


@pytest.mark.parametrize("viewport", [PHONE, WIDE, VERY_WIDE])
def test_an_answer_in_arabic_runs_from_right_to_left(visits: Any, viewport: dict[str, int]):
    visit = visits(viewport)
    ask(visit, "arabic")
    assert visit.overflow() == 0
    left, right = visit.page.evaluate(
        """() => {
            const bound = document.querySelector('.said .bound');
            const letters = document.createRange();
            letters.selectNodeContents(bound.firstChild);
            const marker = bound.querySelector('.marker').getBoundingClientRect();
            return [letters.getBoundingClientRect().left, marker.right];
        }"""
    )
    assert right <= left  # the marker follows the sentence, on its left
    for place in (".said", ".note"):
        found = visit.page.locator(place).first
        assert found.evaluate("one => getComputedStyle(one).direction") == "rtl"
    visit.page.locator(".marker").first.click()
    visit.marked(answer_to("arabic").citations[0].quote)
    words = visit.page.locator("#leaf .document section p").first
    assert words.evaluate("one => getComputedStyle(one).direction") == "rtl"


AT_REST = """async () => {
    for (let before = -1, still = 0; still < 8; ) {
        await new Promise((done) => setTimeout(done, 25));
        still = scrollY === before ? still + 1 : 0;
        before = scrollY;
    }
    return document.querySelector('#current .question').getBoundingClientRect().top;
}"""

SENTENCE_END = """() => {
    const sentence = document.querySelectorAll('.said .sentence')[1];
    const letters = document.createRange();
    const last = sentence.querySelector('.bound').firstChild;
    letters.setStart(last, last.data.length - 1);
    letters.setEnd(last, last.data.length);
    const before = document.createRange();
    before.setStart(last, last.data.length - 2);
    before.setEnd(last, last.data.length - 1);
    const places = [before, letters, sentence.querySelector('.marker')];
    return places.map((place) => place.getBoundingClientRect().left);
}"""


def test_an_english_sentence_after_an_arabic_one_runs_from_left_to_right(visits: Any):
    visit = visits()
    ask(visit, "mixed")
    assert visit.page.locator(".said").evaluate("said => getComputedStyle(said).direction") == "rtl"
    letter, stop, marker = visit.page.evaluate(SENTENCE_END)
    assert letter < stop < marker


def test_a_table_wider_than_a_phone_keeps_its_words_and_its_markers_in_sight(visits: Any):
    visit = visits(PHONE)
    ask(visit, "table")
    assert visit.overflow() == 0
    cell = visit.page.locator(".rows td", has_text="Kestrel")
    heights = cell.evaluate(
        """cell => {
            const word = document.createRange();
            word.selectNodeContents(cell);
            const line = parseFloat(getComputedStyle(cell).lineHeight);
            return [word.getBoundingClientRect().height, line];
        }"""
    )
    assert heights[0] < 1.5 * heights[1]
    marker = visit.page.locator(".rows .marker").last
    assert marker.bounding_box()["x"] + marker.bounding_box()["width"] <= PHONE["width"]
    marker.click()
    visit.page.locator("#leaf mark", has_text="Stavanger").wait_for()


def test_the_newest_question_comes_to_rest_at_one_place(visits: Any):
    """What the browser does to keep what is in sight in its place would move it."""
    visit = visits(PHONE)
    ask(visit, "One?")
    tops = []
    for question in ("forty footnotes", "How many?", "silence") * 2:
        ask(visit, question)
        tops.append(round(visit.page.evaluate(AT_REST)))
    assert max(tops) - min(tops) <= 2


def test_where_colours_are_forced_the_question_box_covers_what_it_lies_over(visits: Any):
    visit = visits(PHONE, forced_colors="active")
    ask(visit, "forty footnotes")
    ground = visit.page.locator("#composer").evaluate(
        "one => getComputedStyle(one).backgroundColor"
    )
    assert ground == visit.page.evaluate("getComputedStyle(document.body).backgroundColor")
    border = visit.page.locator("#ask").evaluate("one => getComputedStyle(one).borderTopWidth")
    assert border == "1px"


def test_the_footnote_that_has_the_focus_shows_it_though_its_document_has_changed(visits: Any):
    visit = visits()
    ask(visit, "How many?")
    visit.page.locator(".marker").first.evaluate("one => one.classList.add('changed')")
    visit.page.keyboard.press("Tab")
    marker = visit.page.locator(".marker.changed")
    marker.focus()
    outline = marker.evaluate("one => getComputedStyle(one).outline")
    assert "solid 2px" in outline
