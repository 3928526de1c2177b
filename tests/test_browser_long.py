"""What is long or unusual, in a browser: many footnotes, many questions, other scripts."""

from __future__ import annotations

from typing import Any

import pytest

from tests.test_browser import PHONE, WIDE, address, browser, fake, pytestmark, visits
from tests.test_browser_conversations import ask, kept, reload
from tests.test_web import CRITICS, answer_to

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
